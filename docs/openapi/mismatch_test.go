package openapi_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs/openapi"
)

func TestBuildNamesEveryDifference(t *testing.T) {
	route := func(r ginauth.Route) func(*openapi.Config, *[]ginauth.Route) {
		return func(_ *openapi.Config, routes *[]ginauth.Route) { *routes = append(*routes, r) }
	}
	tests := []struct {
		name   string
		change func(*openapi.Config, *[]ginauth.Route)
		want   []string // none: no error
	}{
		{"nothing differs", func(*openapi.Config, *[]ginauth.Route) {}, nil},
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
			func(_ *openapi.Config, routes *[]ginauth.Route) { (*routes)[1].Hidden = true },
			[]string{"docs/openapi.json describes GET /healthz, which the route table hides"},
		},
		{
			"operations that no route serves",
			func(_ *openapi.Config, routes *[]ginauth.Route) { *routes = (*routes)[2:] },
			[]string{"docs/openapi.json describes GET /, which no route serves", "docs/openapi.json describes GET /healthz, which no route serves"},
		},
		{
			"a scope without a description",
			func(c *openapi.Config, _ *[]ginauth.Route) { c.Scopes = c.Scopes[:1] },
			[]string{"POST /items asks for the scope items:write, which has no description"},
		},
		{
			"a scope with an empty description",
			func(c *openapi.Config, _ *[]ginauth.Route) { c.Scopes[0].Description = "" },
			[]string{"the description of the scope items:read is empty"},
		},
		{
			"a description of a scope that no route asks for",
			func(c *openapi.Config, _ *[]ginauth.Route) {
				c.Scopes = append(c.Scopes, openapi.Scope{Name: "items:burn", Description: "Burn."})
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
			func(c *openapi.Config, _ *[]ginauth.Route) {
				c.Document = []byte(strings.ReplaceAll(document(t), `"schemas": {"Problem"`, `"schemas": {"Other"`))
			},
			[]string{"docs/openapi.json has no schema Problem"},
		},
		{
			"several at once",
			func(c *openapi.Config, routes *[]ginauth.Route) {
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
			_, err := openapi.Build(c, table, endpoint)
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
