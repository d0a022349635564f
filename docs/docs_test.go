package docs_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/problem"
	"golang.org/x/oauth2"
)

const (
	publicURL = "https://api.example.com"
	issuer    = "https://id.example.com/realm"
)

// The reasons of an API beyond those of package auth.
var (
	notFound         = &problem.Type{Code: "not-found", Status: 404, Title: "Not found", Detail: "There is nothing here.", Hint: "Check the path."}
	bodyMalformed    = &problem.Type{Code: "body-malformed", Status: 400, Title: "Body malformed", Detail: "The body is not JSON.", Hint: "Send JSON."}
	parameterInvalid = &problem.Type{Code: "parameter-invalid", Status: 400, Title: "Parameter invalid", Detail: "A parameter is invalid.", Hint: "Correct it."}
	storeUnavailable = &problem.Type{Code: "store-unavailable", Status: 503, Title: "Store unavailable", Detail: "The store cannot be used.", Hint: "Retry."}
	internal         = &problem.Type{Code: "internal", Status: 500, Title: "Internal error", Detail: "Something went wrong.", Hint: "Quote the instance."}
)

// document is what a generator makes of comments.
const document = `{
	"openapi": "3.1.1",
	"info": {"title": "Fixture", "version": "1.2.3"},
	"security": [{"comments": []}],
	"paths": {
		"/": {"get": {"operationId": "index", "responses": {"200": {"description": "OK"}}}},
		"/healthz": {"get": {"responses": {"200": {"description": "OK"}, "503": {
			"description": "Not healthy", "content": {"application/json": {"schema": {"type": "object"}}}}}}},
		"/me": {"get": {"description": "Who am I?", "responses": {"200": {"description": "OK"}}}},
		"/items": {
			"get": {
				"parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
				"responses": {"200": {"description": "OK"}, "400": {
					"description": "Bad Request", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}
			},
			"post": {
				"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
				"responses": {"201": {"description": "Created"}, "400": {"description": "Bad Request"}}
			}
		},
		"/items/{id}": {"get": {"responses": {"200": {"description": "OK"}, "404": {"description": "Not Found"}, "503": {"description": "No store"}}}},
		"/admin": {"get": {"responses": {"200": {"description": "OK"}}}},
		"/transfers": {"post": {"responses": {"204": {"description": "No Content"}}}}
	},
	"components": {"schemas": {"Problem": {"type": "object"}}}
}`

func config(t *testing.T) docs.Config {
	t.Helper()
	challenger, err := auth.NewChallenger("fixture", publicURL+"/.well-known/oauth-protected-resource")
	if err != nil {
		t.Fatal(err)
	}
	return docs.Config{
		Document:   []byte(document),
		PublicURL:  publicURL,
		Issuer:     issuer,
		Challenger: challenger,
		Reasons:    append(problem.Auth(), notFound, bodyMalformed, parameterInvalid, storeUnavailable, internal),
		Scopes:     []docs.Scope{{"items:read", "See items."}, {"items:write", "Change items."}},
		Endpoint:   known,
		ClientID:   "docs",
		SignInHint: "Press Authorize and pick alice.",
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

// merge returns the merged document as plain values.
func merge(t *testing.T, c docs.Config, routes []ginauth.Route) map[string]any {
	t.Helper()
	b, err := docs.Merge(c, routes)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// at returns what stands in the document at a path of member names, following references.
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
			path += "{$}" // to net/http a path that ends so is a wildcard
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
