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

// unset are the members of a sample that has only a name and a description.
const unset = `,"note":null,"status":"open","level":null,"done":false,"priority":3,"ratio":null,"due":null,"amount":null,"tags":[],"parent":null`

// RFC 9562, section 4.
func TestIdentifiersAreTheSameInAnyCase(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	item, text := createSample(t, api, alice, "Lantern")
	path := "/samples/" + strings.ToUpper(item.ID)
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)
	replaced := api.Call(t, alice, "PUT "+path, named("Lamp"))
	location := replaced.Header.Get("Content-Location")
	if apitest.Decode[sampleKey](t, replaced).ID != item.ID || location != "/samples/"+item.ID {
		t.Errorf("PUT %s has the location %s and the body %s", path, location, replaced.Body)
	}
	api.Call(t, user(api, "bob"), "GET "+path, "").WantProblem(t, problem.NotFound)
	api.Call(t, alice, "DELETE "+path, "").WantStatus(t, 204)
}

func TestRowsAreCreatedReplacedAndDeleted(t *testing.T) {
	api := startSamples(t)
	alice := user(api, "alice")
	before := time.Now().Add(-time.Millisecond)

	created := api.Call(t, alice, "POST /samples", `{"name":"Lantern","description":"Hangs <there>."}`)
	item := apitest.Decode[sampleKey](t, created)
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(item.ID) {
		t.Errorf("the id %q is not a UUID of version 7", item.ID)
	}
	if item.CreatedAt.Before(before) || item.CreatedAt.After(time.Now()) || item.CreatedAt.Location() != time.UTC {
		t.Errorf("created_at is %s", item.CreatedAt)
	}
	stamp := item.CreatedAt.Format(time.RFC3339Nano)
	text := fmt.Sprintf(`{"id":%q,"name":"Lantern","description":"Hangs \u003cthere\u003e."`+unset+`,"created_at":%q,"updated_at":%q}`, item.ID, stamp, stamp)
	created.WantJSON(t, 201, text)
	path := created.Header.Get("Location")
	if path != "/samples/"+item.ID {
		t.Fatalf("the Location is %q", path)
	}
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)
	api.Call(t, alice, "GET /samples", "").WantJSON(t, 200, `{"samples":[`+text+`],"next_cursor":null}`)

	replaced := api.Call(t, alice, "PUT "+path, named("Lamp"))
	updated := apitest.Decode[sampleKey](t, replaced).UpdatedAt
	if !updated.After(item.CreatedAt) {
		t.Errorf("updated_at is %s, want a time after %s", updated, item.CreatedAt)
	}
	text = fmt.Sprintf(`{"id":%q,"name":"Lamp","description":""`+unset+`,"created_at":%q,"updated_at":%q}`, item.ID, stamp, updated.Format(time.RFC3339Nano))
	replaced.WantJSON(t, 200, text)
	api.Call(t, alice, "GET "+path, "").WantJSON(t, 200, text)

	if r := api.Call(t, alice, "DELETE "+path, ""); r.Status != http.StatusNoContent || r.Body != "" {
		t.Errorf("DELETE: got %d %q", r.Status, r.Body)
	}
	for _, method := range []string{"GET ", "PUT ", "DELETE "} {
		api.Call(t, alice, method+path, named("Lamp")).WantProblem(t, problem.NotFound)
	}
	api.Call(t, alice, "GET /samples", "").WantJSON(t, 200, noSamples)
}

func TestOnlyTheOwnerHasAccessToARow(t *testing.T) {
	api := startSamples(t)
	item, text := createSample(t, api, user(api, "alice"), "Lantern")
	claims := authtest.Claims{"sub": "alice", "scope": "samples:read samples:write"}
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
				api.Call(t, token, "GET /samples/"+item.ID, "").WantJSON(t, 200, text)
				return
			}
			api.Call(t, token, "GET /samples", "").WantJSON(t, 200, noSamples)
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				other := api.Call(t, token, method+" /samples/"+item.ID, named("Mine"))
				other.WantProblem(t, problem.NotFound)
				missing := api.Call(t, token, method+" /samples/01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", named("Mine"))
				wantSameResponse(t, other, missing)
			}
			api.Call(t, token, "PUT /samples/"+item.ID, `{`).WantProblem(t, problem.NotFound)
		})
	}
	api.Call(t, user(api, "alice"), "GET /samples/"+item.ID, "").WantJSON(t, 200, text)
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

func TestEveryOperationRequiresItsScope(t *testing.T) {
	api := startSamples(t)
	item, _ := createSample(t, api, user(api, "alice"), "Lantern")
	for _, test := range []struct{ line, has, lacks string }{
		{"GET /samples", "samples:write", "samples:read"},
		{"GET /samples/" + item.ID, "samples:write", "samples:read"},
		{"POST /samples", "samples:read", "samples:write"},
		{"PUT /samples/" + item.ID, "samples:read", "samples:write"},
		{"DELETE /samples/" + item.ID, "samples:read", "samples:write"},
		{"GET /admin/samples", "samples:write", "samples:read"},
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

func TestOwnersHaveALimitOfRows(t *testing.T) {
	api := startSamplesIn(t, func(rows sampleStore) sampleStore {
		rows.(*store.Table[handlers.Sample, *handlers.Sample]).Limit = 2
		return rows
	})
	alice := user(api, "alice")
	createSample(t, api, alice, "the first")
	last, _ := createSample(t, api, alice, "the last")
	api.Call(t, alice, "POST /samples", named("one more")).WantProblem(t, problem.LimitReached)
	createSample(t, api, user(api, "bob"), "another owner's")
	api.Call(t, alice, "PUT /samples/"+last.ID, named("changed")).WantStatus(t, http.StatusOK)
	api.Call(t, alice, "DELETE /samples/"+last.ID, "").WantStatus(t, http.StatusNoContent)
	createSample(t, api, alice, "in its place")
	api.Call(t, alice, "POST /samples", named("one more")).WantProblem(t, problem.LimitReached)
}
