// The race detector makes sync.Pool drop entries, which costs allocations.

//go:build !race

package auth_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// BenchmarkProfiles compares profiles with the signature check alone.
func BenchmarkProfiles(b *testing.B) {
	issuer := authtest.New(issuerURL, audience)
	issuer.Swap(newKey("RS256"))
	token := auth.AccessToken(issuer.Token(authtest.Claims{
		"sub": "248289761001-4f5c-9be1-7d3a", "scope": "openid profile email items:read items:write", "typ": "Bearer", "sid": "a8a4c7c0", "session_id": "s",
		"roles": []string{"administrator", "editor"}, "realm_access": map[string]any{"roles": []string{"a", "b", "c"}},
		"resource_access": map[string]any{"account": map[string]any{"roles": []string{"manage-account"}}}, "token_use": "access", "exp": time.Now().Add(time.Hour).Unix(),
	}))
	for _, name := range auth.Profiles() {
		p, _ := auth.ProfileByName(name)
		v, err := auth.Connect(b.Context(), auth.Config{Issuer: issuerURL, Audience: []string{audience}, Profile: p, Transport: issuer, CacheSize: -1})
		if err != nil {
			continue
		}
		if _, err := v.Verify(b.Context(), token); err != nil {
			continue // the profile does not know this token
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v.Verify(b.Context(), token)
			}
		})
	}
	b.Run("raw", func(b *testing.B) {
		for b.Loop() {
			v, _ := rawVerify(issuer, string(token))
			if !v {
				b.Fatal("invalid")
			}
		}
	})
}

// rawVerify checks the signature of an RS256 token and nothing else.
func rawVerify(issuer *authtest.Issuer, token string) (bool, error) {
	dot := strings.LastIndexByte(token, '.')
	sum := sha256.Sum256([]byte(token[:dot]))
	signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	return err == nil && rsa.VerifyPKCS1v15(issuer.Key().Private.Public().(*rsa.PublicKey), crypto.SHA256, sum[:], signature) == nil, err
}

// TestVerificationAllocatesLittle has a token of the usual size, of which about half the allocations are those of
// crypto/rsa.
func TestVerificationAllocatesLittle(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	issuer.Swap(newKey("RS256"))
	token := auth.AccessToken(issuer.Token(authtest.Claims{
		"sub": "248289761001-4f5c-9be1-7d3a", "scope": "openid profile email items:read items:write",
		"roles": []string{"administrator", "editor", "auditor"}, "exp": time.Now().Add(time.Hour).Unix(),
	}))
	for _, test := range []struct {
		name  string
		cache int64 // bytes
		most  float64
	}{
		{"without a cache", -1, 21},
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
