package handlers_test

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

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
	api.Call(t, key, "POST /items", "{}").WantProblemOf(t, problem.ScopeInsufficient)
	for _, line := range []string{
		"GET /me", "GET /me/profile", "GET /admin/items", "GET /keys", "GET /keys/1", "POST /keys", "DELETE /keys/1",
		"POST /keys/1/rotate", "GET /admin/keys", "DELETE /admin/keys?subject=alice",
	} {
		api.Call(t, key, line, "").WantProblemOf(t, problem.CredentialsNotAccepted)
	}
}

// TestScopesOfKeysHaveNoPrefix has a provider that writes something before the scopes of this API, and keys know nothing of.
func TestScopesOfKeysHaveNoPrefix(t *testing.T) {
	api := apitest.Start(t, apitest.Env("SCOPE_PREFIX=api/"))
	token := keyToken(api, "alice", "api/items:read api/keys:write")
	key := apitest.Decode[madeKey](t, api.Call(t, token, "POST /keys", `{"name":"a","scopes":["items:read"]}`)).Key
	api.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
	for sent, want := range map[string]string{key: "items:write", token: "api/items:write"} {
		r := api.Call(t, sent, "POST /items", "{}")
		body := apitest.Decode[problem.Body](t, r)
		if r.WantProblemOf(t, problem.ScopeInsufficient); !slices.Equal(body.RequiredScopes, []string{want}) || !strings.Contains(body.Detail, " "+want+".") {
			t.Errorf("got %s, want %s", r.Body, want)
		}
	}
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
		"after a semicolon":             {line: "GET /items?limit=1;key=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"in quotes":                     {line: "GET /items?key=%22" + key + "%22", want: problem.CredentialsMissing, hint: inQuery},
		"after Bearer":                  {line: "GET /items?authorization=Bearer%20" + key, want: problem.CredentialsMissing, hint: inQuery},
		"where no caller is needed":     {line: "GET /?key=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"as a name":                     {line: "GET /items?" + key, want: problem.CredentialsMissing, hint: inQuery},
		"where keys are not accepted":   {line: "GET /me?key=" + key, want: problem.CredentialsMissing, hint: inQuery},
		"in the query, beside a token":  {line: "GET /items?key=" + key, token: token, want: problem.CredentialsMultiple, hint: inQuery},
		"in both headers":               {line: "GET /items", token: key, headers: []string{own}, want: problem.CredentialsMultiple},
		"beside a token":                {line: "GET /items", token: token, headers: []string{own}, want: problem.CredentialsMultiple},
		"beside Basic":                  {line: "GET /items", headers: []string{own, "Authorization: Basic YTpi"}, want: problem.CredentialsMultiple},
		"in two headers of its own":     {line: "GET /items", headers: []string{own, own}, want: problem.CredentialsMultiple},
		"in two Authorization headers":  {line: "GET /items", token: key, headers: []string{"Authorization: Bearer " + key}, want: problem.CredentialsMultiple},
		"empty, in its header":          {line: "GET /items", headers: []string{"X-API-Key:"}, want: problem.CredentialsMissing, hint: "for API keys is empty"},
		"beside a token in the query":   {line: "GET /items?access_token=" + token, headers: []string{own}, want: problem.CredentialsMultiple},
		"a token in the header of keys": {line: "GET /items", headers: []string{"X-API-Key: " + token}, want: problem.APIKeyInvalid, hint: "Send an access token as Authorization"},
		"in quotes, in its header":      {line: "GET /items", headers: []string{`X-API-Key: "` + key + `"`}, want: problem.APIKeyInvalid, hint: "without Bearer and quotes"},
		"Bearer, in its header":         {line: "GET /items", headers: []string{"X-API-Key: Bearer " + key}, want: problem.APIKeyInvalid, hint: "without Bearer and quotes"},
		"truncated":                     {line: "GET /items", token: key[:len(key)-1], want: problem.APIKeyInvalid, hint: "truncated or mistyped"},
		"truncated, where tokens are":   {line: "GET /me", token: key[:len(key)-1], want: problem.CredentialsNotAccepted, hint: "access token"},
		"without a scheme":              {line: "GET /items", headers: []string{"Authorization: " + key}, want: problem.SchemeUnsupported, hint: "space before the key"},
		"with another scheme":           {line: "GET /items", headers: []string{"Authorization: ApiKey " + key}, want: problem.SchemeUnsupported, hint: "space before the key"},
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
