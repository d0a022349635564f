package handlers_test

import (
	"encoding/json"
	"slices"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func TestTheIndexSaysWhereToBegin(t *testing.T) {
	s := serve(t)
	links := `"links":` + sortedJSON(t, map[string]string{
		"health": origin + "/readyz", "items": origin + "/items",
		"metadata": origin + "/.well-known/oauth-protected-resource", "problems": origin + "/problems",
	})
	s.call(t, "", "GET /", "").wantJSON(t, 200, `{"name":"Gatehouse","version":"v1.2.3",`+links+`}`)
	s.call(t, s.token("alice", ""), "GET /", "").wantJSON(t, 200, `{"name":"Gatehouse","version":"v1.2.3",`+links+`,"subject":"alice"}`)
	s.call(t, "forged", "GET /", "").wantProblem(t, problem.TokenMalformed, "")
}

// sortedJSON returns the JSON text of a value; the members of a map are sorted, whatever items are called.
func sortedJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheIndexLinksToTheDocumentation(t *testing.T) {
	for mode, want := range map[handlers.DocsMode]map[string]string{
		handlers.DocsOn:        {"docs": origin + "/docs/", "openapi": origin + "/openapi.json"},
		handlers.DocsProtected: {"docs": origin + "/docs/", "openapi": origin + "/openapi.json"},
		handlers.DocsOff:       {},
	} {
		t.Run(string(mode), func(t *testing.T) {
			s := serve(t, func(c *handlers.Config) { c.Docs = mode })
			links := decode[handlers.Index](t, s.call(t, "", "GET /", "").body).Links
			if links["docs"] != want["docs"] || links["openapi"] != want["openapi"] {
				t.Errorf("the links are %v, want %v among them", links, want)
			}
		})
	}
}

func TestMetadataSaysWhoIssuesTokens(t *testing.T) {
	s := serve(t)
	scopes := sortedJSON(t, slices.Sorted(slices.Values([]string{"openid", "items:read", "items:write"})))
	s.call(t, "", "GET /.well-known/oauth-protected-resource", "").wantJSON(t, 200, `{"resource":"https://api.example.com",`+
		`"authorization_servers":["`+s.issuer.URL+`"],"scopes_supported":`+scopes+`,`+
		`"bearer_methods_supported":["header"],"resource_name":"Gatehouse"}`)
}
