package handlers_test

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestAKeyActsForItsOwnerOverHTTP(t *testing.T) {
	api := apitest.Start(t, apitest.Env("API_KEY_HEADER=X-API-Key"))
	key := makeKey(t, api, "alice", "items:read items:write")
	if want := "gatehouse_" + key.ID + "_"; !strings.HasPrefix(key.Key, want) || key.LastUsedAt != nil || key.RevokedAt != nil ||
		key.ExpiresAt.Sub(key.CreatedAt).Round(time.Minute) != 90*24*time.Hour {
		t.Errorf("got %+v", key)
	}
	line, body := api.Example(t, api.Token("alice", "items:read items:write"), "POST /items")
	created := api.Call(t, key.Key, line, body).WantStatus(t, http.StatusCreated)
	for name, items := range map[string]*apitest.Response{
		"the owner":                           api.Call(t, api.Token("alice", "items:read"), "GET /items", ""),
		"the key":                             api.Call(t, key.Key, "GET /items", ""),
		"the key in a header":                 api.Call(t, "", "GET /items", "", "X-API-Key: "+key.Key),
		"the key, after bearer in lower case": api.Call(t, "", "GET /items", "", "Authorization: bearer "+key.Key),
	} {
		if items.Status != http.StatusOK || !strings.Contains(items.Body, path.Base(created.Header.Get("Location"))) {
			t.Errorf("%s gets %d %s", name, items.Status, items.Body)
		}
	}
	api.Call(t, api.Token("bob", "items:read"), "GET "+created.Header.Get("Location"), "").WantProblem(t, problem.NotFound)
	api.Call(t, makeKey(t, api, "bob", "items:read").Key, "GET "+created.Header.Get("Location"), "").WantProblem(t, problem.NotFound)
}

// TestAKeyMayDoNoMoreThanItsScopes checks that a key has no roles, and no scope that it was not given.
func TestAKeyMayDoNoMoreThanItsScopes(t *testing.T) {
	api := apitest.Start(t)
	made := api.Call(t, keyToken(api, "alice", allScopes, "admin"), "POST /keys", `{"name":"a","scopes":["items:read"]}`)
	key := apitest.Decode[madeKey](t, made).Key
	api.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
	api.Call(t, key, "POST /items", "{}").WantProblem(t, problem.ScopeInsufficient, `"required_scopes":["items:write"]`)
	for _, line := range []string{
		"GET /me", "GET /me/profile", "GET /admin/items", "GET /keys", "GET /keys/1", "POST /keys", "DELETE /keys/1",
		"POST /keys/1/rotate", "GET /admin/keys", "DELETE /admin/keys?subject=alice",
	} {
		api.Call(t, key, line, "").WantProblemOf(t, problem.CredentialsNotAccepted)
	}
}

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

