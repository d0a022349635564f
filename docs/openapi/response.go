package openapi

import (
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// response returns a response that the comments do not name. It is shared among the components, unless it
// repeats what the route asks for.
func (b *builder) response(types []*problem.Type, route ginauth.Route) object {
	status := http.StatusText(types[0].Status)
	r := object{"description": status}
	b.explain(r, types, route.Requirement)
	repeats := func(t *problem.Type) bool {
		return isParticular(t) || t == problem.RateLimited || b.Challenge(t, route.Requirement) != b.Challenge(t, auth.Requirement{})
	}
	if slices.ContainsFunc(types, repeats) {
		return r
	}
	name := strings.ReplaceAll(status, " ", "")
	if route.Access == ginauth.Optional && types[0].Status == http.StatusUnauthorized {
		name += "IfSent"
	}
	if types[0].Status == http.StatusUnauthorized {
		for _, kind := range route.Requirement.Accept { // of which the types are about
			name += "-" + string(kind)
		}
	}
	return b.share("responses", name, r)
}

// explain adds to a response what is the same for every problem, and an example for each type.
func (b *builder) explain(response object, types []*problem.Type, q auth.Requirement) {
	var bodies, challenges ordered
	headers := b.requestID(response)
	for _, t := range types {
		bodies = append(bodies, member{t.Code, b.example(t, q)})
		if challenge := b.Challenge(t, q); challenge != "" {
			challenges = append(challenges, member{t.Code, object{"value": challenge}})
		}
		if passes(t) {
			headers["Retry-After"] = b.share("headers", "Retry-After", object{
				"description": "Seconds after which to try again.",
				"schema":      object{"type": "integer", "minimum": 0},
				"example":     exampleRetry,
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

// requestID adds to a response the header that every one has, and returns its headers.
func (b *builder) requestID(response object) object {
	headers := child(response, "headers")
	headers["X-Request-Id"] = b.share("headers", "X-Request-Id", object{
		"description": "Names this request, as the instance of a problem does.",
		"schema":      object{"type": "string", "format": "uuid"},
		"example":     exampleID,
	})
	return headers
}

// example returns an example of the body, shared unless it repeats what the route asks for.
func (b *builder) example(t *problem.Type, q auth.Requirement) object {
	example := object{"summary": t.Title, "value": b.Example(t, q)}
	if isParticular(t) {
		return example
	}
	return b.share("examples", t.Code, example)
}

// isParticular reports whether a problem repeats what its route asks for.
func isParticular(t *problem.Type) bool {
	return t == problem.ScopeInsufficient || t == problem.AccessDenied || t == problem.StepUpRequired
}

// share puts an object among the components of a kind, and returns a reference to it.
func (b *builder) share(kind, name string, o object) object {
	child(b.components, kind)[name] = o
	return object{"$ref": "#/components/" + kind + "/" + name}
}
