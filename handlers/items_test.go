package handlers_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
)

// An itemKey is what a test reads of an item.
type itemKey struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

const emptyList = `{"items":[],"next_cursor":null}`

// user returns a token that can read and write items.
func user(api *apitest.API, name string) string { return api.Token(name, "items:read items:write") }

// named returns the body of an item with a name.
func named(name string) string { return fmt.Sprintf(`{"name":%q}`, name) }

// createItem creates an item, and returns it and its JSON.
func createItem(t *testing.T, api *apitest.API, token, name string) (itemKey, string) {
	t.Helper()
	r := api.Call(t, token, "POST /items", named(name))
	if r.Status != http.StatusCreated {
		t.Fatalf("POST /items: got %d %s", r.Status, r.Body)
	}
	return apitest.Decode[itemKey](t, r), r.Body
}

// RFC 9562, section 4.
func TestIdentifiersAreTheSameInAnyCase(t *testing.T) {
	api := apitest.Start(t)
	alice := user(api, "alice")
	item, text := createItem(t, api, alice, "Lantern")
	path := "/items/" + strings.ToUpper(item.ID)
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)
	replaced := api.Call(t, alice, "PUT "+path, named("Lamp"))
	location := replaced.Header.Get("Content-Location")
	if apitest.Decode[itemKey](t, replaced).ID != item.ID || location != "/items/"+item.ID {
		t.Errorf("PUT %s has the location %s and the body %s", path, location, replaced.Body)
	}
	api.Call(t, user(api, "bob"), "GET "+path, "").WantProblem(t, problem.NotFound)
	api.Call(t, alice, "DELETE "+path, "").WantStatus(t, 204)
}

func TestItemsAreCreatedReplacedAndDeleted(t *testing.T) {
	api := apitest.Start(t)
	alice := user(api, "alice")
	before := time.Now().Add(-time.Millisecond)

	created := api.Call(t, alice, "POST /items", `{"name":"Lantern","description":"Hangs <there>."}`)
	item := apitest.Decode[itemKey](t, created)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(item.ID) {
		t.Errorf("the id %q is not a UUID of version 7", item.ID)
	}
	if item.CreatedAt.Before(before) || item.CreatedAt.After(time.Now()) || item.CreatedAt.Location() != time.UTC {
		t.Errorf("created_at is %s", item.CreatedAt)
	}
	stamp := item.CreatedAt.Format(time.RFC3339Nano)
	text := fmt.Sprintf(`{"id":%q,"name":"Lantern","description":"Hangs \u003cthere\u003e.","created_at":%q,"updated_at":%q}`, item.ID, stamp, stamp)
	created.WantJSON(t, 201, text)
	path := created.Header.Get("Location")
	if path != "/items/"+item.ID {
		t.Fatalf("the Location is %q", path)
	}
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)
	api.Call(t, alice, "GET /items", "").WantJSON(t, 200, `{"items":[`+text+`],"next_cursor":null}`)

	replaced := api.Call(t, alice, "PUT "+path, named("Lamp"))
	updated := apitest.Decode[itemKey](t, replaced).UpdatedAt
	if !updated.After(item.CreatedAt) {
		t.Errorf("updated_at is %s, want a time after %s", updated, item.CreatedAt)
	}
	text = fmt.Sprintf(`{"id":%q,"name":"Lamp","description":"","created_at":%q,"updated_at":%q}`, item.ID, stamp, updated.Format(time.RFC3339Nano))
	replaced.WantJSON(t, 200, text)
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)

	if r := api.Call(t, alice, "DELETE "+path, ""); r.Status != http.StatusNoContent || r.Body != "" {
		t.Errorf("DELETE: got %d %q", r.Status, r.Body)
	}
	for _, method := range []string{"GET ", "PUT ", "DELETE "} {
		api.Call(t, alice, method+path, named("Lamp")).WantProblem(t, problem.NotFound)
	}
	api.Call(t, alice, "GET /items", "").WantJSON(t, 200, emptyList)
}

func TestOnlyTheOwnerHasAccessToAnItem(t *testing.T) {
	api := apitest.Start(t)
	item, text := createItem(t, api, user(api, "alice"), "Lantern")
	claims := authtest.Claims{"sub": "alice", "scope": "items:read items:write"}
	for _, test := range []struct {
		name   string
		claims authtest.Claims
		owner  bool
	}{
		{"another user", authtest.Claims{"sub": "bob"}, false},
		{"an admin", authtest.Claims{"sub": "root", "roles": []string{"admin"}}, false},
		{"a client with the subject of the user", authtest.Claims{"client_id": "alice"}, false},
		{"a subject in another case", authtest.Claims{"sub": "Alice"}, false},
		{"the user through another client", authtest.Claims{"client_id": "cli"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := api.Issuer.Token(claims, test.claims)
			if test.owner {
				api.Call(t, token, "GET /items/"+item.ID, "").WantJSON(t, 200, text)
				return
			}
			api.Call(t, token, "GET /items", "").WantJSON(t, 200, emptyList)
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				other := api.Call(t, token, method+" /items/"+item.ID, named("Mine"))
				other.WantProblem(t, problem.NotFound)
				missing := api.Call(t, token, method+" /items/01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", named("Mine"))
				wantSameResponse(t, other, missing)
			}
			api.Call(t, token, "PUT /items/"+item.ID, `{`).WantProblem(t, problem.NotFound)
		})
	}
	api.Call(t, user(api, "alice"), "GET /items/"+item.ID, "").WantJSON(t, 200, text)
}

