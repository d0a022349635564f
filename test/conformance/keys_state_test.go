package conformance

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// A keyDB is a database whose store of keys counts what is asked of it, and is down if a test says so.
type keyDB struct {
	handlers.Database
	handlers.KeyStore
	looked atomic.Int64
	down   atomic.Bool
}

func (d *keyDB) Hashes(ctx context.Context, id string) (hash, previous string, err error) {
	if d.looked.Add(1); d.down.Load() {
		return "", "", errors.Join(problem.DatabaseUnavailable, errors.New("no route to host"))
	}
	return d.KeyStore.Hashes(ctx, id)
}

func (d *keyDB) Find(ctx context.Context, id string) (store.APIKey, error) {
	d.looked.Add(1)
	return d.KeyStore.Find(ctx, id)
}

// startKeys starts an API with its store of keys.
func startKeys(t *testing.T, options ...apitest.Option) (*apitest.API, *keyDB) {
	t.Helper()
	db := &keyDB{}
	observed := apitest.Parts(func(p *handlers.Parts) {
		db.Database, db.KeyStore, p.DB = p.DB, store.NewAPIKeys(p.DB.(*store.DB)), db
	})
	return apitest.Start(t, append([]apitest.Option{apitest.Env("FAILURE_LIMIT=0"), observed}, options...)...), db
}

// stored stores a key of alice, and returns its text.
func (d *keyDB) stored(t *testing.T, a *apitest.API, life time.Duration, scopes ...string) string {
	t.Helper()
	secret := apikey.NewSecret()
	row, err := d.Create(t.Context(), store.Owner{Issuer: a.Issuer.URL, Subject: "alice"}, store.APIKey{
		Name: "a", Scopes: scopes, Hash: string(secret.Hash()), ExpiresAt: time.Now().Add(life),
	})
	if err != nil {
		t.Fatal(err)
	}
	return apikey.NewFormat("Gatehouse").Write(row.ID, secret)
}

