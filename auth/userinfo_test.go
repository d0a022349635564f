package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
)

// userInfo verifies a token and requests the userinfo of its caller.
func (f *fixture) userInfo() (*oidc.UserInfo, error) {
	f.t.Helper()
	token := auth.AccessToken(f.issuer.Token())
	caller, err := f.verifier.Verify(f.t.Context(), token)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.verifier.Provider().UserInfo(f.t.Context(), token, caller)
}

func TestUserInfoIsAboutTheCaller(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		info, err := connect(t, issuer).userInfo()
		if err != nil || info.Subject != "alice" || info.Email != "alice@example.com" || !info.EmailVerified {
			t.Errorf("got %+v and %v", info, err)
		}
	})
}

func TestUserInfoErrors(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			fmt.Fprint(w, "you sent ", r.Header.Get("Authorization"))
		}
	}
	respond := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, text)
		}
	}
	for _, test := range []struct {
		name    string
		fault   http.HandlerFunc
		problem *problem.Type // nil for a server error
		took    time.Duration
	}{
		{"a revoked token", status(401), problem.TokenInactive, 0},
		{"an error of the provider", status(500), problem.AuthUnavailable, 0},
		{"a provider that is down", authtest.Down, problem.AuthUnavailable, 0},
		{"a provider that hangs", authtest.Hang, problem.AuthUnavailable, 5 * time.Second},
		{"a page", authtest.Garbage, problem.AuthUnavailable, 0},
		{"a huge response", authtest.Huge, problem.AuthUnavailable, 0},
		{"a redirect", authtest.Redirect, problem.AuthUnavailable, 0},
		{"another subject", respond(`{"sub":"bob"}`), nil, 0},
		{"no subject", respond(`{"name":"Alice"}`), nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				f := connect(t, issuer)
				f.want(issuer.Token(), nil)
				issuer.Break(issuer.On("/userinfo", test.fault))
				start := time.Now()
				info, err := f.userInfo()
				if d := time.Since(start); d != test.took {
					t.Errorf("it took %s, want %s", d, test.took)
				}
				failed, _ := errors.AsType[*problem.Type](err)
				if info != nil || err == nil || failed != test.problem {
					t.Errorf("got %+v and %v, want %v", info, err, test.problem)
				}
				rejected, ok := errors.AsType[*auth.Error](err)
				if test.problem == problem.AuthUnavailable && (!ok || rejected.Type.RetryAfter == 0) {
					t.Errorf("got %+v", rejected)
				}
				if strings.Contains(err.Error(), "eyJ") {
					t.Errorf("the error repeats the token: %v", err)
				}
			})
		})
	}
}

func TestUserInfoNeedsAProvider(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(authtest.Down)
		f := connect(t, issuer)
		info, err := f.verifier.Provider().UserInfo(t.Context(), auth.AccessToken(issuer.Token()), &auth.Principal{Subject: "alice"})
		if info != nil || !errors.Is(err, problem.AuthUnavailable) {
			t.Errorf("got %+v and %v", info, err)
		}
	})
}

// A tokenRecorder is a transport that records where tokens were sent.
type tokenRecorder struct {
	http.RoundTripper
	mu    sync.Mutex
	hosts []string
}

func (g *tokenRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Authorization") != "" {
		g.mu.Lock()
		g.hosts = append(g.hosts, r.URL.Scheme+"://"+r.URL.Host)
		g.mu.Unlock()
	}
	return g.RoundTripper.RoundTrip(r)
}

func TestTokensAreSentOnlyToTheirIssuer(t *testing.T) {
	for _, test := range []struct {
		name, endpoint string
		redirect       string
		hosts          string
	}{
		{"the endpoint of the metadata", issuerURL + "/userinfo", "", "[" + issuerURL + "]"},
		{"an endpoint that redirects", issuerURL + "/userinfo", "https://evil.example.com/", "[" + issuerURL + "]"},
		{"an endpoint in the clear", "http://login.example.com/userinfo", "", "[]"},
		{"no endpoint", "", "", "[]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				seen := &tokenRecorder{RoundTripper: issuer}
				issuer.Break(issuer.On("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
					json.NewEncoder(w).Encode(map[string]any{"issuer": issuer.URL, "jwks_uri": issuer.URL + "/jwks", "userinfo_endpoint": test.endpoint})
				}))
				f := connect(t, issuer, func(c *auth.Config) { c.Transport = seen })
				f.want(issuer.Token(), nil)
				if test.redirect != "" {
					issuer.Break(issuer.On("/userinfo", http.RedirectHandler(test.redirect, http.StatusTemporaryRedirect).ServeHTTP))
				}
				_, err := f.userInfo()
				if got := fmt.Sprint(seen.hosts); got != test.hosts || (err == nil) != (test.redirect == "" && test.hosts != "[]") {
					t.Errorf("the token was sent to %s, %v; want %s", got, err, test.hosts)
				}
			})
		})
	}
}
