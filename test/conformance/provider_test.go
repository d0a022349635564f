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
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/telemetry/logtest"
)

func TestForgedKidsDoNotFloodTheProvider(t *testing.T) {
	t.Parallel()
	a := start(t)
	attacker, good := authtest.NewKey("ES256"), a.Issuer.Token()
	began := time.Now()
	t.Run("A23 forged tokens are rejected, valid ones pass", func(t *testing.T) {
		for n := range 100 {
			forged := attacker.Sign(header{"typ": "at+jwt", "kid": fmt.Sprintf("random-%d", n)}, a.Issuer.Claims())
			a.want(t, me(forged), "key-unknown")
			a.want(t, me(good), "")
		}
	})
	t.Run("A23 at most one fetch a second", func(t *testing.T) {
		most := 1 + int(time.Since(began)/time.Second) + 1
		if got := a.Issuer.Fetches("/jwks"); got > most {
			t.Errorf("got %d fetches, want at most %d", got, most)
		}
	})
}

// TestWithoutKeysAuthIsUnavailable starts the API beside providers whose keys cannot be used. Package
// auth tests providers that fail later.
func TestWithoutKeysAuthIsUnavailable(t *testing.T) {
	t.Parallel()
	type fault = func(*authtest.Issuer) http.HandlerFunc
	metadata := func(name, value string) fault {
		return func(i *authtest.Issuer) http.HandlerFunc {
			return i.On("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
				members := map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/jwks"}
				members[name] = value
				json.NewEncoder(w).Encode(members)
			})
		}
	}
	keys := func(handler http.HandlerFunc) fault {
		return func(i *authtest.Issuer) http.HandlerFunc { return i.On("/jwks", handler) }
	}
	for name, fault := range map[string]fault{
		"A22 discovery names another issuer": metadata("issuer", "https://evil.example.com"),
		"A24 the key set has no TLS":         metadata("jwks_uri", "http://keys.example.com/jwks"),
		"A24 the key set is huge":            keys(authtest.Huge),
		"A24 the key set is a redirect":      keys(authtest.Redirect),
		"A24 the key set is empty":           keys(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keys":[]}`) }),
		"A24 the provider is down":           keys(authtest.Down),
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, apitest.Issuer(func(i *authtest.Issuer) { i.Break(fault(i)) }))
			got := a.want(t, me(a.Issuer.Token()), "auth-unavailable")
			if got.header.Get("Retry-After") != "5" || got.header.Get("WWW-Authenticate") != "" {
				t.Errorf("got %v", got.header)
			}
			a.run(t, []row{
				{"A25 a forged token", a.signedWith(authtest.NewKey("ES256"), nil), "auth-unavailable"},
				{"A25 an error that needs no key", me(a.withHeader(header{"alg": "none"})), "algorithm-not-allowed"},
				{"A25 an anonymous caller", get("/me"), "credentials-missing"},
				{"A25 a public route", get("/healthz"), ""},
			})
		})
	}
}

func TestUnknownKeysAreFetched(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := a.Issuer.Token()
	a.run(t, []row{{"A27 a known key", me(good), ""}})
	t.Run("A27 a key that was published just now", func(t *testing.T) {
		a.Issuer.Publish(authtest.NewKey("ES256"))
		next := authtest.NewKey("ES256")
		a.Issuer.Publish(next)
		a.want(t, a.signedWith(next, nil), "")
	})
	a.Issuer.Break(authtest.Down)
	t.Run("A27 a key that cannot be fetched", func(t *testing.T) {
		for range 2 {
			got := a.want(t, a.signedWith(authtest.NewKey("ES256"), nil), "auth-unavailable")
			if got.header.Get("Retry-After") != "5" {
				t.Errorf("got %v", got.header)
			}
		}
	})
	a.run(t, []row{{"A27 a known key meanwhile", me(good), ""}})
}

// TestWithdrawnKeysVerifyNothing runs in fake time, so without a network.
func TestWithdrawnKeysVerifyNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.New("https://login.example.com", audience)
		verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{audience}, Transport: issuer})
		if err != nil {
			t.Fatal(err)
		}
		cfg := &config.Config{PublicURL: publicURL, Issuer: issuer.URL, Docs: config.DocsOff}
		api, err := handlers.New(cfg, handlers.Parts{Verifier: verifier, Log: (&logtest.Buffer{}).Logger()})
		if err != nil {
			t.Fatal(err)
		}
		stolen := issuer.Key()
		for _, test := range []struct {
			name, code string
			before     func()
		}{
			{"A26 a published key", "", func() {}},
			{"A26 a key that was withdrawn", "key-unknown", func() {
				issuer.Swap(authtest.NewKey("ES256"))
				time.Sleep(6 * time.Minute)
				synctest.Wait()
			}},
		} {
			test.before()
			request := httptest.NewRequest("GET", "/me", nil)
			request.Header.Set("Authorization", "Bearer "+stolen.Sign(header{"typ": "at+jwt"}, issuer.Claims()))
			w := httptest.NewRecorder()
			api.ServeHTTP(w, request)
			received := http.Header{} // with names as clients read them
			for name, values := range w.Header() {
				received[http.CanonicalHeaderKey(name)] = values
			}
			if err := (response{w.Code, received, w.Body.Bytes()}).compare(test.code); err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
		}
	})
}

func TestAClockMayJump(t *testing.T) {
	t.Parallel()
	a := start(t)
	began, good := a.now(), a.Issuer.Token()
	later := a.withClaims(authtest.Claims{"iat": began.Add(time.Hour).Unix(), "exp": began.Add(2 * time.Hour).Unix()})
	for _, step := range []struct {
		name        string
		ahead       time.Duration
		token, code string
	}{
		{"A36 before the jump", 0, good, ""},
		{"A36 an hour ahead", time.Hour, good, "token-expired"},
		{"A36 an hour ahead, a new token", time.Hour, later, ""},
		{"A36 an hour back", -time.Hour, good, "token-not-yet-valid"},
		{"A36 as before the jump", 0, good, ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			a.clock.Store(began.Add(step.ahead).Unix())
			a.want(t, me(step.token), step.code)
		})
	}
	t.Run("A36 the keys are fetched once", func(t *testing.T) {
		if got := a.Issuer.Fetches("/jwks"); got != 1 {
			t.Errorf("got %d fetches", got)
		}
	})
}
