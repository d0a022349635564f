package auth_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

func TestKeysAreUsedForABoundedTimeInAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		ready := f.wantState(auth.Ready)
		issuer.Break(authtest.Down)

		pass(6 * time.Minute)
		s := f.wantState(auth.Degraded)
		if !s.Fetched.Equal(ready.Fetched) || !s.Until.Equal(ready.Fetched.Add(time.Hour)) || !strings.Contains(s.Detail, s.Until.UTC().Format(time.RFC3339)) {
			t.Errorf("got %+v", s)
		}
		f.want(issuer.Token(), nil)
		pass(time.Until(s.Until))
		f.wantState(auth.Degraded)
		f.want(issuer.Token(), nil)

		pass(1)
		if s := f.wantState(auth.Down); strings.Contains(s.Detail, issuerURL) {
			t.Errorf("got %+v", s)
		}
		if d := took(func() { f.wantUnavailable(issuer.Token()) }); d != 0 {
			t.Errorf("it took %s", d)
		}
		pass(time.Hour)
		f.wantUnavailable(issuer.Token())

		issuer.Break(nil)
		pass(5 * time.Second)
		f.wantState(auth.Ready)
		f.want(issuer.Token(), nil)
	})
}

// TestUnknownKeysInAnOutageAreUnavailable sends unknown keys while the provider is down: the token may be genuine. Tokens
// of known keys are still accepted.
func TestUnknownKeysInAnOutageAreUnavailable(t *testing.T) {
	for name, fault := range map[string]http.HandlerFunc{"down": authtest.Down, "hanging": authtest.Hang} {
		t.Run("the provider is "+name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				f := connect(t, issuer)
				f.want(issuer.Token(), nil)
				issuer.Break(fault)
				for n := range 50 {
					pass(time.Second)
					if d := took(func() { f.wantUnavailable(f.forged(fmt.Sprint(n))) }); d > 5*time.Second {
						t.Errorf("it took %s", d)
					}
					f.want(issuer.Token(), nil)
				}
				next := authtest.NewKey("ES256")
				issuer.Publish(next)
				issuer.SignWith(next)
				f.wantUnavailable(issuer.Token())
				issuer.Break(nil)
				pass(10 * time.Second)
				f.want(issuer.Token(), nil)
			})
		})
	}
}

// TestAFloodDoesNotDelayTheEndOfAnOutage lets forged tokens use the fetch budget before every retry.
func TestAFloodDoesNotDelayTheEndOfAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, func(c *auth.Config) { c.Refresh = time.Minute })
		f.want(issuer.Token(), nil)
		issuer.Break(authtest.Down)
		for range 120 * 5 {
			pass(200 * time.Millisecond)
			f.wantUnavailable(f.forged("x"))
		}
		f.wantState(auth.Degraded)
		issuer.Break(nil)
		pass(6 * time.Second)
		f.wantState(auth.Ready)
	})
}

// TestAMovedKeySetIsFoundInAFlood moves the key set while forged tokens ask for keys: the metadata is fetched again.
func TestAMovedKeySetIsFoundInAFlood(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		pass(time.Minute)
		issuer.Break(moveKeys(issuer))
		issuer.Swap(authtest.NewKey("ES256"))
		for range 12 {
			pass(500 * time.Millisecond)
			f.verify(f.forged("x"))
		}
		f.want(issuer.Token(), nil)
	})
}

// moveKeys publishes the keys at another address.
func moveKeys(issuer *authtest.Issuer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			json.NewEncoder(w).Encode(map[string]any{"issuer": issuer.URL, "jwks_uri": issuer.URL + "/keys"})
		case "/keys":
			json.NewEncoder(w).Encode(authtest.KeySet(issuer.Key()))
		default:
			http.NotFound(w, r)
		}
	}
}

