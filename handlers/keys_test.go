package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestKeysAreMadeByTheRules(t *testing.T) {
	api := apitest.Start(t)
	token := keyToken(api, "alice", allScopes)
	scopes := func(list string) string { return `{"name":"a","scopes":` + list + `}` }
	many := `["` + strings.Repeat(`items:read","`, 100) + `items:write"]`
	for name, test := range map[string]struct{ body, pointer string }{
		"no scopes":                       {`{"name":"a"}`, "/scopes"},
		"an empty list of scopes":         {scopes(`[]`), "/scopes"},
		"null for scopes":                 {scopes(`null`), "/scopes"},
		"a scope that the token lacks":    {scopes(`["items:read","openid"]`), "/scopes"},
		"a scope of keys":                 {scopes(`["keys:read"]`), "/scopes"},
		"a scope of keys beside others":   {scopes(`["items:read","keys:write"]`), "/scopes"},
		"a scope of keys that is unknown": {scopes(`["keys:all"]`), "/scopes"},
		"a scope twice":                   {scopes(`["items:read","items:read"]`), "/scopes"},
		"an empty scope":                  {scopes(`[""]`), "/scopes/0"},
		"two scopes in one text":          {scopes(`["items:read items:write"]`), "/scopes"},
		"too many scopes":                 {scopes(many), "/scopes"},
		"no name":                         {`{"scopes":["items:read"]}`, "/name"},
		"a name that is too long":         {`{"name":"` + strings.Repeat("a", 101) + `","scopes":["items:read"]}`, "/name"},
		"no time":                         {`{"name":"a","scopes":["items:read"],"expires_in":0}`, "/expires_in"},
		"a time in the past":              {`{"name":"a","scopes":["items:read"],"expires_in":-1}`, "/expires_in"},
		"more than a year":                {`{"name":"a","scopes":["items:read"],"expires_in":31536001}`, "/expires_in"},
	} {
		r := api.Call(t, token, "POST /keys", test.body)
		body := apitest.Decode[problem.Body](t, r)
		if r.Status != 422 || len(body.Errors) != 1 || body.Errors[0].Pointer != test.pointer {
			t.Errorf("%s: got %d %s", name, r.Status, r.Body)
		}
	}
	year := apitest.Decode[madeKey](t, api.Call(t, token, "POST /keys", `{"name":"a","scopes":["items:read"],"expires_in":31536000}`))
	if life := year.ExpiresAt.Sub(year.CreatedAt).Round(time.Minute); life != 365*24*time.Hour {
		t.Errorf("a key of a year lives %s", life)
	}
	api.Call(t, keyToken(api, "alice", "items:read keys:read"), "POST /keys", scopes(`["items:read"]`)).WantProblemOf(t, problem.ScopeInsufficient)
}

// TestKeysAreMadeAfterARecentSignIn checks that a token alone makes no key where it says when the user signed in.
func TestKeysAreMadeAfterARecentSignIn(t *testing.T) {
	api := apitest.Start(t)
	key := makeKey(t, api, "alice", "items:read")
	signedIn := func(ago time.Duration) authtest.Claims {
		return authtest.Claims{"sub": "alice", "scope": allScopes, "auth_time": time.Now().Add(-ago).Unix()}
	}
	for name, test := range map[string]struct {
		claims authtest.Claims
		want   *problem.Type
	}{
		"just now":           {signedIn(0), nil},
		"an hour ago":        {signedIn(59 * time.Minute), nil},
		"too long ago":       {signedIn(61 * time.Minute), problem.StepUpRequired},
		"at an unknown time": {authtest.Claims{"sub": "alice", "scope": allScopes}, problem.StepUpRequired},
		"a client itself":    {authtest.Claims{"sub": "cron", "client_id": "cron", "scope": allScopes}, problem.StepUpRequired},
	} {
		token := api.Issuer.Token(test.claims)
		for _, r := range []*apitest.Response{
			api.Call(t, token, "POST /keys", `{"name":"a","scopes":["items:read"]}`),
			api.Call(t, token, "POST /keys/"+key.ID+"/rotate", ""),
		} {
			if test.want == nil && r.Status >= 300 || test.want != nil && apitest.Decode[problem.Body](t, r).Code != test.want.Code {
				t.Errorf("signed in %s: got %d %s", name, r.Status, r.Body)
			}
		}
		api.Call(t, token, "GET /keys", "").WantStatus(t, http.StatusOK)
	}
	without := apitest.Start(t, apitest.Env("TOKEN_PROFILE=jwt"))
	token := without.Issuer.Token(authtest.Claims{"sub": "alice", "scope": allScopes})
	without.Call(t, token, "POST /keys", `{"name":"a","scopes":["items:read"]}`).WantStatus(t, http.StatusCreated)
}

