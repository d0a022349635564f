package docs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
)

// sample returns the first route that can refuse for the reason and is simple to call, or else the
// first that asks for a token. Where strangers are told of no operation, it is the document's, or none.
func (s *Site) sample(r *auth.Reason) ginauth.Route {
	if s.config.Protected {
		document := ginauth.Route{Method: http.MethodGet, Path: "/openapi.json", Access: ginauth.Protected}
		if !s.config.answers(r, document) {
			document.Path = "/..."
		}
		return document
	}
	sample := ginauth.Route{Method: http.MethodGet, Path: "/"}
	for _, route := range s.routes {
		simple := route.Method == http.MethodGet && !route.Hidden && !strings.Contains(route.Path, "{")
		switch {
		case !simple || route.Access != ginauth.Protected:
		case s.config.answers(r, route):
			return route
		case sample.Access == "":
			sample = route
		}
	}
	return sample
}

// curl returns the command that calls a route with a token.
func (c *Config) curl(options string, route ginauth.Route) string {
	return "curl " + options + " " + c.PublicURL + route.Path + " \\\n  -H \"Authorization: Bearer $TOKEN\""
}

// sent returns the whole response of a refusal as it is sent.
func (c *Config) sent(r *auth.Reason, q auth.Requirement) string {
	body := c.problem(r, q)
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", r.Status, http.StatusText(r.Status))
	if challenge := c.Challenger.Challenge(r, q); challenge != "" {
		fmt.Fprintf(&b, "WWW-Authenticate: %s\n", challenge)
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
