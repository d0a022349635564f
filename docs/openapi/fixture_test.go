package openapi_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs/openapi"
	"golang.org/x/oauth2"
)

const (
	publicURL = "https://api.example.com"
	issuer    = "https://id.example.com/realm"
)

// endpoint is that of the provider. Before the API has reached it, unknown is.
var (
	endpoint = oauth2.Endpoint{AuthURL: "https://id.example.com/authorize", TokenURL: "https://token.example.com/token"}
	unknown  oauth2.Endpoint
)

// document returns a document as docs/gen writes it.
func document(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func config(t testing.TB) openapi.Config {
	t.Helper()
	challenger, err := auth.NewChallenger("fixture", publicURL+"/.well-known/oauth-protected-resource")
	if err != nil {
		t.Fatal(err)
	}
	return openapi.Config{
		Document: []byte(document(t)), PublicURL: publicURL, Issuers: []openapi.Issuer{{URL: issuer}}, Challenger: challenger,
		Scopes: []openapi.Scope{{Name: "items:read", Description: "See items."}, {Name: "items:write", Description: "Change items."}},
	}
}

func routes() []ginauth.Route {
	read := auth.Requirement{Scopes: []string{"items:read"}}
	return []ginauth.Route{
		{Method: "GET", Path: "/", Access: ginauth.Optional},
		{Method: "GET", Path: "/healthz", Access: ginauth.Public},
		{Method: "GET", Path: "/me", Access: ginauth.Protected},
		{Method: "GET", Path: "/items", Access: ginauth.Protected, Requirement: read},
		{Method: "POST", Path: "/items", Access: ginauth.Protected, Requirement: auth.Requirement{Scopes: []string{"items:read", "items:write"}}},
		{Method: "GET", Path: "/items/{id}", Access: ginauth.Protected, Requirement: read},
		{Method: "GET", Path: "/admin", Access: ginauth.Protected, Requirement: auth.Requirement{Scopes: read.Scopes, Roles: []string{"admin"}}},
		{Method: "POST", Path: "/transfers", Access: ginauth.Protected, Requirement: auth.Requirement{ACR: []string{"2"}, MaxAge: 5 * 60e9}},
		{Method: "GET", Path: "/docs/", Access: ginauth.Public, Hidden: true},
	}
}

// committed returns the committed document, and its routes as if each asked for a token: so every operation has
// the most responses.
func committed(t testing.TB) (openapi.Config, []ginauth.Route) {
	t.Helper()
	c := config(t)
	var err error
	if c.Document, err = os.ReadFile("../openapi.json"); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(c.Document, &doc); err != nil {
		t.Fatal(err)
	}
	var routes []ginauth.Route
	for path, item := range doc.Paths {
		for method := range item {
			asked := auth.Requirement{Scopes: []string{"items:read"}}
			routes = append(routes, ginauth.Route{Method: strings.ToUpper(method), Path: path, Access: ginauth.Protected, Requirement: asked})
		}
	}
	c.Scopes = c.Scopes[:1]
	return c, routes
}

// build returns the built document as plain values.
func build(t *testing.T, c openapi.Config, routes []ginauth.Route, endpoint oauth2.Endpoint) map[string]any {
	t.Helper()
	b, err := openapi.Build(c, routes, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, b)
}

func decode(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at returns what is in the document at a path of member names. It follows references.
func at(doc map[string]any, path ...string) any {
	var v any = doc
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
		if m, ok := v.(map[string]any); ok {
			if ref, ok := m["$ref"].(string); ok {
				v = at(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
		}
	}
	return v
}

// text returns a value as JSON.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
