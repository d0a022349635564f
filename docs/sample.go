package docs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// sample returns the route whose refusal for the reason is shown. Where none asks for a step-up, it is
// one that does.
func (s *Site) sample(r *problem.Type) ginauth.Route {
	route := s.choose(r)
	if r == problem.StepUpRequired && !s.config.answers(r, route) {
		route.Requirement = auth.Requirement{MaxAge: 5 * time.Minute}
	}
	return route
}

// choose returns the first route that can refuse for the reason, best one that is simple to call, or
// else the first simple one that asks for a token. Where strangers are told of no operation, it is the
// document's, or none.
func (s *Site) choose(r *problem.Type) ginauth.Route {
	if s.config.Protected {
		document := ginauth.Route{Method: http.MethodGet, Path: "/openapi.json", Access: ginauth.Protected}
		if !s.config.answers(r, document) {
			document.Path = "/..."
		}
		return document
	}
	chosen, best := ginauth.Route{Method: http.MethodGet, Path: "/"}, 0
	for _, route := range s.routes {
		if route.Hidden || route.Access != ginauth.Protected {
			continue
		}
		fit := 0
		if route.Method == http.MethodGet && !strings.Contains(route.Path, "{") {
			fit++
		}
		if op := s.operation(route); s.config.refuses(r, route, op) && (!conditional(r) || takesIfMatch(op)) {
			fit += 2
		}
		if fit > best {
			chosen, best = route, fit
		}
	}
	return chosen
}

// operation returns the operation of a route, or nil if the document has none.
func (s *Site) operation(route ginauth.Route) object {
	item, _ := child(s.doc, "paths")[route.Path].(object)
	op, _ := item[strings.ToLower(route.Method)].(object)
	return op
}

// conditional reports whether a reason is about If-Match (RFC 9110, section 13.1.1, and RFC 6585,
// section 3).
func conditional(r *problem.Type) bool {
	return r.Status == http.StatusPreconditionFailed || r.Status == http.StatusPreconditionRequired
}

func takesIfMatch(op object) bool {
	return slices.ContainsFunc(parameters(op), func(p object) bool { return p["name"] == "If-Match" })
}

// sent returns the whole response of a refusal as it is sent.
func (s *Site) sent(r *problem.Type) string {
	route := s.sample(r)
	body := s.config.body(r, route.Requirement)
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", r.Status, http.StatusText(r.Status))
	if challenge := s.config.Challenger.Challenge(r, route.Requirement); challenge != "" {
		fmt.Fprintf(&b, "WWW-Authenticate: %s\n", challenge)
	}
	if r.Status == http.StatusMethodNotAllowed {
		fmt.Fprintf(&b, "Allow: %s\n", s.allow(route.Path))
	}
	if body.RetryAfter > 0 {
		fmt.Fprintf(&b, "Retry-After: %d\n", body.RetryAfter)
	}
	fmt.Fprintf(&b, "Content-Type: application/problem+json\nCache-Control: no-store\nX-Request-Id: %s\n\n", sampleID)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	e.Encode(body) // text and numbers into memory: it has no error
	return strings.TrimSpace(b.String())
}

// allow returns the methods of a path, as the header Allow names them.
func (s *Site) allow(path string) string {
	var allowed []string
	for _, route := range s.routes {
		if route.Path != path {
			continue
		}
		allowed = append(allowed, route.Method)
		if route.Method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	return strings.Join(allowed, ", ")
}
