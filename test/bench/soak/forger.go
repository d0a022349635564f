package soak

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"strings"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// Forgers, and how they behave.
const (
	forgers   = 8
	respite   = 4 * time.Millisecond   // between two tokens of one forger
	attention = 500 * time.Millisecond // for one token
)

// A forgery makes a token that must be refused. The key is the forger's own.
type forgery struct {
	name string
	make func(i *authtest.Issuer, key *authtest.Key) string
}

var forgeries = [...]forgery{
	{"a random kid", func(i *authtest.Issuer, key *authtest.Key) string {
		return key.Sign(accessToken("kid", rand.Text()), i.Claims())
	}},
	{"a known kid and another's signature", func(i *authtest.Issuer, key *authtest.Key) string {
		return key.Sign(accessToken("kid", i.Key().ID), i.Claims())
	}},
	{"alg none", func(i *authtest.Issuer, key *authtest.Key) string {
		return key.Sign(accessToken("alg", "none"), i.Claims())
	}},
	{"alg HS256 and the public key as its secret", func(i *authtest.Issuer, key *authtest.Key) string {
		public, _ := x509.MarshalPKIXPublicKey(i.Key().Private.Public())
		signed, _ := cutSignature(i.Sign(accessToken("alg", "HS256"), i.Claims()))
		mac := hmac.New(sha256.New, public)
		mac.Write([]byte(signed))
		return signed + "." + authtest.Encode(string(mac.Sum(nil)))
	}},
	{"other claims under a genuine signature", func(i *authtest.Issuer, _ *authtest.Key) string {
		_, signature := cutSignature(i.Token())
		signed, _ := cutSignature(i.Token(authtest.Claims{"roles": []string{"admin"}}))
		return signed + "." + signature
	}},
	{"another text of a genuine signature", func(i *authtest.Issuer, _ *authtest.Key) string {
		return i.Token() + "="
	}},
	{"an expired token", func(i *authtest.Issuer, _ *authtest.Key) string {
		return i.Token(authtest.Claims{"exp": time.Now().Add(-time.Second).Unix()})
	}},
	{"a token for another audience", func(i *authtest.Issuer, _ *authtest.Key) string {
		return i.Token(authtest.Claims{"aud": "https://other.example.com"})
	}},
	{"a token of another issuer", func(i *authtest.Issuer, _ *authtest.Key) string {
		return i.Token(authtest.Claims{"iss": "https://other.example.com"})
	}},
	{"an ID token", func(i *authtest.Issuer, _ *authtest.Key) string {
		return i.IDToken(authtest.Claims{"aud": audience})
	}},
}

// cutSignature returns a token's signature and what is before its dot.
func cutSignature(token string) (signed, signature string) {
	last := strings.LastIndexByte(token, '.')
	return token[:last], token[last+1:]
}

// accessToken returns the header of an access token with one member changed.
func accessToken(name, value string) map[string]any {
	return map[string]any{"typ": "at+jwt", name: value}
}

// forge sends forged tokens of every kind until ctx is done, beginning with the k-th.
func (s *soak) forge(ctx context.Context, k int) {
	key := authtest.NewKey("ES256")
	for ; sleep(ctx, respite); k++ {
		f := forgeries[k%len(forgeries)]
		s.try(f.name, f.make(s.issuer, key))
	}
}

// try expects that the verifier refuses a token, twice: it may remember the first time.
func (s *soak) try(name, token string) {
	ctx, cancel := context.WithTimeout(context.Background(), attention)
	defer cancel()
	for range 2 {
		s.forged.Add(1)
		if s.authenticate(ctx, token) == nil {
			s.accepted.Add(1)
			s.complain("Accepted: %s.", name)
		}
	}
}