func TestWhatEndsAKey(t *testing.T) {
	t.Parallel()
	a, db := startKeys(t, apitest.Env("TOKEN_CACHE_SIZE=0"))
	t.Run("K16 a key without scopes", func(t *testing.T) {
		key := db.stored(t, a, time.Hour)
		for _, line := range []string{"GET /items", "POST /items", "DELETE /items/1"} {
			rejected(t, a.Call(t, key, line, "{}"), problem.ScopeInsufficient, key)
		}
	})
	t.Run("K17 the expiry", func(t *testing.T) {
		key := db.stored(t, a, -time.Second, "items:read")
		rejected(t, a.Call(t, key, "GET /items", ""), problem.APIKeyExpired, key)
	})
	// part:revocation:begin
	t.Run("K17 the revocation of its owner, not a log-out", func(t *testing.T) {
		b := apitest.Start(t, apitest.Env("TOKEN_CACHE_SIZE=0", "BACKCHANNEL_LOGOUT=docs"))
		_, key := newAPIKey(t, b, "alice")
		form := url.Values{"logout_token": {b.Issuer.LogoutToken()}}.Encode()
		b.Call(t, "", "POST /backchannel-logout", form, "Content-Type: application/x-www-form-urlencoded").WantStatus(t, http.StatusOK)
		b.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
		b.Call(t, signedIn(b, "root", 0, "admin"), "POST /admin/revocations", `{"subject":"alice"}`).WantStatus(t, http.StatusNoContent)
		rejected(t, b.Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
	})
	// part:revocation:end
	t.Run("K17 the end of its issuer", func(t *testing.T) {
		address := apitest.Env("DATABASE_URL=" + storetest.Address(t))
		_, key := newAPIKey(t, apitest.Start(t, address), "alice")
		rejected(t, apitest.Start(t, address).Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
	})
	t.Run("K18 the database is down", func(t *testing.T) {
		key := db.stored(t, a, time.Hour, "items:read")
		db.down.Store(true)
		for _, sent := range []string{key, unknownKey()} {
			rejected(t, a.Call(t, sent, "GET /items", ""), problem.AuthUnavailable, sent)
		}
		db.down.Store(false)
		a.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
	})
}

func unknownKey() string {
	return apikey.NewFormat("Gatehouse").Write("01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", apikey.NewSecret())
}

func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	address := apitest.Env("DATABASE_URL=" + storetest.Address(t))
	first := apitest.Start(t, address)
	issuer := apitest.Env("OIDC_ISSUER=" + first.Issuer.URL)
	second := apitest.Start(t, address, issuer)
	alice := signedIn(first, "alice", 0)
	t.Run("K19 concurrent rotations", func(t *testing.T) {
		id, _ := newAPIKey(t, first, "alice")
		var all sync.WaitGroup
		keys := make([]string, 6)
		for i := range keys {
			all.Go(func() {
				keys[i] = apitest.Decode[struct{ Key string }](t, first.Call(t, alice, "POST /keys/"+id+"/rotate", "")).Key
			})
		}
		all.Wait()
		works := slices.DeleteFunc(keys, func(key string) bool { return first.Call(t, key, "GET /items", "").Status != http.StatusOK })
		if len(works) != 1 {
			t.Errorf("%d secrets work", len(works))
		}
	})
	t.Run("K20 two instances and a restart", func(t *testing.T) {
		id, key := newAPIKey(t, first, "alice")
		second.Call(t, key, "GET /items", "").WantStatus(t, http.StatusOK)
		first.Call(t, alice, "DELETE /keys/"+id, "").WantStatus(t, http.StatusNoContent)
		rejected(t, first.Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
		rejected(t, apitest.Start(t, address, issuer).Call(t, key, "GET /items", ""), problem.APIKeyRevoked, key)
		revoked := time.Now()
		for second.Call(t, key, "GET /items", "").Status == http.StatusOK {
			if time.Since(revoked) > 5*time.Second {
				t.Fatal("another instance accepts a key that was revoked 5 seconds ago")
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

func TestWhatKeysCost(t *testing.T) {
	t.Parallel()
	a, db := startKeys(t, apitest.Env("LOG_LEVEL=error"))
	key := db.stored(t, a, time.Hour, "items:read")
	wrong := apikey.NewFormat("Gatehouse").Write(strings.Split(key, "_")[1], apikey.NewSecret())
	for name, sent := range map[string]string{"K21 an unknown id": unknownKey(), "K21 a wrong secret": wrong} {
		t.Run(name, func(t *testing.T) {
			db.looked.Store(0)
			rejected(t, a.Call(t, sent, "GET /items", ""), problem.APIKeyInvalid, sent)
			if n := db.looked.Load(); n != 1 {
				t.Errorf("%d look-ups", n)
			}
		})
	}
	t.Run("K22 a key beside a token, both verified before", func(t *testing.T) {
		token := a.Token("alice", "items:read")
		var rounds []float64
		for range 5 {
			if rounds = append(rounds, ratio(t, a, key, token)); rounds[len(rounds)-1] <= 2 {
				return
			}
		}
		t.Errorf("a key takes %.1f times the time of a token", rounds)
	})
	t.Run("K23 Basic is rejected where no route accepts it", func(t *testing.T) {
		r := a.Call(t, "", "GET /items", "", "Authorization: Basic YTpi")
		r.WantProblemOf(t, problem.SchemeUnsupported)
		if challenge := r.Header.Get("WWW-Authenticate"); strings.Contains(challenge, "Basic") {
			t.Errorf("the challenge is %s", challenge)
		}
	})
}

// ratio returns how much longer requests with one take than those with the other, by the medians of requests that alternate.
// Their operation asks nothing of the database.
func ratio(t *testing.T, a *apitest.API, one, other string) float64 {
	took := func(token string) time.Duration {
		r := httptest.NewRequest("GET", "/items/1", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w, start := httptest.NewRecorder(), time.Now()
		a.ServeHTTP(w, r)
		took := time.Since(start)
		if w.Code != http.StatusNotFound {
			t.Fatalf("got %d %s", w.Code, w.Body)
		}
		return took
	}
	var times [2][]time.Duration
	for range 400 {
		times[0], times[1] = append(times[0], took(one)), append(times[1], took(other))
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	return float64(times[0][200]) / float64(times[1][200])
}