// TestNoFaultReplacesGoodKeys breaks a provider in every way, with the keys of an attacker in place of its own. The last
// good keys stay in use.
func TestNoFaultReplacesGoodKeys(t *testing.T) {
	attacker := authtest.NewKey("ES256")
	evil, err := json.Marshal(authtest.KeySet(attacker))
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
	}
	keys := func(fault http.HandlerFunc) func(*authtest.Issuer) http.HandlerFunc {
		return func(i *authtest.Issuer) http.HandlerFunc { return i.On("/jwks", fault) }
	}
	// metadata changes one member; every other address responds with the attacker's keys.
	metadata := func(name string, value any) func(*authtest.Issuer) http.HandlerFunc {
		return func(i *authtest.Issuer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/.well-known/openid-configuration" {
					w.Write(evil)
					return
				}
				members := map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/evil", name: value}
				json.NewEncoder(w).Encode(members)
			}
		}
	}
	always := func(fault http.HandlerFunc) func(*authtest.Issuer) http.HandlerFunc {
		return func(*authtest.Issuer) http.HandlerFunc { return fault }
	}
	for name, fault := range map[string]func(*authtest.Issuer) http.HandlerFunc{
		"everything is down":                       always(authtest.Down),
		"everything hangs":                         always(authtest.Hang),
		"everything is garbage":                    always(authtest.Garbage),
		"everything is huge":                       always(authtest.Huge),
		"everything redirects":                     always(authtest.Redirect),
		"the keys are down":                        keys(authtest.Down),
		"the keys hang":                            keys(authtest.Hang),
		"the keys are garbage":                     keys(authtest.Garbage),
		"the keys are huge":                        keys(authtest.Huge),
		"good keys before a huge rest":             keys(write(string(evil) + strings.Repeat(" ", 1<<20))),
		"the keys redirect":                        keys(http.RedirectHandler("https://evil.example.com/evil", http.StatusFound).ServeHTTP),
		"the keys redirect permanently":            keys(http.RedirectHandler(issuerURL+"/evil", http.StatusPermanentRedirect).ServeHTTP),
		"the keys come with an error":              keys(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); w.Write(evil) }),
		"the keys come with another success":       keys(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(203); w.Write(evil) }),
		"the set is empty":                         keys(write(`{"keys":[]}`)),
		"the set is null":                          keys(write(`null`)),
		"the set is no set":                        keys(write(`{}`)),
		"the set is nothing":                       keys(write(``)),
		"the set has no usable key":                keys(write(`{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`)),
		"the set is cut off":                       keys(write(string(evil[:len(evil)-1]))),
		"the metadata names another issuer":        metadata("issuer", "https://evil.example.com"),
		"the metadata names the issuer with slash": metadata("issuer", issuerURL+"/"),
		"the metadata names no issuer":             metadata("issuer", nil),
		"the keys are in the clear":                metadata("jwks_uri", "http://login.example.com/evil"),
		"the keys are in a file":                   metadata("jwks_uri", "file:///evil"),
		"the keys are nowhere":                     metadata("jwks_uri", ""),
		"the keys are no address":                  metadata("jwks_uri", 5),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				var log strings.Builder
				f := connect(t, issuer, func(c *auth.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
				f.want(issuer.Token(), nil)
				issuer.Break(fault(issuer))
				pass(6 * time.Minute)
				f.want(issuer.Token(), nil)
				f.wantState(auth.Degraded)
				forged := attacker.Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims())
				f.wantUnavailable(forged)
				pass(10 * time.Second)
				synctest.Wait()
				if !strings.Contains(log.String(), `level=WARN msg="provider refresh failed" issuer=`+issuerURL) || len(log.String()) > 100_000 {
					t.Errorf("got %d bytes of log: %.500s", len(log.String()), log.String())
				}
				issuer.Break(nil)
				pass(6 * time.Second)
				f.wantState(auth.Ready)
			})
		})
	}
}

// TestErrorPagesAreNotLogged has a provider that responds with an error page.
func TestErrorPagesAreNotLogged(t *testing.T) {
	for _, path := range []string{"/.well-known/openid-configuration", "/jwks"} {
		t.Run(path, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				var log strings.Builder
				issuer.Break(issuer.On(path, func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusBadGateway)
					fmt.Fprint(w, strings.Repeat("bad gateway ", 1000))
				}))
				connect(t, issuer, func(c *auth.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
				pass(time.Second)
				if !strings.Contains(log.String(), "502 Bad Gateway") || strings.Contains(log.String(), "bad gateway bad gateway") {
					t.Errorf("got %.500s", log.String())
				}
			})
		})
	}
}

func TestUnusableKeysAreLogged(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		var log strings.Builder
		good := issuer.Key().JWK()
		issuer.Break(issuer.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
			shared := map[string]any{"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}
			forEncryption := maps.Clone(good)
			forEncryption["use"], forEncryption["kid"] = "enc", "encryption"
			json.NewEncoder(w).Encode(map[string]any{"keys": []any{shared, forEncryption, good}})
		}))
		f := connect(t, issuer, func(c *auth.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		f.want(issuer.Token(), nil)
		got := log.String()
		for _, want := range []string{`level=WARN msg="key not usable".*shared`, `level=INFO msg="key not usable".*encryption`} {
			if !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		if strings.Contains(got, "c2VjcmV0") {
			t.Errorf("the log has a secret: %s", got)
		}
	})
}
