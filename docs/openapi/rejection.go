package openapi

import (
	"net/http"
	"slices"
	"strconv"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// rejections writes the responses by which a route rejects requests.
func (b *builder) rejections(op object, route ginauth.Route) {
	byStatus := map[int][]*problem.Type{}
	for _, t := range problem.Types() {
		if b.rejects(t, route, op) {
			byStatus[t.Status] = append(byStatus[t.Status], t)
		}
	}
	responses := child(op, "responses")
	for status, types := range byStatus {
		code := strconv.Itoa(status)
		if named, ok := responses[code].(object); ok {
			b.explain(named, types, route.Requirement)
		} else {
			responses[code] = b.response(types, route)
		}
	}
}

// rejects reports whether a route, whose operation is op, can reject a request with a problem of the type.
// A problem that is not about the caller is possible where the document names its status, and where the
// request has the part that it is about. Any operation can fail.
func (c *Config) rejects(t *problem.Type, route ginauth.Route, op object) bool {
	if t == problem.RateLimited {
		return !route.Limit.Unlimited()
	}
	switch t.About {
	case problem.Caller:
		return c.rejectsCaller(t, route)
	case problem.Content:
		return namesProblem(op, t.Status) && op["requestBody"] != nil
	case problem.Query:
		return namesProblem(op, t.Status) && hasQuery(op)
	case problem.Deletion:
		return namesProblem(op, t.Status) && route.Method == http.MethodDelete
	}
	return namesProblem(op, t.Status) || t.Status == http.StatusInternalServerError
}

// rejectsCaller is rejects for the problems that are about the caller.
func (c *Config) rejectsCaller(t *problem.Type, route ginauth.Route) bool {
	q := route.Requirement
	switch {
	case route.Access == ginauth.Public:
		return false
	case t == problem.CredentialsMissing:
		return route.Access == ginauth.Protected
	case t == problem.ScopeInsufficient:
		return len(q.Scopes) > 0
	case t == problem.AccessDenied:
		return len(q.Roles) > 0
	case t == problem.StepUpRequired:
		return len(q.ACR) > 0 || q.MaxAge > 0
	case t == problem.CredentialsNotAccepted:
		return !c.acceptsAll(q)
	case t.OAuth == problem.TokenInvalid.OAuth && c.Minimal:
		return t == problem.TokenInvalid
	case t == problem.TokenInvalid:
		return false
	}
	return c.aboutAccepted(t, q)
}

// acceptsAll reports whether no kind of credentials is rejected for being that kind.
func (c *Config) acceptsAll(q auth.Requirement) bool {
	return q.Accepts(auth.Token) && !slices.ContainsFunc(c.Challenger.Schemes.Others(), func(s auth.Scheme) bool { return !q.Accepts(s.Name()) })
}

// aboutAccepted reports whether a problem is about credentials that are accepted, or about those of any kind.
func (c *Config) aboutAccepted(t *problem.Type, q auth.Requirement) bool {
	if !t.Particular {
		return t.OAuth != problem.TokenInvalid.OAuth || q.Accepts(auth.Token)
	}
	return slices.ContainsFunc(c.Challenger.Schemes.Others(), func(s auth.Scheme) bool {
		return q.Accepts(s.Name()) && slices.Contains(s.Problems(), t)
	})
}

// namesProblem reports whether an operation names a status as that of a problem. A response with another
// body is none: the 503 of a health check is its result.
func namesProblem(op object, status int) bool {
	responses, _ := op["responses"].(object)
	response, ok := responses[strconv.Itoa(status)].(object)
	content, described := response["content"].(object)
	return ok && (!described || content["application/problem+json"] != nil)
}
