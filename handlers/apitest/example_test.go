package apitest_test

import (
	"fmt"
	"net/http"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// This is the body of a whole test, whose parameter is t *testing.T. Bob may read, and is an admin; the item is
// Alice's.
func Example() {
	api := apitest.Start(t)
	alice, bob := api.Token("alice", "items:read items:write"), api.Token("bob", "items:read", "admin")

	line, body := api.Example(t, alice, "POST /items") // made from the examples of the document
	path := api.Call(t, alice, line, body).WantStatus(t, 201).Header.Get("Location")
	item := apitest.Decode[store.Item](t, api.Call(t, alice, "GET "+path, "").WantStatus(t, 200))

	api.Call(t, bob, "GET "+path, "").WantProblem(t, problem.NotFound)
	api.Call(t, bob, "DELETE "+path, "").WantProblem(t, problem.ScopeInsufficient, `"required_scopes":["items:write"]`)
	api.Call(t, "", "GET "+path, "").WantProblem(t, problem.CredentialsMissing)
	api.Call(t, bob, "GET /admin/items", "").WantStatus(t, 200)

	fmt.Println(path == "/items/"+item.ID)
	// Output: true
}

// Tokens can have any claims, and a test can switch on a fault of the issuer.
func ExampleAPI_issuer() {
	api := apitest.Start(t)
	expired := api.Issuer.Token(authtest.Claims{"exp": 1})
	service := api.Issuer.Token(authtest.Claims{"sub": "batch", "client_id": "batch"})

	api.Call(t, expired, "GET /me", "").WantProblem(t, problem.TokenExpired)
	fmt.Println(apitest.Decode[struct{ Subject string }](t, api.Call(t, service, "GET /me", "")).Subject)
	// Output: batch
}

// Options set variables of the configuration.
func ExampleEnv() {
	api := apitest.Start(t, apitest.Env("REQUIRE_IF_MATCH=true"))
	alice := api.Token("alice", "items:read items:write")
	line, body := api.Example(t, alice, "POST /items")
	path := api.Call(t, alice, line, body).Header.Get("Location")

	api.Call(t, alice, "DELETE "+path, "").WantProblem(t, problem.PreconditionRequired)
	api.Call(t, alice, "DELETE "+path, "", `If-Match: "1"`).WantStatus(t, http.StatusNoContent)
	// Output:
}
