package handlers_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"context"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// TestARevokedKeyIsRejectedByEveryInstance uses two instances with one database, and restarts one of them.
func TestARevokedKeyIsRejectedByEveryInstance(t *testing.T) {
	address := apitest.Env("DATABASE_URL=" + storetest.Address(t))
	if os.Getenv(storetest.Variable) == "memory:" {
		t.Fatal("a database in memory has one instance")
	}
	first := apitest.Start(t, address)
	issuer := apitest.Env("OIDC_ISSUER=" + first.Issuer.URL)
	second := apitest.Start(t, address, issuer)
	alice, key := keyToken(first, "alice", allScopes), makeKey(t, first, "alice", "items:read")
	second.Call(t, key.Key, "GET /items", "").WantStatus(t, http.StatusOK)
	second.Call(t, key.Key, "GET /items", "").WantStatus(t, http.StatusOK)
	first.Call(t, alice, "DELETE /keys/"+key.ID, "").WantStatus(t, http.StatusNoContent)
	first.Call(t, key.Key, "GET /items", "").WantProblem(t, problem.APIKeyRevoked)
	revoked := time.Now()
	for second.Call(t, key.Key, "GET /items", "").Status == http.StatusOK {
		if time.Since(revoked) > 5*time.Second {
			t.Fatal("another instance accepts a key that was revoked 5 seconds ago")
		}
		time.Sleep(100 * time.Millisecond)
	}
	apitest.Start(t, address, issuer).Call(t, key.Key, "GET /items", "").WantProblem(t, problem.APIKeyRevoked)
}

// TestKeysEndWithTheIssuerOfTheirOwner restarts the API with another issuer, and then with both.
func TestKeysEndWithTheIssuerOfTheirOwner(t *testing.T) {
	address := apitest.Env("DATABASE_URL=" + storetest.Address(t))
	first := apitest.Start(t, address)
	key := makeKey(t, first, "alice", "items:read").Key
	apitest.Start(t, address).Call(t, key, "GET /items", "").WantProblemOf(t, problem.APIKeyRevoked)
	apitest.Start(t, address, apitest.Env("OIDC_ISSUER_2="+first.Issuer.URL)).Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
}

// downKeys is a store of keys that cannot be reached while it is down.
type downKeys struct {
	handlers.KeyStore
	down *atomic.Bool
}

func (d downKeys) Hashes(ctx context.Context, id string) (hash, previous string, err error) {
	if d.down.Load() {
		return "", "", errors.Join(problem.DatabaseUnavailable, errors.New("no route to host"))
	}
	return d.KeyStore.Hashes(ctx, id)
}

func (d downKeys) Touch(context.Context, string, time.Time) error {
	return errors.New("the disk is full")
}

func TestKeysAreNotRejectedWithoutTheDatabase(t *testing.T) {
	var down atomic.Bool
	api := apitest.Start(t, apitest.Env("TOKEN_CACHE_SIZE=0"), apitest.Parts(func(p *handlers.Parts) { p.DB = keysDB{p.DB, downKeys{store.NewAPIKeys(p.DB.(*store.DB)), &down}} }))
	key := makeKey(t, api, "alice", "items:read").Key
	api.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
	down.Store(true)
	for _, sent := range []string{key, apikey.NewFormat("Gatehouse").Write("01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", apikey.NewSecret())} {
		r := api.Call(t, sent, "GET /items", "")
		r.WantProblemOf(t, problem.AuthUnavailable)
		if r.Header.Get("Retry-After") == "" || strings.Contains(r.Body, "route to host") {
			t.Errorf("got %v %s", r.Header, r.Body)
		}
	}
	api.Call(t, api.Token("alice", "items:read"), "GET /items", "").WantStatus(t, http.StatusOK)
	down.Store(false)
	api.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
}

// TestUseOfAKeyIsShown waits for the use, which is stored beside the request.
func TestUseOfAKeyIsShown(t *testing.T) {
	api := apitest.Start(t)
	alice, key := keyToken(api, "alice", allScopes), makeKey(t, api, "alice", "items:read")
	tag := api.Call(t, alice, "GET /keys/"+key.ID, "").Header.Get("ETag")
	api.Call(t, key.Key, "GET /items", "").WantStatus(t, http.StatusOK)
	deadline := time.Now().Add(5 * time.Second)
	for {
		r := api.Call(t, alice, "GET /keys/"+key.ID, "")
		if used := apitest.Decode[madeKey](t, r).LastUsedAt; used != nil {
			if time.Since(*used) > time.Minute || r.Header.Get("ETag") != tag || !strings.HasPrefix(tag, "W/") {
				t.Errorf("it was used at %s, and its tag is %s after %s", used, r.Header.Get("ETag"), tag)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the use of the key is not shown")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestKeysAreThrottled(t *testing.T) {
	api := apitest.Start(t, apitest.Env("FAILURE_LIMIT=3"))
	alice, key := keyToken(api, "alice", allScopes), makeKey(t, api, "alice", "items:read")
	revoked := makeKey(t, api, "alice", "items:read")
	api.Call(t, alice, "DELETE /keys/"+revoked.ID, "").WantStatus(t, http.StatusNoContent)
	wrong := apikey.NewFormat("Gatehouse").Write(key.ID, apikey.NewSecret())
	for range 5 { // a key that is genuine is no failure
		api.Call(t, revoked.Key, "GET /items", "").WantProblem(t, problem.APIKeyRevoked)
	}
	for range 3 {
		api.Call(t, wrong, "GET /items", "").WantProblem(t, problem.APIKeyInvalid)
	}
	for _, sent := range []string{wrong, "gatehouse_x"} {
		api.Call(t, sent, "GET /items", "").WantProblemOf(t, problem.TooManyFailures)
	}
	api.Call(t, key.Key, "GET /items", "").WantStatus(t, http.StatusOK)
}

func TestScriptsMaySendTheHeaderOfKeys(t *testing.T) {
	const app = "https://app.example.com"
	for header, allowed := range map[string]bool{"": false, "X-API-Key": true} {
		api := apitest.Start(t, apitest.Env("CORS_ORIGINS="+app, "API_KEY_HEADER="+header))
		r := api.Call(t, "", "OPTIONS /items", "", "Origin: "+app, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x-api-key")
		if got := r.Header.Get("Access-Control-Allow-Origin") != ""; got != allowed {
			t.Errorf("API_KEY_HEADER=%s: a preflight is allowed: %t", header, got)
		}
	}
}

// part:inspector:begin

// TestKeysAreInspected pastes keys into the inspector, which never shows them.
func TestKeysAreInspected(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=on", "DEVELOPMENT=true"))
	key := makeKey(t, api, "alice", "items:read").Key
	for sent, code := range map[string]string{
		key: "", key[:len(key)-1]: "api-key-invalid", apikey.NewFormat("Gatehouse").Write(strings.Split(key, "_")[1], apikey.NewSecret()): "api-key-invalid",
	} {
		r := inspect(t, api, "", inspectedToken(sent))
		got := apitest.Decode[handlers.Inspection](t, r)
		if got.Code != code || got.Accepted != (code == "") || got.Checks[0].Name != string(auth.Key) || strings.Contains(r.Body, sent[len(sent)-30:]) || (code != "") != (got.Hint != "" && got.Detail != "") {
			t.Errorf("got %s, want %q", r.Body, code)
		}
	}
}

// part:inspector:end