// TestKeysAreReadFromOnePlace sends keys and tokens in places where they must not be.
func TestKeysAreReadFromOnePlace(t *testing.T) {
	api := apitest.Start(t, apitest.Env("API_KEY_HEADER=X-API-Key"))
	key, token := makeKey(t, api, "alice", "items:read").Key, api.Token("alice", "items:read")
	own := "X-API-Key: " + key
	const inQuery = "addresses are logged"
	for name, test := range map[string]struct {
		line, token string
		headers     []string
		want        *problem.Type
		hint        string
	}{
		"as api_key":                    {line: "GET /items?api_key=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"as access_token":               {line: "GET /items?access_token=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"as any parameter":              {line: "GET /items?limit=0&x=1&y=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"encoded":                       {line: "GET /items?key=" + strings.Replace(key, "_", "%5F", 1), want: problem.CredentialsMissing, hint: inQuery},
		"a part of one":                 {line: "GET /items?key=" + key[:len(key)/2], want: problem.CredentialsMissing, hint: inQuery},
		"as a name":                     {line: "GET /items?" + key, want: problem.CredentialsMissing, hint: inQuery},
		"where keys are not accepted":   {line: "GET /me?key=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"in the query, beside a token":  {line: "GET /items?key=" + key, token: token, want: problem.CredentialsMultiple, hint: inQuery},
		"in both headers":               {line: "GET /items", token: key, headers: []string{own}, want: problem.CredentialsMultiple},
		"beside a token":                {line: "GET /items", token: token, headers: []string{own}, want: problem.CredentialsMultiple},
		"beside Basic":                  {line: "GET /items", headers: []string{own, "Authorization: Basic YTpi"}, want: problem.CredentialsMultiple},
		"in two headers of its own":     {line: "GET /items", headers: []string{own, own}, want: problem.CredentialsMultiple},
		"in two Authorization headers":  {line: "GET /items", token: key, headers: []string{"Authorization: Bearer " + key}, want: problem.CredentialsMultiple},
		"empty, in its header":          {line: "GET /items", headers: []string{"X-API-Key:"}, want: problem.CredentialsMissing},
		"a token in the header of keys": {line: "GET /items", headers: []string{"X-API-Key: " + token}, want: problem.APIKeyInvalid},
		"truncated":                     {line: "GET /items", token: key[:len(key)-1], want: problem.APIKeyInvalid, hint: "truncated or mistyped"},
		"truncated, where tokens are":   {line: "GET /me", token: key[:len(key)-1], want: problem.CredentialsNotAccepted, hint: "access token"},
		"without a scheme":              {line: "GET /items", headers: []string{"Authorization: " + key}, want: problem.SchemeUnsupported},
		"with another scheme":           {line: "GET /items", headers: []string{"Authorization: ApiKey " + key}, want: problem.SchemeUnsupported},
		"with a space in it":            {line: "GET /items", token: key[:len(key)/2] + " " + key[len(key)/2:], want: problem.CredentialsMalformed},
		"of another API":                {line: "GET /items", token: "other" + key[strings.Index(key, "_"):], want: problem.TokenMalformed},
		"where there is nothing":        {line: "GET /items/a/b", token: key, want: problem.NotFound},
		"where nothing accepts keys":    {line: "GET /admin/x", token: key, want: problem.CredentialsNotAccepted},
		"as the user of Basic":          {line: "GET /items", headers: []string{"Authorization: Basic YTpi"}, want: problem.SchemeUnsupported},
	} {
		r := api.Call(t, test.token, test.line, "", test.headers...)
		body := apitest.Decode[problem.Body](t, r)
		if body.Code != test.want.Code || r.Status != test.want.Status || !strings.Contains(body.Detail+body.Hint, test.hint) {
			t.Errorf("%s: got %d %s, want %s %s", name, r.Status, r.Body, test.want.Code, test.hint)
		}
	}
	api.Call(t, "", "GET /items?q=gatehouse", "").WantProblemOf(t, problem.CredentialsMissing)
	if text := api.Log.String(); strings.Contains(text, key[len(key)-20:]) || strings.Contains(text, key[len(key)-40:len(key)-20]) {
		t.Error("the log has a part of a secret")
	}
}

func TestChallengesOfKeys(t *testing.T) {
	api := apitest.Start(t)
	for token, want := range map[string]string{
		"":            `Bearer realm="gatehouse", scope="items:read", resource_metadata=`,
		"gatehouse_x": `Bearer realm="gatehouse", error="invalid_token", error_description="The API key is truncated or mistyped: its checksum does not match.", resource_metadata=`,
	} {
		r := api.Call(t, token, "GET /items", "")
		if got := r.Header.Values("WWW-Authenticate"); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("got %q, want %s", got, want)
		}
	}
	r := api.Call(t, "gatehouse_x", "GET /me", "")
	if got := r.Header.Get("WWW-Authenticate"); strings.Contains(got, "error") || !strings.Contains(got, "resource_metadata") {
		t.Errorf("a kind that is not accepted is challenged by %s", got)
	}
}
