package docs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// exampleURL returns the address of the first route that asks for a token and is simple to call. Where the document
// is protected, the pages name no route.
func (c *Config) exampleURL(routes []ginauth.Route) string {
	for _, r := range routes {
		if r.Access == ginauth.Protected && !r.Hidden && r.Method == http.MethodGet && !strings.Contains(r.Path, "{") && !c.Protected {
			return c.PublicURL + r.Path
		}
	}
	return c.PublicURL + "/..."
}

// request returns the command for a request that is correct in what a problem is about. The URL is for problems
// that any route can have.
func (c *Config) request(t *problem.Type, url string) string {
	lines := []string{"curl -i " + url, `-H "Authorization: Bearer $TOKEN"`}
	conditional := t == problem.PreconditionFailed || t == problem.PreconditionRequired
	if conditional || t.About == problem.Content {
		lines[0] = "curl -i " + c.PublicURL + "/..."
		lines = append(lines, `-H "Content-Type: application/json" -d @body.json`)
	}
	if conditional {
		lines = append(lines, `-X PUT -H 'If-Match: "1"'`)
	}
	return strings.Join(lines, " \\\n  ")
}

// response returns the response of a problem as it is sent.
func (c *Config) response(t *problem.Type) string {
	required := auth.Requirement{MaxAge: 5 * time.Minute}
	if len(c.Scopes) > 0 {
		required.Scopes = []string{c.Scopes[0].Name}
	}
	body := c.Example(t, required)
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\n", t.Status, http.StatusText(t.Status))
	if challenge := c.Challenger.Challenge(t, required); challenge != "" {
		fmt.Fprintf(&b, "WWW-Authenticate: %s\n", challenge)
	}
	if t.Status == http.StatusMethodNotAllowed {
		b.WriteString("Allow: GET, HEAD\n")
	}
	if body.RetryAfter > 0 {
		fmt.Fprintf(&b, "Retry-After: %d\n", body.RetryAfter)
	}
	id := strings.TrimPrefix(body.Instance, "urn:uuid:")
	fmt.Fprintf(&b, "Content-Type: application/problem+json\nCache-Control: no-store\nX-Request-Id: %s\n\n", id)
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	encoder.Encode(body) // text and numbers into memory: there is no error
	return strings.TrimSpace(b.String())
}
