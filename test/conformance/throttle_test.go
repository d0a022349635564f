package conformance

import (
	"fmt"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

func TestRepeatedFailuresAreThrottled(t *testing.T) {
	t.Parallel()
	const limit = 5
	fail := func(t *testing.T, a *testAPI, headers ...string) {
		for range limit {
			a.want(t, get("/me", append(headers, bearer("x"))...), "token-malformed")
		}
	}
	a := start(t, apitest.Env("FAILURE_LIMIT="+fmt.Sprint(limit)))
	forger := authtest.NewKey("ES256")
	forger.ID = a.Issuer.Key().ID
	t.Run("C16 genuine tokens are no failures", func(t *testing.T) {
		for range 2 * limit {
			a.want(t, me(a.withClaims(authtest.Claims{"exp": 1})), "token-expired")
		}
	})
	t.Run("C16 failures within the limit get their reason", func(t *testing.T) { fail(t, a) })
	t.Run("C16 more failures get 429 and Retry-After", func(t *testing.T) {
		if got := a.want(t, me("x"), "too-many-failures"); got.header.Get("Retry-After") == "" {
			t.Errorf("got %v", got.header)
		}
	})
	a.run(t, []row{
		{"C16 another kind of failure counts too", me(a.withHeader(header{"alg": "none"})), "too-many-failures"},
		{"C16 a header does not change the address", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.1", "X-Real-IP: 192.0.2.1"), "too-many-failures"},
		{"C16 a valid token of the same address passes", me(a.Issuer.Token()), ""},
		{"C16 an expired one gets its reason", me(a.withClaims(authtest.Claims{"exp": 1})), "token-expired"},
		{"C16 a genuine ID token gets its reason", me(a.Issuer.IDToken()), "token-type-wrong"},
		{"C16 a genuine one without audience gets its reason", me(a.withClaims(authtest.Claims{"aud": nil})), "audience-wrong"},
		{"C16 a forged one does not", a.signedWith(forger, nil), "too-many-failures"},
		{"C16 a missing scope is still 403", get("/items", bearer(a.Issuer.Token())), "scope-insufficient read"},
		{"C16 an anonymous caller is still challenged", get("/me"), "credentials-missing"},
		{"C16 public routes respond", get("/healthz"), ""},
	})
	proxied := start(t, apitest.Env("FAILURE_LIMIT="+fmt.Sprint(limit)), apitest.Env("TRUSTED_PROXIES=127.0.0.1"))
	fail(t, proxied, "X-Forwarded-For: 192.0.2.1")
	proxied.run(t, []row{
		{"C16 behind a proxy the caller's address counts", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.1"), "too-many-failures"},
		{"C16 behind a proxy the last address counts", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.3, 192.0.2.1"), "too-many-failures"},
		{"C16 another address behind the proxy", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.2"), "token-malformed"},
	})
	proxied.run(t, []row{
		{"C16 one network of many", get("/me", bearer("x"), "X-Forwarded-For: 2001:db8:2::1"), "token-malformed"},
	})
	t.Run("C16 many networks of a site are one client", func(t *testing.T) {
		for n := range 8 * limit {
			proxied.want(t, get("/me", bearer("x"), fmt.Sprintf("X-Forwarded-For: 2001:db8:1:%x::1", n)), "token-malformed")
		}
		proxied.want(t, get("/me", bearer("x"), "X-Forwarded-For: 2001:db8:1:ffff::1"), "too-many-failures")
		proxied.want(t, get("/me", bearer("x"), "X-Forwarded-For: 2001:db8:2::1"), "token-malformed")
	})
	down := start(t, apitest.Env("FAILURE_LIMIT="+"1"), apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
	t.Run("C16 an outage is not a failure of the caller", func(t *testing.T) {
		for range 3 {
			down.want(t, me(down.Issuer.Token()), "auth-unavailable")
		}
	})
}
