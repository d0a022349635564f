package docs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/problem"
)

func TestMergeNamesEveryDifference(t *testing.T) {
	route := func(r ginauth.Route) func(*docs.Config, *[]ginauth.Route) {
		return func(_ *docs.Config, routes *[]ginauth.Route) { *routes = append(*routes, r) }
	}
	tests := []struct {
		name   string
		change func(*docs.Config, *[]ginauth.Route)
		want   []string // none: no error
	}{
		{"nothing differs", func(*docs.Config, *[]ginauth.Route) {}, nil},
		{
			"a route that the document lacks",
			route(ginauth.Route{Method: "GET", Path: "/backdoor", Access: ginauth.Public}),
			[]string{"GET /backdoor is served but docs/openapi.json does not describe it: add its @Router comment and run make docs"},
		},
		{
			"another method of a path that is described",
			route(ginauth.Route{Method: "DELETE", Path: "/items", Access: ginauth.Protected}),
			[]string{"DELETE /items is served but docs/openapi.json does not describe it"},
		},
		{"a hidden route that the document lacks", route(ginauth.Route{Method: "GET", Path: "/x", Access: ginauth.Public, Hidden: true}), nil},
		{
			"a hidden route that the document describes",
			func(_ *docs.Config, routes *[]ginauth.Route) { (*routes)[1].Hidden = true },
			[]string{"docs/openapi.json describes GET /healthz, which the route table hides"},
		},
		{
			"operations that no route serves",
			func(_ *docs.Config, routes *[]ginauth.Route) { *routes = (*routes)[2:] },
			[]string{"docs/openapi.json describes GET /, which no route serves", "docs/openapi.json describes GET /healthz, which no route serves"},
		},
		{
			"a scope without a description",
			func(c *docs.Config, _ *[]ginauth.Route) { c.Scopes = c.Scopes[:1] },
			[]string{"POST /items asks for the scope items:write, which has no description"},
		},
		{
			"a scope with an empty description",
			func(c *docs.Config, _ *[]ginauth.Route) { c.Scopes[0].Description = "" },
			[]string{"the description of the scope items:read is empty"},
		},
		{
			"a description of a scope that no route asks for",
			func(c *docs.Config, _ *[]ginauth.Route) {
				c.Scopes = append(c.Scopes, docs.Scope{"items:burn", "Burn."})
			},
			[]string{"the scope items:burn has a description, and no route asks for it"},
		},
		{
			"a scope of hidden routes alone",
			route(ginauth.Route{Method: "GET", Path: "/x", Access: ginauth.Protected, Hidden: true, Requirement: auth.Requirement{Scopes: []string{"x"}}}),
			nil,
		},
		{
			"a document without the schema of problems",
			func(c *docs.Config, _ *[]ginauth.Route) {
				c.Document = []byte(strings.ReplaceAll(document, `"schemas": {"Problem"`, `"schemas": {"Other"`))
			},
			[]string{"docs/openapi.json has no schema Problem"},
		},
		{
			"several at once",
			func(c *docs.Config, routes *[]ginauth.Route) {
				*routes = append((*routes)[1:], ginauth.Route{Method: "GET", Path: "/backdoor", Access: ginauth.Public})
				c.Scopes = nil
			},
			[]string{
				"GET /backdoor is served", "describes GET /, which no route serves",
				"GET /items asks for the scope items:read", "POST /items asks for the scope items:write",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, table := config(t), routes()
			tt.change(&c, &table)
			_, err := docs.Merge(c, table)
			if (err != nil) != (tt.want != nil) {
				t.Fatalf("got error %v, want %q", err, tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestMergeWritesWhatARouteAsksFor(t *testing.T) {
	tests := []struct {
		path, method   string
		security, late string // with the endpoints known, and not
		description    string
	}{
		{"/healthz", "get", `[]`, `[]`, ""},
		{"/", "get", `[{},{"oauth2":[]},{"bearer":[]},{"openIdConnect":[]}]`, `[{},{"bearer":[]},{"openIdConnect":[]}]`, "Access: anybody, with a token or without."},
		{"/me", "get", `[{"oauth2":[]},{"bearer":[]},{"openIdConnect":[]}]`, `[{"bearer":[]},{"openIdConnect":[]}]`, "Who am I?\n\nAccess: any valid token."},
		{
			"/items", "get", `[{"oauth2":["items:read"]},{"bearer":["items:read"]},{"openIdConnect":["items:read"]}]`, `[{"bearer":["items:read"]},{"openIdConnect":["items:read"]}]`,
			"Access: a token with the scope `items:read`.",
		},
		{
			"/items", "post", `[{"oauth2":["items:read","items:write"]},{"bearer":["items:read","items:write"]},{"openIdConnect":["items:read","items:write"]}]`,
			`[{"bearer":["items:read","items:write"]},{"openIdConnect":["items:read","items:write"]}]`, "Access: a token with the scopes `items:read` and `items:write`.",
		},
		{
			"/admin", "get", `[{"oauth2":["items:read"]},{"bearer":["items:read","admin"]},{"openIdConnect":["items:read"]}]`, `[{"bearer":["items:read","admin"]},{"openIdConnect":["items:read"]}]`,
			"Access: a token with the scope `items:read` and the role `admin`.",
		},
		{
			"/transfers", "post", `[{"oauth2":[]},{"bearer":[]},{"openIdConnect":[]}]`, `[{"bearer":[]},{"openIdConnect":[]}]`,
			"Access: a token with a sign-in of the class `2` and a sign-in that is at most 5m0s old.",
		},
	}
	c := config(t)
	now := merge(t, c, routes())
	c.Endpoint = unknown
	late := merge(t, c, routes())
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

func TestMergeWritesTheSchemes(t *testing.T) {
	c := config(t)
	flow := at(merge(t, c, routes()), "components", "securitySchemes", "oauth2", "flows", "authorizationCode")
	want := `{"authorizationUrl":"https://id.example.com/authorize","refreshUrl":"https://token.example.com/token",` +
		`"scopes":{"items:read":"See items.","items:write":"Change items."},"tokenUrl":"https://token.example.com/token"}`
	if got := text(t, flow); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	discovery := at(merge(t, c, routes()), "components", "securitySchemes", "openIdConnect", "openIdConnectUrl")
	if want := "https://id.example.com/realm/.well-known/openid-configuration"; discovery != want {
		t.Errorf("got %v, want %s", discovery, want)
	}

	for name, endpoint := range map[string]func(*docs.Config){
		"unknown":   func(c *docs.Config) { c.Endpoint = unknown },
		"never set": func(c *docs.Config) { c.Endpoint = nil },
	} {
		endpoint(&c)
		schemes := at(merge(t, c, routes()), "components", "securitySchemes").(map[string]any)
		if got := slices.Sorted(maps.Keys(schemes)); !slices.Equal(got, []string{"bearer", "openIdConnect"}) {
			t.Errorf("endpoint %s: got schemes %q, want no oauth2", name, got)
		}
	}
}

func TestMergeWritesTheDocumentsOwn(t *testing.T) {
	c := config(t)
	doc := merge(t, c, routes())
	if got := text(t, doc["servers"]); got != `[{"url":"https://api.example.com"}]` {
		t.Errorf("got servers %s", got)
	}
	if got := text(t, doc["info"]); got != `{"title":"Fixture","version":"1.2.3"}` {
		t.Errorf("got info %s, want that of the document", got)
	}
	if got, ok := doc["security"]; ok {
		t.Errorf("got security %v for all: each operation speaks for itself", got)
	}
	c.Title, c.Version = "Mine", "4"
	if got := text(t, merge(t, c, routes())["info"]); got != `{"title":"Mine","version":"4"}` {
		t.Errorf("got info %s, want that of the configuration", got)
	}
	if got := text(t, at(doc, "paths", "/items", "get", "parameters")); !strings.Contains(got, `"maximum":100`) {
		t.Errorf("got parameters %s, want them as they were", got)
	}
}

func TestContactFollowsThePublicURL(t *testing.T) {
	for _, test := range []struct{ name, written, want string }{
		{"the API itself", "http://localhost:8080/", publicURL + "/"},
		{"somebody else", "https://help.example.com/api", "https://help.example.com/api"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := config(t)
			c.Document = []byte(strings.Replace(document, `"version": "1.2.3"`, `"version": "1.2.3", "contact": {"name": "Help", "url": "`+test.written+`"}`, 1))
			if got := at(merge(t, c, routes()), "info", "contact", "url"); got != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

func TestMergeTwiceGivesEqualBytes(t *testing.T) {
	first, err := docs.Merge(config(t), routes())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		next, err := docs.Merge(config(t), routes())
		if err != nil || string(next) != string(first) {
			t.Fatalf("got another document, or %v", err)
		}
	}
}

// A null is not a list of scopes and not an object, and some tools read past it.
func TestMergedDocumentHoldsTogether(t *testing.T) {
	c := config(t)
	for range 2 {
		doc := merge(t, c, routes())
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
		c.Endpoint = unknown
	}
}

func TestConfigIsChecked(t *testing.T) {
	tests := []struct {
		name   string
		change func(*docs.Config)
		want   string
	}{
		{"no public URL", func(c *docs.Config) { c.PublicURL = "" }, `the public URL "" is not an origin`},
		{"a public URL with a path", func(c *docs.Config) { c.PublicURL += "/" }, "is not an origin"},
		{"no issuer", func(c *docs.Config) { c.Issuer = "" }, `the issuer "" is not an absolute URL`},
		{"no challenger", func(c *docs.Config) { c.Challenger = nil }, "the challenger is missing"},
		{"a code twice", func(c *docs.Config) { c.Types = append(c.Types, internal) }, `"internal" is not a code of its own`},
		{
			"a code that cannot stand in an address",
			func(c *docs.Config) { c.Types = append(c.Types, &problem.Type{Code: "../x"}) },
			`"../x" is not a code of its own`,
		},
		{"a document that is not JSON", func(c *docs.Config) { c.Document = []byte("x") }, "docs/openapi.json: invalid character"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := config(t)
			tt.change(&c)
			_, err := docs.Merge(c, routes())
			_, second := docs.New(c)
			for _, err := range []error{err, second} {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want an error with %q", err, tt.want)
				}
			}
		})
	}
}

func BenchmarkMerge(b *testing.B) {
	challenger, err := auth.NewChallenger("fixture", publicURL)
	if err != nil {
		b.Fatal(err)
	}
	c := docs.Config{
		Document: []byte(document), PublicURL: publicURL, Issuer: issuer, Challenger: challenger, Reasons: problem.Auth(),
		Scopes: []docs.Scope{{"items:read", "See items."}, {"items:write", "Change items."}}, Endpoint: known,
	}
	for b.Loop() {
		if _, err := docs.Merge(c, routes()); err != nil {
			b.Fatal(err)
		}
	}
}
