package apitest_test

import (
	"fmt"
	"net/http"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// This is the body of a test of your own, whose parameter is t *testing.T.
func Example() {
	api := apitest.Start(t)
	alice := api.Token("alice", "items:read items:write")

	line, body := api.Example(t, alice, "POST /items") // made from the examples of the document
	created := api.Call(t, alice, line, body)
	created.WantStatus(t, http.StatusCreated)
	item := apitest.Decode[store.Item](t, created)

	bob := api.Token("bob", "items:read")
	api.Call(t, bob, "GET /items/"+item.ID, "").WantProblem(t, problem.NotFound)
	api.Call(t, "", "GET /items/"+item.ID, "").WantProblem(t, problem.CredentialsMissing)

	fmt.Println(created.Header.Get("Location") == "/items/"+item.ID)
	// Output: true
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
