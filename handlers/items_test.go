package handlers_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestItems(t *testing.T) { apitest.Resource(t, "/items") }

func TestItemsRequireTheirScopes(t *testing.T) {
	api := apitest.Start(t)
	reader, writer := api.Token("alice", "items:read", "admin"), api.Token("alice", "items:write", "admin")
	for line, token := range map[string]string{
		"GET /items": writer, "GET /items/1": writer, "GET /admin/items": writer,
		"POST /items": reader, "PUT /items/1": reader, "PATCH /items/1": reader, "DELETE /items/1": reader,
	} {
		api.Call(t, "", line, "").WantProblem(t, problem.CredentialsMissing)
		api.Call(t, token, line, "").WantStatus(t, problem.ScopeInsufficient.Status)
	}
}

func TestAdminsListTheItemsOfAllOwners(t *testing.T) {
	api := apitest.Start(t)
	_, body := api.Example(t, "", "POST /items")
	var want []string
	for _, name := range []string{"alice", "bob"} {
		created := api.Call(t, api.Token(name, "items:write"), "POST /items", body)
		created.WantStatus(t, 201)
		want = append(want, strings.TrimSuffix(created.Body, "}")+`,"owner":"`+name+`"}`)
	}
	admin := api.Token("root", "items:read", "viewer", "admin")
	api.Call(t, admin, "GET /admin/items", "").WantJSON(t, 200, `{"items":[`+strings.Join(want, ",")+`],"next_cursor":null}`)
	for _, roles := range [][]string{nil, {"viewer"}, {"Admin"}, {"administrator"}, {"admin viewer"}} {
		api.Call(t, api.Token("alice", "items:read", roles...), "GET /admin/items", "").WantProblem(t, problem.AccessDenied)
	}
}