// wantSameResponse fails unless two responses differ only in their date and identifier.
func wantSameResponse(t *testing.T, a, b *apitest.Response) {
	t.Helper()
	text := func(r *apitest.Response) string {
		header := r.Header.Clone()
		header.Del("X-Request-Id")
		header.Del("Date")
		return fmt.Sprint(r.Status, header, strings.ReplaceAll(r.Body, r.Header.Get("X-Request-Id"), ""))
	}
	if text(a) != text(b) {
		t.Errorf("the responses differ:\n%s\n%s", text(a), text(b))
	}
}

func TestItemsRequireTheirScopes(t *testing.T) {
	api := apitest.Start(t)
	item, _ := createItem(t, api, user(api, "alice"), "Lantern")
	for _, test := range []struct{ line, has, lacks string }{
		{"GET /items", "items:write", "items:read"},
		{"GET /items/" + item.ID, "items:write", "items:read"},
		{"POST /items", "items:read", "items:write"},
		{"PUT /items/" + item.ID, "items:read", "items:write"},
		{"DELETE /items/" + item.ID, "items:read", "items:write"},
		{"GET /admin/items", "items:write", "items:read"},
	} {
		t.Run(test.line, func(t *testing.T) {
			api.Call(t, "", test.line, `{`).WantProblem(t, problem.CredentialsMissing)
			r := api.Call(t, api.Token("alice", test.has, "admin"), test.line, `{`)
			r.WantProblem(t, problem.ScopeInsufficient, fmt.Sprintf(`"required_scopes":[%q]`, test.lacks))
			want := fmt.Sprintf(`Bearer realm="gatehouse", error="insufficient_scope", error_description="The token lacks the scope %s.", `+
				`scope="%[1]s", resource_metadata="%[2]s/.well-known/oauth-protected-resource"`, test.lacks, apitest.PublicURL)
			if got := r.Header.Get("WWW-Authenticate"); got != want {
				t.Errorf("the challenge is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestAdminsListTheItemsOfAllOwners(t *testing.T) {
	api := apitest.Start(t)
	_, first := createItem(t, api, user(api, "alice"), "Lantern")
	_, second := createItem(t, api, user(api, "bob"), "Ladder")
	owned := func(text, owner string) string {
		return strings.TrimSuffix(text, "}") + fmt.Sprintf(`,"owner":%q}`, owner)
	}

	admin := api.Token("root", "items:read", "viewer", "admin")
	api.Call(t, admin, "GET /admin/items", "").
		WantJSON(t, 200, `{"items":[`+owned(first, "alice")+","+owned(second, "bob")+`],"next_cursor":null}`)
	next := apitest.Decode[itemPage](t, api.Call(t, admin, "GET /admin/items?limit=1", "")).NextCursor
	api.Call(t, admin, "GET /admin/items?limit=1&cursor="+next, "").
		WantJSON(t, 200, `{"items":[`+owned(second, "bob")+`],"next_cursor":null}`)
	api.Call(t, admin, "GET /admin/items?limit=0", "").WantProblem(t, problem.ParameterInvalid, limitInvalid)

	for _, roles := range [][]string{nil, {"viewer"}, {"Admin"}, {"administrator"}, {"admin viewer"}} {
		api.Call(t, api.Token("alice", "items:read", roles...), "GET /admin/items", "").WantProblem(t, problem.AccessDenied)
	}
}

func TestOwnersHaveALimitOfItems(t *testing.T) {
	api := apitest.Start(t, apitest.Parts(func(p *handlers.Parts) { p.Items.(*store.Items).Limit = 2 }))
	alice := user(api, "alice")
	createItem(t, api, alice, "the first")
	last, _ := createItem(t, api, alice, "the last")
	api.Call(t, alice, "POST /items", named("one more")).WantProblem(t, problem.LimitReached)
	createItem(t, api, user(api, "bob"), "another owner's")
	api.Call(t, alice, "PUT /items/"+last.ID, named("changed")).WantStatus(t, http.StatusOK)
	api.Call(t, alice, "DELETE /items/"+last.ID, "").WantStatus(t, http.StatusNoContent)
	createItem(t, api, alice, "in its place")
	api.Call(t, alice, "POST /items", named("one more")).WantProblem(t, problem.LimitReached)
}
