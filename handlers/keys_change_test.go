package handlers_test

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestAKeyIsRotated(t *testing.T) {
	api := apitest.Start(t)
	alice := keyToken(api, "alice", allScopes)
	key := makeKey(t, api, "alice", "items:read")
	rotate := func(body string) madeKey {
		t.Helper()
		r := api.Call(t, alice, "POST /keys/"+key.ID+"/rotate", body)
		r.WantStatus(t, 200)
		next := apitest.Decode[madeKey](t, r)
		if next.ID != key.ID || !next.ExpiresAt.Equal(key.ExpiresAt) || !slices.Equal(next.Scopes, key.Scopes) || next.Key == key.Key {
			t.Errorf("got %+v of %+v", next, key)
		}
		return next
	}
	accepted := func(keys ...string) {
		t.Helper()
		for _, text := range keys {
			api.Call(t, text, "GET /items", "").WantStatus(t, 200)
		}
	}
	accepted(key.Key)
	second := rotate(`{"overlap":3600}`)
	accepted(key.Key, second.Key)
	third := rotate(`{"overlap":604800}`)
	accepted(second.Key, third.Key)
	api.Call(t, key.Key, "GET /items", "").WantProblem(t, problem.APIKeyInvalid)
	fourth := rotate("")
	accepted(fourth.Key)
	for _, old := range []string{second.Key, third.Key} {
		api.Call(t, old, "GET /items", "").WantProblem(t, problem.APIKeyInvalid)
	}
	for body, pointer := range map[string]string{`{"overlap":604801}`: "/overlap", `{"overlap":-1}`: "/overlap"} {
		r := api.Call(t, alice, "POST /keys/"+key.ID+"/rotate", body)
		if r.Status != 422 || !strings.Contains(r.Body, pointer) {
			t.Errorf("%s: got %d %s", body, r.Status, r.Body)
		}
	}
	less := keyToken(api, "alice", "keys:write")
	api.Call(t, less, "POST /keys/"+key.ID+"/rotate", "").WantProblemOf(t, problem.ScopeInsufficient)
	api.Call(t, alice, "DELETE /keys/"+key.ID, "").WantStatus(t, 204)
	api.Call(t, alice, "POST /keys/"+key.ID+"/rotate", "").WantProblemOf(t, problem.ValidationFailed)
}

// TestOfConcurrentRotationsOneSecretWorks rotates a key several times at once.
func TestOfConcurrentRotationsOneSecretWorks(t *testing.T) {
	api := apitest.Start(t)
	alice, key := keyToken(api, "alice", allScopes), makeKey(t, api, "alice", "items:read")
	var all sync.WaitGroup
	texts := make([]string, 8)
	for i := range texts {
		all.Go(func() {
			r := api.Call(t, alice, "POST /keys/"+key.ID+"/rotate", "")
			texts[i] = apitest.Decode[madeKey](t, r).Key
		})
	}
	all.Wait()
	works := 0
	for _, text := range texts {
		if api.Call(t, text, "GET /items", "").Status == 200 {
			works++
		}
	}
	if works != 1 {
		t.Errorf("%d of %d secrets work", works, len(texts))
	}
	api.Call(t, key.Key, "GET /items", "").WantProblem(t, problem.APIKeyInvalid)
}

func TestAdminsSeeAndRevokeTheKeysOfOthers(t *testing.T) {
	api := apitest.Start(t)
	admin, alice := keyToken(api, "root", allScopes, "admin"), keyToken(api, "alice", allScopes)
	key, other := makeKey(t, api, "alice", "items:read"), makeKey(t, api, "bob", "items:read")
	api.Call(t, alice, "GET /admin/keys", "").WantProblemOf(t, problem.AccessDenied)
	api.Call(t, alice, "DELETE /admin/keys?subject=bob", "").WantProblemOf(t, problem.AccessDenied)
	r := api.Call(t, admin, "GET /admin/keys?limit=1", "")
	if r.Status != 200 || !strings.Contains(r.Body, `"owner":"alice"`) || !strings.Contains(r.Body, `"issuer":"`+api.Issuer.URL+`"`) || strings.Contains(r.Body, `"key":`) {
		t.Errorf("got %d %s", r.Status, r.Body)
	}
	for query, want := range map[string]string{"": "subject", "?subject=": "subject", "?issuer=x": "subject", "?subject=alice&all=1": "all"} {
		r := api.Call(t, admin, "DELETE /admin/keys"+query, "")
		if r.Status != 400 || !strings.Contains(r.Body, `"parameter":"`+want+`"`) {
			t.Errorf("%q: got %d %s", query, r.Status, r.Body)
		}
	}
	api.Call(t, key.Key, "GET /items", "").WantStatus(t, 200)
	api.Call(t, admin, "DELETE /admin/keys?subject=alice&issuer=https://other.example.com", "").WantStatus(t, 204)
	api.Call(t, key.Key, "GET /items", "").WantStatus(t, 200)
	api.Call(t, admin, "DELETE /admin/keys?subject=alice&issuer="+url.QueryEscape(api.Issuer.URL), "").WantStatus(t, 204)
	api.Call(t, key.Key, "GET /items", "").WantProblem(t, problem.APIKeyRevoked)
	api.Call(t, other.Key, "GET /items", "").WantStatus(t, 200)
}
