package auth_test

import (
	"context"
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
)

func (f *fixture) wantAsked(n int) {
	f.t.Helper()
	if got := f.issuer.Fetches("/introspect"); got != n {
		f.t.Errorf("the provider was asked %d times, want %d", got, n)
	}
}

// caching makes a verifier use answers for a time.
func caching(d time.Duration) func(*auth.Config) {
	return func(c *auth.Config) {
		of := c.Introspection.(auth.Introspection)
		of.Cache = d
		c.Introspection = of
	}
}

func TestAnswersAreUsedForABoundedTime(t *testing.T) {
	for _, test := range []struct {
		name  string
		cache time.Duration
		life  time.Duration // of the token
		used  time.Duration // of the answer
	}{
		{"by default", 0, time.Hour, 30 * time.Second},
		{"as configured", 5 * time.Second, time.Hour, 5 * time.Second},
		{"not past the token's end", time.Minute, 20 * time.Second, 20 * time.Second},
		{"not at all", -1, time.Hour, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				f := connect(t, issuer, asking(auth.IntrospectOpaque), caching(test.cache))
				token := issuer.Opaque(authtest.Claims{"exp": time.Now().Add(test.life).Unix()})
				f.want(token, nil)
				issuer.Revoke(token)
				if test.used > 0 {
					pass(test.used - 1)
					f.want(token, nil)
					f.wantAsked(1)
					pass(1)
				}
				f.want(token, problem.TokenInactive)
				f.wantAsked(2)
				pass(10*time.Second - 1)
				f.want(token, problem.TokenInactive)
				f.wantAsked(2)
				pass(1)
				f.want(token, problem.TokenInactive)
				f.wantAsked(3)
			})
		})
	}
}

// TestJWTsAreConfirmed has a verifier that introspects every token: a JWT is accepted while the provider says so.
func TestJWTsAreConfirmed(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectAllTokens))
		token := issuer.Token(authtest.Claims{"scope": "items:read", "exp": time.Now().Add(time.Hour).Unix()})
		f.want(token, nil)
		issuer.Revoke(token)
		pass(30*time.Second - 1)
		f.want(token, nil)
		f.wantAsked(1)
		pass(1)
		f.want(token, problem.TokenInactive)
		if rejected, ok := errors.AsType[*auth.Error](f.verify(token)); !ok || !rejected.Genuine() {
			t.Errorf("got %v: its sender is throttled", rejected)
		}
		e := f.verifier.Explain(t.Context(), auth.Token(token))
		if failed := fmt.Sprint(failedChecks(e)); failed != "[introspection]" || !e.Genuine || e.Claims == nil {
			t.Errorf("the explanation says that %s failed", failed)
		}
		f.want(authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims()), problem.KeyUnknown)
		f.want(issuer.IDToken(), problem.TokenTypeWrong)
		f.wantAsked(2)
		issuer.Break(issuer.On("/introspect", authtest.Down))
		e = f.verifier.Explain(t.Context(), auth.Token(issuer.Token())) // its signature is valid, whatever the provider says
		if failed := fmt.Sprint(failedChecks(e)); failed != "[introspection]" || e.Problem != problem.AuthUnavailable || !e.Genuine {
			t.Errorf("in an outage, the explanation says %v, and that %s failed", e.Problem, failed)
		}
	})
}

// TestConfirmationsMayLeaveOutClaims has answers about a JWT, whose own claims are checked.
func TestConfirmationsMayLeaveOutClaims(t *testing.T) {
	for name, test := range map[string]struct {
		answer map[string]any
		want   *problem.Type
	}{
		"active alone":    {map[string]any{"active": true}, nil},
		"its end":         {map[string]any{"active": true, "exp": 4102444800}, nil},
		"an earlier end":  {map[string]any{"active": true, "exp": 1}, problem.TokenExpired},
		"another issuer":  {map[string]any{"active": true, "iss": "https://other.example.com"}, problem.IssuerWrong},
		"a refresh token": {map[string]any{"active": true, "token_type": "refresh_token"}, problem.TokenTypeWrong},
		"a binding":       {map[string]any{"active": true, "cnf": map[string]any{}}, problem.BindingInvalid},
		"no word of it":   {map[string]any{"iss": issuerURL}, problem.TokenInactive},
	} {
		t.Run(name, func(t *testing.T) {
			issuer := authtest.New(issuerURL, audience)
			f := connect(t, issuer, asking(auth.IntrospectAllTokens))
			issuer.Break(issuer.On("/introspect", authtest.Answer(test.answer)))
			f.want(issuer.Token(), test.want)
		})
	}
}

func TestFreshAnswersAreAskedForAnew(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		for _, token := range []string{issuer.Opaque(), issuer.Token()} {
			before := issuer.Fetches("/introspect")
			fresh := func() error {
				_, err := f.verifier.Verify(auth.Fresh(t.Context()), auth.Token(token))
				return err
			}
			f.want(token, nil)
			for range 3 {
				if err := fresh(); err != nil {
					t.Error(err)
				}
			}
			issuer.Revoke(token)
			if err := fresh(); !errors.Is(err, problem.TokenInactive) {
				t.Errorf("got %v", err)
			}
			pass(11 * time.Second) // the first answer, which would still be used, is replaced
			if strings.HasPrefix(token, "opaque") {
				f.want(token, problem.TokenInactive)
			}
			if asked := issuer.Fetches("/introspect") - before; asked < 4 {
				t.Errorf("the provider was asked %d times", asked)
			}
		}
	})
}

