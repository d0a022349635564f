// The race detector makes sync.Pool drop entries, which costs allocations.

//go:build !race

package auth_test

import (
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// TestVerificationAllocatesLittle has a token of the usual size, of which about half the allocations are those of
// crypto/rsa.
func TestVerificationAllocatesLittle(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	issuer.Swap(newKey("RS256"))
	token := auth.Token(issuer.Token(authtest.Claims{
		"sub": "248289761001-4f5c-9be1-7d3a", "scope": "openid profile email items:read items:write",
		"roles": []string{"administrator", "editor", "auditor"}, "exp": time.Now().Add(time.Hour).Unix(),
	}))
	for _, test := range []struct {
		name  string
		cache int64 // bytes
		most  float64
	}{
		{"without a cache", -1, 24},
		{"from the cache", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := connect(t, issuer, func(c *auth.Config) { c.CacheSize = test.cache })
			f.want(string(token), nil)
			got := testing.AllocsPerRun(100, func() { f.verifier.Verify(t.Context(), token) })
			if got > test.most {
				t.Errorf("got %v allocations, want at most %v", got, test.most)
			}
		})
	}
}
