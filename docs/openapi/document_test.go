package openapi_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/docs/openapi"
	"golang.org/x/oauth2"
)

func TestOperationsSayWhatRoutesAskFor(t *testing.T) {
	tests := []struct {
		path, method   string
		security, late string // with the endpoints known, and not
		description    string
	}{
		{"/healthz", "get", `[]`, `[]`, ""},
		{"/", "get", `[{},{"oauth2":[]},{"bearer":[]}]`, `[{},{"bearer":[]}]`, "Access: with or without a token."},
		{"/me", "get", `[{"oauth2":[]},{"bearer":[]}]`, `[{"bearer":[]}]`, "Who am I?\n\nAccess: any valid token."},
		{
			"/items", "get", `[{"oauth2":["items:read"]},{"bearer":["items:read"]}]`, `[{"bearer":["items:read"]}]`,
			"Access: a token with the scope `items:read`.",
		},
		{
			"/items", "post", `[{"oauth2":["items:read","items:write"]},{"bearer":["items:read","items:write"]}]`,
			`[{"bearer":["items:read","items:write"]}]`, "Access: a token with the scope `items:read` and the scope `items:write`.",
		},
		{
			"/admin", "get", `[{"oauth2":["items:read"]},{"bearer":["items:read","admin"]}]`, `[{"bearer":["items:read","admin"]}]`,
			"Access: a token with the scope `items:read` and the role `admin`.",
		},
		{
			"/transfers", "post", `[{"oauth2":[]},{"bearer":[]}]`, `[{"bearer":[]}]`,
			"Access: a token with a sign-in of the class `2` and a sign-in that is at most 5m0s old.",
		},
	}
	now, late := build(t, config(t), routes(), endpoint), build(t, config(t), routes(), unknown)
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			if got := text(t, at(now, "paths", tt.path, tt.method, "security")); got != tt.security {
				t.Errorf("got security %s, want %s", got, tt.security)
			}
			if got := text(t, at(late, "paths", tt.path, tt.method, "security")); got != tt.late {
				t.Errorf("before the endpoints are known: got security %s, want %s", got, tt.late)
			}
			if got, _ := at(now, "paths", tt.path, tt.method, "description").(string); got != tt.description {
				t.Errorf("got description %q, want %q", got, tt.description)
			}
		})
	}
}

func TestSchemesFollowTheProvider(t *testing.T) {
	c := config(t)
	doc := build(t, c, routes(), endpoint)
	flow := at(doc, "components", "securitySchemes", "oauth2", "flows", "authorizationCode")
	want := `{"authorizationUrl":"https://id.example.com/authorize","refreshUrl":"https://token.example.com/token",` +
		`"scopes":{"items:read":"See items.","items:write":"Change items."},"tokenUrl":"https://token.example.com/token"}`
	if got := text(t, flow); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	discovery := at(doc, "components", "securitySchemes", "openIdConnect", "openIdConnectUrl")
	if want := "https://id.example.com/realm/.well-known/openid-configuration"; discovery != want {
		t.Errorf("got %v, want %s", discovery, want)
	}

	schemes := at(build(t, c, routes(), unknown), "components", "securitySchemes").(map[string]any)
	if got := slices.Sorted(maps.Keys(schemes)); !slices.Equal(got, []string{"bearer"}) {
		t.Errorf("with an unknown endpoint: got schemes %q, want bearer alone", got)
	}
}

func TestServersAndInfoFollowTheConfiguration(t *testing.T) {
	c := config(t)
	doc := build(t, c, routes(), endpoint)
	if got := text(t, doc["servers"]); got != `[{"url":"https://api.example.com"}]` {
		t.Errorf("got servers %s", got)
	}
	if got := text(t, doc["info"]); got != `{"title":"Fixture","version":"1.2.3"}` {
		t.Errorf("got info %s, want that of the document", got)
	}
	if got, ok := doc["security"]; ok {
		t.Errorf("got security %v for all: each operation has its own", got)
	}
	c.Title, c.Version = "Mine", "4"
	if got := text(t, build(t, c, routes(), endpoint)["info"]); got != `{"title":"Mine","version":"4"}` {
		t.Errorf("got info %s, want that of the configuration", got)
	}
	if got := text(t, at(doc, "paths", "/items", "get", "parameters")); !strings.Contains(got, `"maximum":100`) {
		t.Errorf("got parameters %s, want them as they were", got)
	}
}

func TestContactFollowsThePublicURL(t *testing.T) {
	for _, test := range []struct{ name, written, want string }{
		{"the API itself", "http://localhost:8080/", publicURL + "/"},
		{"a help desk", "https://help.example.com/api", "https://help.example.com/api"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := config(t)
			c.Document = []byte(strings.Replace(document(t), `"version": "1.2.3"`, `"version": "1.2.3", "contact": {"name": "Help", "url": "`+test.written+`"}`, 1))
			if got := at(build(t, c, routes(), endpoint), "info", "contact", "url"); got != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	first, err := openapi.Build(config(t), routes(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		next, err := openapi.Build(config(t), routes(), endpoint)
		if err != nil || string(next) != string(first) {
			t.Fatalf("got another document, or %v", err)
		}
	}
}

// A null is not a list of scopes and not an object, and some tools read past it.
func TestDocumentHasNoNullAndNoBrokenReference(t *testing.T) {
	for _, endpoint := range []oauth2.Endpoint{endpoint, unknown} {
		doc := build(t, config(t), routes(), endpoint)
		var visit func(path string, v any)
		visit = func(path string, v any) {
			switch v := v.(type) {
			case nil:
				t.Errorf("%s is null", path)
			case []any:
				for _, child := range v {
					visit(path+"[]", child)
				}
			case map[string]any:
				if ref, ok := v["$ref"].(string); ok && at(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...) == nil {
					t.Errorf("%s refers to %s, which is not there", path, ref)
				}
				for name, child := range v {
					visit(path+"."+name, child)
				}
			}
		}
		visit("", doc)
	}
}

func TestDocumentMustBeJSON(t *testing.T) {
	c := config(t)
	c.Document = []byte("x")
	_, built := openapi.Build(c, routes(), endpoint)
	_, signIn := openapi.SignIn(c, endpoint)
	for _, err := range []error{built, signIn} {
		if err == nil || !strings.Contains(err.Error(), "docs/openapi.json: invalid character") {
			t.Errorf("got %v, want an error that names the file", err)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	c, routes := committed(b)
	for b.Loop() {
		if _, err := openapi.Build(c, routes, endpoint); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSignInDocumentHasNoOperation(t *testing.T) {
	c := config(t)
	c.Title = "Mine"
	b, err := openapi.SignIn(c, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	whole := build(t, config(t), routes(), endpoint)
	want := map[string]any{
		"openapi":    whole["openapi"],
		"info":       map[string]any{"title": "Mine", "version": "1.2.3", "description": "Sign in to see the operations."},
		"servers":    whole["servers"],
		"paths":      map[string]any{},
		"components": map[string]any{"securitySchemes": at(whole, "components", "securitySchemes")},
	}
	if got := text(t, decode(t, b)); got != text(t, want) {
		t.Errorf("got\n%s, want\n%s", got, text(t, want))
	}
}
