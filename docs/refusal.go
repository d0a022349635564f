package docs

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

const (
	sampleID    = "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"
	sampleRetry = 5 // seconds
)

// fieldErrors returns an example of what a handler says of the parts of a request.
func fieldErrors(t *problem.Type) []problem.FieldError {
	switch t {
	case problem.BodyMalformed:
		return []problem.FieldError{{Pointer: "/name", Message: "is not well formed"}}
	case problem.MemberUnknown:
		return []problem.FieldError{{Pointer: "/Name", Message: "is not known"}}
	case problem.MemberTypeWrong:
		return []problem.FieldError{{Pointer: "/name", Message: "has the wrong type"}}
	case problem.ParameterInvalid:
		return []problem.FieldError{{Parameter: "limit", Message: "must be a whole number from 1 to 100"}}
	case problem.ValidationFailed:
		return []problem.FieldError{{Pointer: "/name", Message: "is required"}}
	}
	return nil
}

// body returns the body of a problem of a route with the requirement. What passes by itself says when to
// try again (RFC 6585, section 4, and RFC 9110, section 15.6.4).
func (c *Config) body(t *problem.Type, q auth.Requirement) problem.Body {
	b := t.Body(c.PublicURL, sampleID)
	b.Errors = fieldErrors(t)
	switch t {
	case problem.ScopeInsufficient:
		b.RequiredScopes = q.Scopes
	case problem.StepUpRequired:
		b.ACRValues, b.MaxAge = q.ACR, int(q.MaxAge/time.Second)
	}
	if t.Status == http.StatusTooManyRequests || t.Status == http.StatusServiceUnavailable {
		b.RetryAfter = sampleRetry
	}
	return b
}

// refusals writes the responses by which a route refuses.
func (m *merger) refusals(op object, route ginauth.Route) {
	byStatus := map[int][]*problem.Type{}
	for _, r := range m.Types {
		if m.refuses(r, route, op) {
			byStatus[r.Status] = append(byStatus[r.Status], r)
		}
	}
	responses := child(op, "responses")
	for status, reasons := range byStatus {
		code := strconv.Itoa(status)
		if named, ok := responses[code].(object); ok {
			m.explain(named, reasons, route.Requirement)
		} else {
			responses[code] = m.response(reasons, route)
		}
	}
}

// refuses reports whether a route, whose operation is op, can refuse for a reason.
func (c *Config) refuses(r *problem.Type, route ginauth.Route, op object) bool {
	if r.About == problem.Caller {
		return c.answers(r, route)
	}
	return documented(op, r)
}

// answers reports whether a route can refuse for a reason of package auth.
func (c *Config) answers(r *problem.Type, route ginauth.Route) bool {
	q := route.Requirement
	switch {
	case route.Access == ginauth.Public:
		return false
	case r == problem.CredentialsMissing:
		return route.Access == ginauth.Protected
	case r == problem.ScopeInsufficient:
		return len(q.Scopes) > 0
	case r == problem.AccessDenied:
		return len(q.Roles) > 0
	case r == problem.StepUpRequired:
		return len(q.ACR) > 0 || q.MaxAge > 0
	case r.OAuth == problem.TokenInvalid.OAuth:
		return c.Minimal == (r == problem.TokenInvalid)
	}
	return true
}

// documented reports whether an operation can refuse for a reason of the handlers: its comments name
// the status, and there is a body or a query that could be wrong. Any operation can break.
func documented(op object, r *problem.Type) bool {
	named := refusesWith(op, r.Status)
	switch r.About {
	case problem.Content:
		return named && op["requestBody"] != nil
	case problem.Query:
		return named && hasQuery(op)
	}
	return named || r.Status == http.StatusInternalServerError
}

// refusesWith reports whether the comments of an operation name a status as that of a problem. What has a
// body of its own refuses nothing: the 503 of a health check is its answer.
func refusesWith(op object, status int) bool {
	response, ok := child(op, "responses")[strconv.Itoa(status)].(object)
	content, described := response["content"].(object)
	_, problem := content["application/problem+json"]
	return ok && (problem || !described)
}

func hasQuery(op object) bool {
	return slices.ContainsFunc(parameters(op), func(p object) bool { return p["in"] == "query" })
}

// parameters returns what an operation takes beside a body.
func parameters(op object) (all []object) {
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		all = append(all, p.(object))
	}
	return all
}
