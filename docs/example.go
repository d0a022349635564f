package docs

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// A problemView is what the page of a problem shows: its type, a response with it, and a request that is correct in
// what it is about.
type problemView struct {
	*problem.Type
	StatusText, Challenge string
	Example               problem.Body
	JSON                  string // of the example
	URL                   string // of the request
	HasBody               bool   // of the request
	Step                  int    // of the index; 0 for none
	Variants              []Variant
}

// viewOf returns the view of a problem. The URL is that of requests for problems that any route can have.
func (c *Config) viewOf(t *problem.Type, url string) problemView {
	required := auth.Requirement{MaxAge: 5 * time.Minute}
	if len(c.Scopes) > 0 {
		required.Scopes = []string{c.Scopes[0].Name}
	}
	v := problemView{
		Type: t, StatusText: http.StatusText(t.Status), Challenge: c.Challenge(t, required),
		Example: c.Example(t, required), URL: url, Step: step(t), Variants: c.variantsOf(t),
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	encoder.Encode(v.Example) // text and numbers into memory: there is no error
	v.JSON = strings.TrimSpace(b.String())
	isConditional := t == problem.PreconditionFailed || t == problem.PreconditionRequired
	if v.HasBody = isConditional || t.About == problem.Content; v.HasBody {
		v.URL = c.PublicURL + "/..."
	}
	return v
}

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
