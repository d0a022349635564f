package handlers_test

import (
	"encoding/json"
	"slices"
	"testing"

	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestIndexLinksToThePartsOfTheAPI(t *testing.T) {
	api := apitest.Start(t)
	index := `{"name":"Gatehouse","version":"` + config.Version() + `","links":` + sortedJSON(t, map[string]string{
		"health": apitest.PublicURL + "/readyz", "items": apitest.PublicURL + "/items",
		"metadata": apitest.PublicURL + "/.well-known/oauth-protected-resource", "problems": apitest.PublicURL + "/problems",
	})
	api.Call(t, "", "GET /", "").WantJSON(t, 200, index+`}`)
	api.Call(t, api.Token("alice", ""), "GET /", "").WantJSON(t, 200, index+`,"subject":"alice"}`)
	api.Call(t, "forged", "GET /", "").WantProblem(t, problem.TokenMalformed)
}

// sortedJSON returns the JSON text of a value. The members of a map are sorted, whatever the items are called.
func sortedJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestIndexLinksToTheDocumentation(t *testing.T) {
	for mode, documented := range map[string]bool{"on": true, "protected": true, "off": false} {
		t.Run(mode, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env("DOCS="+mode))
			links := apitest.Decode[handlers.Index](t, api.Call(t, "", "GET /", "")).Links
			for name, path := range map[string]string{"docs": "/docs/", "openapi": "/openapi.json"} {
				want := ""
				if documented {
					want = apitest.PublicURL + path
				}
				if links[name] != want {
					t.Errorf("the link %s is %q, want %q", name, links[name], want)
				}
			}
		})
	}
}

func TestMetadataNamesIssuerAndScopes(t *testing.T) {
	api := apitest.Start(t)
	var required []string
	for _, route := range api.Table() {
		required = append(required, route.Requirement.Scopes...)
	}
	slices.Sort(required)
	scopes := sortedJSON(t, slices.Compact(required))
	api.Call(t, "", "GET /.well-known/oauth-protected-resource", "").WantJSON(t, 200, `{"resource":"https://api.example.com",`+
		`"authorization_servers":["`+api.Issuer.URL+`"],"scopes_supported":`+scopes+`,`+
		`"bearer_methods_supported":["header"],"resource_name":"Gatehouse"}`)
}

// scopeNames returns every scope that a route requires.
func scopeNames() (names []string) {
	for _, scope := range handlers.Scopes() {
		names = append(names, scope.Name)
	}
	return names
}