// TestTheSignInIsThatOfTheOwnIssuer has two issuers, of which one says when its users signed in.
func TestTheSignInIsThatOfTheOwnIssuer(t *testing.T) {
	for _, profiles := range [][2]string{{"rfc9068", "auth0"}, {"auth0", "rfc9068"}} {
		api, second := startBoth(t, apitest.Env("TOKEN_PROFILE="+profiles[0], "TOKEN_PROFILE_2="+profiles[1]))
		for i, issuer := range []*authtest.Issuer{api.Issuer, second} {
			for _, ago := range []time.Duration{time.Minute, 2 * time.Hour} {
				token := issuer.Token(authtest.Claims{"sub": "alice", "scope": allScopes, "auth_time": time.Now().Add(-ago).Unix()})
				r := api.Call(t, token, "POST /keys", `{"name":"a","scopes":["items:read"]}`)
				if rejected := profiles[i] == "rfc9068" && ago > time.Hour; rejected != (r.Status == 401) || !rejected && r.Status != 201 {
					t.Errorf("%s, %s ago: got %d %s", profiles[i], ago, r.Status, r.Body)
				}
			}
		}
	}
}

func TestKeysBelongToTheirOwner(t *testing.T) {
	api := apitest.Start(t)
	alice, bob := keyToken(api, "alice", allScopes), keyToken(api, "bob", allScopes)
	client := api.Issuer.Token(authtest.Claims{"sub": "alice", "client_id": "alice", "scope": allScopes, "auth_time": time.Now().Unix()})
	key := makeKey(t, api, "alice", "items:read")
	for _, line := range []string{"GET /keys/" + key.ID, "DELETE /keys/" + key.ID, "POST /keys/" + key.ID + "/rotate"} {
		for _, token := range []string{bob, client} {
			api.Call(t, token, line, "").WantProblem(t, problem.NotFound)
		}
	}
	api.Call(t, bob, "GET /keys", "").WantJSON(t, 200, `{"keys":[],"next_cursor":null}`)
	r := api.Call(t, alice, "GET /keys/"+key.ID, "")
	r.WantStatus(t, 200)
	if strings.Contains(r.Body, `"key"`) || strings.Contains(r.Body, "hash") || !strings.Contains(r.Body, `"last_used_at":null`) {
		t.Errorf("a key is shown as %s", r.Body)
	}
	api.Call(t, alice, "GET /keys/"+key.ID, "", "If-None-Match: "+r.Header.Get("ETag")).WantStatus(t, 304)
	api.Call(t, alice, "DELETE /keys/"+key.ID, "", `If-Match: "9"`).WantProblem(t, problem.PreconditionFailed)
	api.Call(t, alice, "POST /keys/"+key.ID+"/rotate", "", `If-Match: "9"`).WantProblem(t, problem.PreconditionFailed)
	api.Call(t, alice, "DELETE /keys/"+key.ID, "", "If-Match: "+r.Header.Get("ETag")).WantStatus(t, 204)
	api.Call(t, alice, "DELETE /keys/"+key.ID, "").WantStatus(t, 204)
	list := apitest.Decode[struct{ Keys []madeKey }](t, api.Call(t, alice, "GET /keys", ""))
	if len(list.Keys) != 1 || list.Keys[0].RevokedAt == nil {
		t.Errorf("the list is %+v", list)
	}
	api.Call(t, key.Key, "GET /items", "").WantProblem(t, problem.APIKeyRevoked)
}
