// Package docs shows what the API is: its OpenAPI document, Swagger UI, and a page for every reason
// why a request can be refused. Everything is embedded and served offline.
//
// The document has two sources. Paths and schemas come from the comments above the handlers, by way
// of docs/gen, as the committed openapi.json. What a route asks of its caller comes from the route
// table that enforces it: [Merge] writes it into the document, and fails where the two disagree.
//
//	site, err := docs.New(docs.Config{PublicURL: publicURL, Issuer: issuer, Reasons: reasons, ...})
//	...                                    // mount site.Assets(), site.Document() and the problem pages
//	err = site.Describe(router.Table())    // last: every route is known
package docs

import (
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"golang.org/x/oauth2"
)

//go:generate go run -C gen . -root ../.. -out ../openapi.json

// committed is what docs/gen made of the comments.
//
//go:embed openapi.json
var committed []byte

// A Config says what the documentation cannot know from the code. PublicURL, Issuer and Challenger
// are required.
type Config struct {
	Document []byte // the document without security; nil means the committed openapi.json
	Title    string // of the API; empty means the document's
	Version  string // of the API; empty means the document's

	PublicURL  string           // the origin that callers see
	Issuer     string           // of the access tokens
	Audience   []string         // of the access tokens, for the pages to name; may be empty
	Challenger *auth.Challenger // writes the challenges of the examples
	Types      []*problem.Type  // every reason of the API, in the order in which a request is judged
	Minimal    bool             // every refused token is answered with token-invalid and nothing closer
	Scopes     []Scope          // a description for every scope that a route asks for

	// Endpoint returns the provider's endpoints once they are known: the API starts without its
	// provider. It is called while requests are served and must not wait; nil means never known.
	Endpoint func() (oauth2.Endpoint, bool)

	ClientID        string            // Swagger UI's public client at the provider
	AuthorizeParams map[string]string // what else Swagger UI sends to the provider, such as audience
	SignInHint      string            // one line above the operations on how to sign in
	NoUI            bool              // Swagger UI is not mounted: the problem pages do not link to it
	Protected       bool              // the document is for callers: nothing public tells of the operations
}

// A Scope is one that a caller can be granted.
type Scope struct {
	Name, Description string
}

var codeGrammar = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// check completes the configuration, or says all that is wrong with it.
func (c *Config) check() error {
	var wrong []error
	if c.Document == nil {
		c.Document = committed
	}
	if c.Challenger == nil {
		wrong = append(wrong, errors.New("docs: the challenger is missing"))
	}
	if c.Endpoint == nil {
		c.Endpoint = func() (oauth2.Endpoint, bool) { return oauth2.Endpoint{}, false }
	}
	if c.PublicURL == "" || origin(c.PublicURL) != c.PublicURL {
		wrong = append(wrong, fmt.Errorf("docs: the public URL %q is not an origin such as http://localhost:8080", c.PublicURL))
	}
	if origin(c.Issuer) == "" {
		wrong = append(wrong, fmt.Errorf("docs: the issuer %q is not an absolute URL", c.Issuer))
	}
	seen := map[string]bool{}
	for _, r := range c.Types {
		if !codeGrammar.MatchString(r.Code) || seen[r.Code] {
			wrong = append(wrong, fmt.Errorf("docs: the reason %q is not a code of its own in lower case", r.Code))
		}
		seen[r.Code] = true
	}
	return errors.Join(wrong...)
}

// problemType returns the type of a reason's problem, which is the address of its page.
func (c *Config) problemType(r *problem.Type) string { return c.PublicURL + "/problems/" + r.Code }

// discovery returns the address of the provider's metadata (OpenID Connect Discovery 1.0, section 4).
func (c *Config) discovery() string {
	return strings.TrimSuffix(c.Issuer, "/") + "/.well-known/openid-configuration"
}

// origin returns scheme, host and port of a URL, or the empty string if it has none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
