package handlers_test

import (
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
)

func TestTheIndexSaysWhereToBegin(t *testing.T) {
	s := serve(t)
	const links = `"links":{"health":"https://api.example.com/readyz","items":"https://api.example.com/items",` +
		`"metadata":"https://api.example.com/.well-known/oauth-protected-resource","problems":"https://api.example.com/problems"}`
	s.call(t, "", "GET /", "").wantJSON(t, 200, `{"name":"Gatehouse","version":"v1.2.3",`+links+`}`)
	s.call(t, s.token("alice", ""), "GET /", "").wantJSON(t, 200, `{"name":"Gatehouse","version":"v1.2.3",`+links+`,"subject":"alice"}`)
	s.call(t, "forged", "GET /", "").wantProblem(t, auth.TokenMalformed, "")
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
	s.call(t, "", "GET /.well-known/oauth-protected-resource", "").wantJSON(t, 200, `{"resource":"https://api.example.com",`+
		`"authorization_servers":["`+s.issuer.URL+`"],"scopes_supported":["items:read","items:write","openid"],`+
		`"bearer_methods_supported":["header"],"resource_name":"Gatehouse"}`)
}
