package conformance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

const keyScopes = "items:read items:write keys:read keys:write"

// signedIn returns a token of a user who signed in a while ago.
func signedIn(a *apitest.API, subject string, ago time.Duration, roles ...string) string {
	return a.Issuer.Token(authtest.Claims{
		"sub": subject, "scope": keyScopes, "roles": append([]string{}, roles...), "auth_time": time.Now().Add(-ago).Unix(),
	})
}

// newAPIKey makes a key with the scope items:read, and returns its id and its text.
func newAPIKey(t *testing.T, a *apitest.API, subject string) (id, text string) {
	t.Helper()
	r := a.Call(t, signedIn(a, subject, 0), "POST /keys", `{"name":"a","scopes":["items:read"]}`)
	made := apitest.Decode[struct{ ID, Key string }](t, r)
	if r.Status != http.StatusCreated || made.Key == "" {
		t.Fatalf("got %d %s", r.Status, r.Body)
	}
	return made.ID, made.Key
}

// rejected fails unless a request is rejected with a type, and the response has no part of a secret.
func rejected(t *testing.T, r *apitest.Response, want *problem.Type, key string) {
	t.Helper()
	if r.WantProblemOf(t, want); strings.Contains(r.Body, key[len(key)-20:]) {
		t.Errorf("the response has the secret: %s", r.Body)
	}
}

func TestWhatAKeyMayDo(t *testing.T) {
	t.Parallel()
	a := apitest.Start(t)
	_, key := newAPIKey(t, a, "alice")
	item := a.Call(t, a.Token("alice", "items:write"), "POST /items", `{"name":"a"}`).Header.Get("Location")
	t.Run("K01 a key reads what is its owner's", func(t *testing.T) { a.Call(t, key, "GET "+item, "").WantStatus(t, 200) })
	t.Run("K01 a key has its own scopes alone", func(t *testing.T) {
		rejected(t, a.Call(t, key, "DELETE "+item, ""), problem.ScopeInsufficient, key)
	})
	t.Run("K01 a key of another caller does not see it", func(t *testing.T) {
		_, other := newAPIKey(t, a, "bob")
		rejected(t, a.Call(t, other, "GET "+item, ""), problem.NotFound, other)
	})
	for _, line := range []string{
		"GET /me", "GET /me/profile", "GET /admin/items", "GET /keys", "POST /keys", "DELETE /keys/1", "POST /keys/1/rotate",
		"GET /admin/keys", "DELETE /admin/keys?subject=alice",
	} {
		t.Run("K02 a key is not accepted for "+line, func(t *testing.T) {
			rejected(t, a.Call(t, key, line, `{}`), problem.CredentialsNotAccepted, key)
		})
	}
	for _, query := range []string{"api_key=" + key, "access_token=" + key, "key=" + key, "limit=0&x=" + key, "x=gatehouse%5F" + key[10:], "y=" + key[:20], key} {
		t.Run("K03 a key in the query: "+query[:5], func(t *testing.T) {
			rejected(t, a.Call(t, "", "GET /items?"+query, ""), problem.CredentialsMissing, key)
		})
	}
	t.Run("K04 a key in the query beside a token", func(t *testing.T) {
		rejected(t, a.Call(t, a.Token("alice", "items:read"), "GET /items?key="+key, ""), problem.CredentialsMultiple, key)
	})
	t.Run("K04 a key in each of two headers", func(t *testing.T) {
		b := apitest.Start(t, apitest.Env("API_KEY_HEADER=X-API-Key"))
		rejected(t, b.Call(t, key, "GET /items", "", "X-API-Key: "+key), problem.CredentialsMultiple, key)
		rejected(t, b.Call(t, b.Token("alice", "items:read"), "GET /items", "", "X-API-Key: "+key), problem.CredentialsMultiple, key)
	})
	t.Run("K11 the log has no part of a secret", func(t *testing.T) {
		if strings.Contains(a.Log.String(), key[len(key)-20:]) {
			t.Error("it has")
		}
	})
}

