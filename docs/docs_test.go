package docs_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/docs/openapi"
	"golang.org/x/oauth2"
)

const (
	publicURL = "https://api.example.com"
	issuer    = "https://id.example.com/realm"
)

func config(t testing.TB) docs.Config {
	t.Helper()
	document, err := os.ReadFile("openapi/testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	challenger, err := auth.NewChallenger("fixture", publicURL+"/.well-known/oauth-protected-resource")
	if err != nil {
		t.Fatal(err)
	}
	return docs.Config{
		Config: openapi.Config{
			Document: document, PublicURL: publicURL, Challenger: challenger,
			Issuers: []openapi.Issuer{{URL: issuer, Endpoint: known, ClientID: "docs"}},
			Scopes:  []openapi.Scope{{Name: "items:read", Description: "See items."}, {Name: "items:write", Description: "Change items."}},
		},
		Path: "/docs", SignInHint: "Press Authorize and pick alice.",
	}
}

func known() (oauth2.Endpoint, bool) {
	return oauth2.Endpoint{AuthURL: "https://id.example.com/authorize", TokenURL: "https://token.example.com/token"}, true
}

func unknown() (oauth2.Endpoint, bool) { return oauth2.Endpoint{}, false }

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

// serve mounts a described site as an API does, behind middleware that sets headers of its own.
func serve(t *testing.T, c docs.Config) *httptest.Server {
	t.Helper()
	site, err := docs.New(c)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, a := range site.Assets() {
		path := a.Path
		if strings.HasSuffix(path, "/") {
			path += "{$}" // net/http takes a final slash for a wildcard
		}
		mux.Handle(path, a.Handler)
	}
	mux.Handle("/openapi.json", site.Document())
	mux.HandleFunc("/problems", site.Index)
	mux.HandleFunc("/problems/{code}", func(w http.ResponseWriter, r *http.Request) {
		if !site.Problem(w, r, r.PathValue("code")) {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	if err := site.Describe(routes()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}
