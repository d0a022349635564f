package docs

import (
	_ "embed"

	"example.com/gatehouse/docs/openapi"
	"golang.org/x/oauth2"
)

//go:generate go run -C gen . -root ../.. -out ../openapi.json

// committed is what docs/gen made of the comments.
//
//go:embed openapi.json
var committed []byte

// A Config is what the documentation shows of an API.
type Config struct {
	openapi.Config // of the document; without a Document, that of docs/openapi.json

	Path     string // of the documentation, such as /docs
	BasePath string // of PublicURL, before the paths that pages link to; empty for none

	SignInHint string // one line above the operations on how to sign in
	NoUI       bool   // Swagger UI is not mounted, and the problem pages do not link to it
	Protected  bool   // the document is for callers, and no public page names an operation
}

// endpoints returns those of each provider, and which are known: a bit for each.
func (c *Config) endpoints() (all []oauth2.Endpoint, known int) {
	for i, issuer := range c.Issuers {
		endpoint, ok := issuer.Endpoint()
		if ok {
			known |= 1 << i
		}
		all = append(all, endpoint)
	}
	return all, known
}
