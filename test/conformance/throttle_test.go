package conformance

import (
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/config"
)

// TestThrottle is C16: an address that fails again and again is slowed down, and nobody
// else (OWASP API2:2023).
func TestThrottle(t *testing.T) {
	t.Parallel()
	const limit = 5
	fail := func(t *testing.T, r *rig, headers ...string) {
		for range limit {
			r.want(t, get("/me", append(headers, bearer("x"))...), "token-malformed")
		}
	}
	r := newRig(t, func(_ *rig, _ *auth.Config, c *config.Config) { c.FailureLimit = limit })
	t.Run("C16 some failures are told their reason", func(t *testing.T) { fail(t, r) })
	t.Run("C16 more are told to wait, and not to authenticate", func(t *testing.T) {
		got := r.want(t, me("x"), "too-many-failures")
		if got.header.Get("Retry-After") == "" {
			t.Errorf("got %v", got.header)
		}
	})
	r.run(t, []row{
		{"C16 whatever fails", me(r.issuer.IDToken()), "too-many-failures"},
		{"C16 a header does not change the address", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.1", "X-Real-IP: 192.0.2.1"), "too-many-failures"},
		{"C16 a valid token of the same address is let in", me(r.issuer.Token()), ""},
		{"C16 a valid token without the scope is told so", get("/items", bearer(r.issuer.Token())), "scope-insufficient read"},
		{"C16 a stranger is told to authenticate", get("/me"), "credentials-missing"},
		{"C16 public routes answer", get("/healthz"), ""},
	})
	behind := newRig(t, func(_ *rig, _ *auth.Config, c *config.Config) {
		c.FailureLimit, c.TrustedProxies = limit, []string{"127.0.0.1"}
	})
	fail(t, behind, "X-Forwarded-For: 192.0.2.1")
	behind.run(t, []row{
		{"C16 behind a proxy the caller's address counts", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.1"), "too-many-failures"},
		{"C16 behind a proxy the last address counts", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.3, 192.0.2.1"), "too-many-failures"},
		{"C16 another address is told its reason", get("/me", bearer("x"), "X-Forwarded-For: 192.0.2.2"), "token-malformed"},
	})
}
