package docs

import (
	"net/http"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// response returns a response that the comments do not name. All but those that repeat what the
// route asks for are the same for many routes, and stand among the components.
func (m *merger) response(reasons []*problem.Type, route ginauth.Route) object {
	status := reasons[0].Status
	r := object{"description": description(status)}
	m.explain(r, reasons, route.Requirement)
	for _, reason := range reasons {
		if particular(reason) {
			return r
		}
	}
	name := strings.ReplaceAll(http.StatusText(status), " ", "")
	if status == http.StatusUnauthorized && route.Access == ginauth.Optional {
		name += "IfSent"
	}
	return m.share("responses", name, r)
}

// explain adds to a response what is the same for every problem, and an example for each reason.
func (m *merger) explain(response object, reasons []*problem.Type, q auth.Requirement) {
	var bodies, challenges ordered
	headers := m.identify(response)
	for _, r := range reasons {
		bodies = append(bodies, member{r.Code, m.example(r, q)})
		if challenge := m.Challenger.Challenge(r, q); challenge != "" {
			challenges = append(challenges, member{r.Code, object{"value": challenge}})
		}
		if m.body(r, q).RetryAfter > 0 {
			headers["Retry-After"] = m.share("headers", "Retry-After", object{
				"description": "Seconds after which to try again.",
				"schema":      object{"type": "integer", "minimum": 0},
				"example":     sampleRetry,
			})
		}
	}
	if challenges != nil {
		headers["WWW-Authenticate"] = object{
			"description": "How to authenticate (RFC 6750, section 3).",
			"schema":      object{"type": "string"},
			"examples":    challenges,
		}
	}
	content := child(child(response, "content"), "application/problem+json")
	content["schema"] = object{"$ref": "#/components/schemas/Problem"}
	content["examples"] = bodies
}

// identify adds to a response the header that every one has, and returns its headers.
func (m *merger) identify(response object) object {
	headers := child(response, "headers")
	headers["X-Request-Id"] = m.share("headers", "X-Request-Id", object{
		"description": "Names this request, as the instance of a problem does.",
		"schema":      object{"type": "string", "format": "uuid"},
		"example":     sampleID,
	})
	return headers
}

// example returns an example of the body, shared unless it repeats what the route asks for.
func (m *merger) example(r *problem.Type, q auth.Requirement) object {
	example := object{"summary": r.Title, "value": m.body(r, q)}
	if particular(r) {
		return example
	}
	return m.share("examples", r.Code, example)
}

// particular reports whether a problem repeats what its route asks for.
func particular(r *problem.Type) bool {
	return r == problem.ScopeInsufficient || r == problem.StepUpRequired
}

// share puts an object among the components of a kind, and returns a reference to it.
func (m *merger) share(kind, name string, o object) object {
	child(m.components, kind)[name] = o
	return object{"$ref": "#/components/" + kind + "/" + name}
}

// description says what a status of a refusal means, whatever the reason.
func description(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The credentials are malformed."
	case http.StatusUnauthorized:
		return "The credentials are missing or not accepted."
	case http.StatusForbidden:
		return "The token is accepted, and does not allow this."
	case http.StatusTooManyRequests:
		return "Too many requests from this address were refused."
	case http.StatusServiceUnavailable:
		return "The credentials cannot be judged at the moment."
	}
	return "Something went wrong in the API."
}
