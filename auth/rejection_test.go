package auth_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// TestRejectedClaims has the rules that no other test of this package fails without.
func TestRejectedClaims(t *testing.T) {
	now := time.Now()
	issuer := authtest.New("https://rejection.example.com", "https://api.example.com")
	for _, test := range []struct {
		name   string
		claims authtest.Claims
		want   error
	}{
		{"at_hash of an ID token", authtest.Claims{"at_hash": "x"}, problem.TokenTypeWrong},
		{"c_hash of an ID token", authtest.Claims{"c_hash": "x"}, problem.TokenTypeWrong},
		{"s_hash of an ID token", authtest.Claims{"s_hash": "x"}, problem.TokenTypeWrong},
		{"token_use of an ID token", authtest.Claims{"token_use": "id"}, problem.TokenTypeWrong},
		{"typ of an ID token", authtest.Claims{"typ": "ID"}, problem.TokenTypeWrong},
		{"typ of a refresh token", authtest.Claims{"typ": "Refresh"}, problem.TokenTypeWrong},
		{"typ of an offline token", authtest.Claims{"typ": "Offline"}, problem.TokenTypeWrong},
		{"typ of a logout token", authtest.Claims{"typ": "Logout"}, problem.TokenTypeWrong},
		{"no exp", authtest.Claims{"exp": nil}, problem.ClaimMissing},
		{"a negative exp", authtest.Claims{"exp": -1}, problem.ClaimInvalid},
		{"exp after the year 9999", authtest.Claims{"exp": 253402300800}, problem.ClaimInvalid},
		{"nbf within the leeway", authtest.Claims{"nbf": now.Add(20 * time.Second).Unix()}, nil},
		{"nbf after the leeway", authtest.Claims{"nbf": now.Add(time.Minute).Unix()}, problem.TokenNotYetValid},
		{"sub with U+0000", authtest.Claims{"sub": "a\x00b"}, problem.ClaimInvalid},
	} {
		t.Run(test.name, func(t *testing.T) { verifyWant(t, issuer, issuer.Token(test.claims), test.want) })
	}
}

func TestAddressesOfKeysAreRejected(t *testing.T) {
	issuer := authtest.New("https://rejection.example.com", "https://api.example.com")
	for _, name := range []string{"jku", "x5u"} {
		t.Run(name, func(t *testing.T) {
			header := map[string]any{"typ": "at+jwt", name: issuer.URL + "/jwks"}
			verifyWant(t, issuer, issuer.Sign(header, issuer.Claims()), problem.TokenMalformed)
		})
	}
}

// TestThePSSSaltIsAsLongAsTheHash signs with other lengths (RFC 7518, section 3.5).
func TestThePSSSaltIsAsLongAsTheHash(t *testing.T) {
	issuer := authtest.New("https://rejection.example.com", "https://api.example.com")
	key := authtest.NewKey("PS256")
	issuer.Swap(key)
	token := issuer.Token()
	signed := token[:strings.LastIndexByte(token, '.')]
	digest := sha256.Sum256([]byte(signed))
	for length, want := range map[int]error{0: problem.SignatureInvalid, sha256.Size: nil, sha256.Size + 1: problem.SignatureInvalid} {
		signature, err := rsa.SignPSS(rand.Reader, key.Private.(*rsa.PrivateKey), crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: length})
		if err != nil {
			t.Fatal(err)
		}
		verifyWant(t, issuer, signed+"."+authtest.Encode(string(signature)), want)
	}
}

// verifyWant verifies a token of the issuer with a leeway of 30 seconds.
func verifyWant(t *testing.T, issuer *authtest.Issuer, token string, want error) {
	t.Helper()
	verifier, err := auth.Connect(t.Context(), auth.Config{
		Issuer: issuer.URL, Audience: []string{issuer.Audience}, Leeway: 30 * time.Second, Transport: issuer,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(t.Context(), auth.AccessToken(token)); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