// TestFreshRequestsShareNoQuestion lets a token be revoked while the provider is asked about it.
func TestFreshRequestsShareNoQuestion(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		token := issuer.Opaque()
		f.want(issuer.Token(), nil)
		issuer.Break(issuer.On("/introspect", func(w http.ResponseWriter, r *http.Request) {
			issuer.Slow(0)(w, r) // it answers, and the answer takes its time
			time.Sleep(2 * time.Second)
		}))
		var wg sync.WaitGroup
		wg.Go(func() { f.want(token, nil) })
		pass(time.Second)
		issuer.Revoke(token)
		if _, err := f.verifier.Verify(auth.Fresh(t.Context()), auth.Token(token)); !errors.Is(err, problem.TokenInactive) {
			t.Errorf("got %v", err)
		}
		wg.Wait()
	})
}

func TestRequestsShareOneQuestion(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		f.want(issuer.Token(), nil)
		issuer.Break(issuer.Slow(time.Second))
		token := issuer.Opaque()
		var wg sync.WaitGroup
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		wg.Go(func() { // it asks first, and goes
			if _, err := f.verifier.Verify(impatient, auth.Token(token)); !errors.Is(err, problem.AuthUnavailable) {
				t.Errorf("got %v", err)
			}
		})
		pass(2 * time.Millisecond)
		for range 1000 {
			wg.Go(func() { f.want(token, nil) })
		}
		wg.Wait()
		f.wantAsked(1)
	})
}

// TestAnOutageKeepsWhatIsKnown ends as soon as the provider answers again. No token is rejected for it.
func TestAnOutageKeepsWhatIsKnown(t *testing.T) {
	for name, fault := range map[string]http.HandlerFunc{"down": authtest.Down, "hanging": authtest.Hang, "rejecting": authtest.Status(401)} {
		t.Run("the provider is "+name, func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				f := connect(t, issuer, asking(auth.IntrospectOpaque), caching(time.Minute))
				known, other, long := issuer.Opaque(), issuer.Opaque(), authtest.Claims{"exp": time.Now().Add(time.Hour).Unix()}
				other = issuer.Opaque(long)
				f.want(known, nil)
				f.want("inactive", problem.TokenInactive)
				issuer.Break(issuer.On("/introspect", fault))
				pass(time.Second)
				f.want("inactive", problem.TokenInactive)
				before := issuer.Fetches("/introspect")
				for range 50 {
					f.wantUnavailable(other)
					pass(100 * time.Millisecond)
				}
				if asked := issuer.Fetches("/introspect") - before; asked > 10 {
					t.Errorf("the provider was asked %d times", asked)
				}
				f.want(known, nil)
				f.want(issuer.Token(), nil)
				pass(time.Minute)
				f.wantUnavailable(known)
				issuer.Break(nil)
				pass(5 * time.Second)
				f.want(other, nil)
				f.want(other, nil)
			})
		})
	}
}

// TestMadeUpTokensCostTheProviderLittle sends tokens that no client was given, from everywhere.
func TestMadeUpTokensCostTheProviderLittle(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		known := issuer.Opaque()
		f.want(known, nil)
		for n := range 1000 {
			f.want(fmt.Sprint("made-up-", n), problem.TokenInactive)
		}
		for n := range 1000 {
			f.want(fmt.Sprint("more-", n), problem.AuthUnavailable)
		}
		f.wantAsked(1001)
		f.want(known, nil)
		pass(time.Second)
		for n := range 1000 {
			f.verify(fmt.Sprint("later-", n))
		}
		f.wantAsked(1051)
		pass(time.Second)
		for range 200 { // tokens that are active cost nothing
			f.want(issuer.Opaque(), nil)
		}
	})
}

// TestTooManyQuestionsWaitNotLong has a slow provider.
func TestTooManyQuestionsWaitNotLong(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		f.want(issuer.Token(), nil)
		issuer.Break(issuer.Slow(3 * time.Second))
		var wg sync.WaitGroup
		var accepted, unavailable int
		var mu sync.Mutex
		for range 100 {
			token := issuer.Opaque()
			wg.Go(func() {
				err := f.verify(token)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					accepted++
				} else if errors.Is(err, problem.AuthUnavailable) {
					unavailable++
				}
			})
		}
		if d := took(wg.Wait); d != 3*time.Second || accepted != 64 || unavailable != 36 {
			t.Errorf("%d accepted and %d unavailable after %s", accepted, unavailable, d)
		}
	})
}

// TestOddTokensDoNotPauseTheOthers has a provider that rejects questions about some tokens with 400.
func TestOddTokensDoNotPauseTheOthers(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		issuer.Break(issuer.On("/introspect", authtest.Status(400)))
		for n := range 20 {
			f.wantUnavailable(fmt.Sprint("odd-", n))
		}
		issuer.Break(nil)
		f.want(issuer.Opaque(), nil)
	})
}
