package openapi

import (
	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"golang.org/x/oauth2"
)

// A Config is what the code does not say about an API. Document, PublicURL, Issuers and Challenger are
// required.
type Config struct {
	Document []byte // what docs/gen made of the comments
	Title    string // of the API; empty means that of the Document
	Version  string // of the API; empty means that of the Document

	PublicURL  string           // origin of the API as callers see it
	Issuers    []Issuer         // of the access tokens
	Audience   []string         // of the access tokens, to be named; may be empty
	Challenger *auth.Challenger // writes the challenges of the examples
	Minimal    bool             // every token that is not accepted gets token-invalid, and no closer code
	BearerOnly bool             // a bearer token is the only way to authenticate, wherever one is accepted
	Scopes     []Scope          // a description for every scope that a route asks for
}

// An Issuer issues access tokens, and signs users in.
type Issuer struct {
	Suffix       string // of its schemes, as in oauth2_2; empty for the first
	URL          string
	ScopePrefix  auth.ScopePrefix // of scopes at the provider
	DiscoveryURL string           // of the provider's metadata, if it is not below the issuer

	// Endpoint returns the provider's endpoints once they are known: the API starts without its provider. It is
	// called while requests are served, and must not wait.
	Endpoint        func() (oauth2.Endpoint, bool)
	ClientID        string            // Swagger UI's public client at the provider
	AuthorizeParams map[string]string // what else Swagger UI sends to the provider, such as audience
}

// A Scope is one that a caller can be granted.
type Scope struct {
	Name, Description string
}

// Check returns an error that names every difference between the document, the routes and the scopes.
func Check(c Config, routes []ginauth.Route) error {
	_, err := check(&c, routes)
	return err
}

// check is Check, and returns the document.
func check(c *Config, routes []ginauth.Route) (object, error) {
	doc, err := decode(c.Document)
	if err != nil {
		return nil, err
	}
	return doc, mismatch(doc, c.Scopes, routes)
}

// Build returns the OpenAPI document of the API with what every route asks of its caller, and how it
// rejects requests. Hidden routes are left out. The endpoints are those of each issuer, or zero while they are
// not known. Its error is that of Check.
func Build(c Config, routes []ginauth.Route, endpoints ...oauth2.Endpoint) ([]byte, error) {
	doc, err := check(&c, routes)
	if err != nil {
		return nil, err
	}
	b := newBuilder(&c, doc, endpoints)
	for _, route := range routes {
		if !route.Hidden {
			b.operation(operationOf(doc, route), route)
		}
	}
	return encode(doc)
}

// SignIn returns what anonymous callers get of a protected document: its title, the ways to sign in, and no
// operation. Swagger UI reads the ways to sign in from a document.
func SignIn(c Config, endpoints ...oauth2.Endpoint) ([]byte, error) {
	whole, err := decode(c.Document)
	if err != nil {
		return nil, err
	}
	info := child(whole, "info")
	doc := object{
		"openapi": whole["openapi"],
		"info":    object{"title": info["title"], "version": info["version"], "description": "Sign in to see the operations."},
		"paths":   object{},
	}
	newBuilder(&c, doc, endpoints)
	return encode(doc)
}

// A builder writes into one document.
type builder struct {
	*Config
	components object
	endpoints  []oauth2.Endpoint // of each issuer
}

// newBuilder returns a builder for doc, in which it has written what is about the document as a whole.
func newBuilder(c *Config, doc object, endpoints []oauth2.Endpoint) *builder {
	b := &builder{c, child(doc, "components"), endpoints}
	info := child(doc, "info")
	if c.Title != "" {
		info["title"] = c.Title
	}
	if c.Version != "" {
		info["version"] = c.Version
	}
	if contact, ok := info["contact"].(object); ok && contact["url"] == nil {
		contact["url"] = c.PublicURL + "/"
	}
	doc["servers"] = []any{object{"url": c.PublicURL}}
	delete(doc, "security") // each operation has its own
	b.components["securitySchemes"] = b.schemes()
	return b
}
