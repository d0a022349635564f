package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
)

// TestFlood is A23: tokens with the names of keys that do not exist.
func TestFlood(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	attacker, good := authtest.NewKey("ES256"), r.issuer.Token()
	start := time.Now()
	t.Run("A23 a flood is refused, and valid callers are let in", func(t *testing.T) {
		for n := range 100 {
			r.want(t, me(attacker.Sign(header{"typ": "at+jwt", "kid": fmt.Sprintf("random-%d", n)}, r.issuer.Claims())), "key-unknown")
			r.want(t, me(good), "")
		}
	})
	t.Run("A23 the provider is asked once a second at most", func(t *testing.T) {
		most := 1 + int(time.Since(start)/time.Second) + 1
		if got := r.issuer.Fetches("/jwks"); got > most {
			t.Errorf("got %d fetches, want at most %d", got, most)
		}
	})
}

// TestOutage is A22, A24 and A25: providers that give nothing to verify with. Package auth
// has more of them, and those that fail later.
func TestOutage(t *testing.T) {
	t.Parallel()
	member := func(name, value string) func(*authtest.Issuer) http.HandlerFunc {
		return func(i *authtest.Issuer) http.HandlerFunc {
			return i.On("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
				metadata := map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/jwks"}
				metadata[name] = value
				json.NewEncoder(w).Encode(metadata)
			})
		}
	}
	keySet := func(fault http.HandlerFunc) func(*authtest.Issuer) http.HandlerFunc {
		return func(i *authtest.Issuer) http.HandlerFunc { return i.On("/jwks", fault) }
	}
	write := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
	}
	for name, fault := range map[string]func(*authtest.Issuer) http.HandlerFunc{
		"A22 discovery names another issuer": member("issuer", "https://evil.example.com"),
		"A24 the keys are in the clear":      member("jwks_uri", "http://keys.example.com/jwks"),
		"A24 the key set is huge":            keySet(authtest.Huge),
		"A24 the key set is elsewhere":       keySet(authtest.Redirect),
		"A24 the key set is empty":           keySet(write(`{"keys":[]}`)),
		"A24 the provider is down":           keySet(authtest.Down),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(r *rig, _ *auth.Config, _ *config.Config) { r.issuer.Break(fault(r.issuer)) })
			got := r.want(t, me(r.issuer.Token()), "auth-unavailable")
			if got.header.Get("Retry-After") != "5" || got.header.Get("WWW-Authenticate") != "" {
				t.Errorf("got %v", got.header)
			}
			r.run(t, []row{
				{"A25 a forged token is not let in", me(authtest.NewKey("ES256").Sign(header{"typ": "at+jwt"}, r.issuer.Claims())), "auth-unavailable"},
				{"A25 what needs no key is refused as ever", me(r.headed(header{"alg": "none"})), "algorithm-not-allowed"},
				{"A25 a stranger is challenged", get("/me"), "credentials-missing"},
				{"A25 public routes answer", get("/healthz"), ""},
			})
		})
	}
}

// TestWithdrawal is A26: a key that the issuer took back, in fake time.
func TestWithdrawal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.New("https://login.example.com", rigAudience)
		verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{rigAudience}, Transport: issuer})
		if err != nil {
			t.Fatal(err)
		}
		api, err := handlers.New(&config.Config{PublicURL: rigOrigin, Issuer: issuer.URL, Docs: config.DocsOff}, handlers.Parts{Verifier: verifier, Log: discard})
		if err != nil {
			t.Fatal(err)
		}
		stolen := issuer.Key()
		want := func(code string) {
			t.Helper()
			request := httptest.NewRequest("GET", "/me", nil)
			request.Header.Set("Authorization", "Bearer "+stolen.Sign(header{"typ": "at+jwt"}, issuer.Claims()))
			w := httptest.NewRecorder()
			api.ServeHTTP(w, request)
			if err := (reply{w.Code, w.Header(), w.Body.Bytes()}).compare(code); err != nil {
				t.Error(err)
			}
		}
		want("")
		issuer.Swap(authtest.NewKey("ES256"))
		time.Sleep(6 * time.Minute)
		synctest.Wait()
		want("key-unknown")
	})
}

// TestClock is A36: a clock that jumps.
func TestClock(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	start, good := r.now(), r.issuer.Token()
	at := func(ahead time.Duration, name, token, code string) {
		t.Run("A36 "+name, func(t *testing.T) {
			r.clock.Store(start.Add(ahead).Unix())
			r.want(t, me(token), code)
		})
	}
	at(0, "before the jump a token is good", good, "")
	at(time.Hour, "an hour ahead it is past", good, "token-expired")
	at(time.Hour, "and a new one is good", r.issuer.Token(authtest.Claims{"exp": start.Add(2 * time.Hour).Unix()}), "")
	at(-time.Hour, "an hour back it is not valid yet", good, "token-not-yet-valid")
	at(0, "back again it is good", good, "")
	t.Run("A36 the keys are not asked for again", func(t *testing.T) {
		if got := r.issuer.Fetches("/jwks"); got != 1 {
			t.Errorf("got %d fetches", got)
		}
	})
}