func TestWrongKeysAreRejected(t *testing.T) {
	t.Parallel()
	a := apitest.Start(t, apitest.Env("FAILURE_LIMIT=0"))
	id, key := newAPIKey(t, a, "alice")
	format := apikey.NewFormat("Gatehouse")
	for name, wrong := range map[string]string{"truncated": key[:len(key)-1], "with two characters swapped": key[:60] + key[61:62] + key[60:61] + key[62:], "that is a prefix alone": "gatehouse_"} {
		t.Run("K05 a key "+name, func(t *testing.T) {
			if wrong != key {
				rejected(t, a.Call(t, wrong, "GET /items", ""), problem.APIKeyInvalid, key)
			}
		})
	}
	t.Run("K06 an unknown id and a wrong secret differ in nothing", func(t *testing.T) {
		unknown := a.Call(t, format.Write("01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", apikey.NewSecret()), "GET /items", "")
		wrong := a.Call(t, format.Write(id, apikey.NewSecret()), "GET /items", "")
		for _, r := range []*apitest.Response{unknown, wrong} {
			rejected(t, r, problem.APIKeyInvalid, key)
			r.Body = strings.ReplaceAll(r.Body, r.Header.Get("X-Request-Id"), "")
		}
		if unknown.Body != wrong.Body || unknown.Header.Get("WWW-Authenticate") != wrong.Header.Get("WWW-Authenticate") {
			t.Errorf("got %s and %s", unknown.Body, wrong.Body)
		}
	})
	a.Call(t, signedIn(a, "alice", 0), "DELETE /keys/"+id, "").WantStatus(t, http.StatusNoContent)
	t.Run("K07 a wrong secret of a revoked key", func(t *testing.T) {
		rejected(t, a.Call(t, format.Write(id, apikey.NewSecret()), "GET /items", ""), problem.APIKeyInvalid, key)
	})
	t.Run("K07 the secret of a revoked key", func(t *testing.T) { rejected(t, a.Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key) })
	t.Run("K15 a genuine key is no failure", func(t *testing.T) {
		b := apitest.Start(t, apitest.Env("FAILURE_LIMIT=2"))
		id, key := newAPIKey(t, b, "alice")
		b.Call(t, signedIn(b, "alice", 0), "DELETE /keys/"+id, "").WantStatus(t, http.StatusNoContent)
		for range 4 {
			rejected(t, b.Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
		}
		for _, want := range []*problem.Type{problem.APIKeyInvalid, problem.APIKeyInvalid, problem.TooManyFailures} {
			rejected(t, b.Call(t, format.Write(id, apikey.NewSecret()), "GET /items", ""), want, key)
		}
	})
}

func TestHowKeysAreMade(t *testing.T) {
	t.Parallel()
	a := apitest.Start(t)
	post := func(token, body string) *apitest.Response { return a.Call(t, token, "POST /keys", body) }
	recent := signedIn(a, "alice", 0)
	for name, body := range map[string]string{
		"K08 no scopes":                    `{"name":"a","scopes":[]}`,
		"K08 a scope that the token lacks": `{"name":"a","scopes":["openid"]}`,
		"K08 a scope of keys":              `{"name":"a","scopes":["keys:read"]}`,
		"K09 no time":                      `{"name":"a","scopes":["items:read"],"expires_in":0}`,
		"K09 more than a year":             `{"name":"a","scopes":["items:read"],"expires_in":31536001}`,
	} {
		t.Run(name, func(t *testing.T) { post(recent, body).WantProblemOf(t, problem.ValidationFailed) })
	}
	const good = `{"name":"a","scopes":["items:read"]}`
	for name, token := range map[string]string{
		"K10 a sign-in of two hours ago": signedIn(a, "alice", 2*time.Hour),
		"K10 an unknown sign-in":         a.Token("alice", keyScopes),
	} {
		t.Run(name, func(t *testing.T) { post(token, good).WantProblemOf(t, problem.StepUpRequired) })
	}
	id, key := newAPIKey(t, a, "alice")
	t.Run("K11 a secret is shown once", func(t *testing.T) {
		for _, line := range []string{"GET /keys", "GET /keys/" + id} {
			if r := a.Call(t, recent, line, ""); r.Status != 200 || strings.Contains(r.Body, `"key"`) || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: got %v %s", line, r.Header, r.Body)
			}
		}
	})
	t.Run("K12 a revoked key is rejected", func(t *testing.T) {
		a.Call(t, key, "GET /items", "").WantStatus(t, 200)
		a.Call(t, recent, "DELETE /keys/"+id, "").WantStatus(t, http.StatusNoContent)
		rejected(t, a.Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
	})
	t.Run("K13 a rotated key has one secret", func(t *testing.T) {
		id, old := newAPIKey(t, a, "alice")
		next := apitest.Decode[struct{ Key string }](t, a.Call(t, recent, "POST /keys/"+id+"/rotate", "")).Key
		a.Call(t, next, "GET /items", "").WantStatus(t, 200)
		rejected(t, a.Call(t, old, "GET /items", ""), problem.APIKeyInvalid, old)
	})
	t.Run("K14 the keys of a subject are revoked", func(t *testing.T) {
		_, key := newAPIKey(t, a, "carol")
		a.Call(t, signedIn(a, "root", 0, "admin"), "DELETE /admin/keys?subject=carol", "").WantStatus(t, http.StatusNoContent)
		rejected(t, a.Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
	})
	t.Run("K14 by an admin alone", func(t *testing.T) {
		a.Call(t, recent, "DELETE /admin/keys?subject=bob", "").WantProblemOf(t, problem.AccessDenied)
	})
}
