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

// How attackers send forged tokens.
const (
	attackers        = 8
	attackerInterval = 4 * time.Millisecond
	attackerTimeout  = 500 * time.Millisecond // of one request
)

// A forgery makes a token that must be rejected. The key is the attacker's.
type forgery struct {
	name string
	make func(i *authtest.Issuer, key *authtest.Key) string
}

var forgeries = [...]forgery{
	{"a random kid", func(i *authtest.Issuer, key *authtest.Key) string {
		return key.Sign(accessToken("kid", rand.Text()), i.Claims())
	}},
	{"a known kid and a signature of another key", func(i *authtest.Issuer, key *authtest.Key) string {
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
	{"other claims with a valid signature", func(i *authtest.Issuer, _ *authtest.Key) string {
		_, signature := cutSignature(i.Token())
		signed, _ := cutSignature(i.Token(authtest.Claims{"roles": []string{"admin"}}))
		return signed + "." + signature
	}},
	{"another text of a valid signature", func(i *authtest.Issuer, _ *authtest.Key) string {
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

// cutSignature splits a token at the dot before its signature.
func cutSignature(token string) (signed, signature string) {
	last := strings.LastIndexByte(token, '.')
	return token[:last], token[last+1:]
}

// accessToken returns the header of an access token with one member changed.
func accessToken(name, value string) map[string]any {
	return map[string]any{"typ": "at+jwt", name: value}
}

// attack sends forged tokens of every kind until ctx is done, beginning with the k-th.
func (s *soak) attack(ctx context.Context, k int) {
	key := authtest.NewKey("ES256")
	for ; sleep(ctx, attackerInterval); k++ {
		f := forgeries[k%len(forgeries)]
		s.sendForged(f.name, f.make(s.issuer, key))
	}
}

// sendForged sends a token that must be rejected, twice: a cache must not change that.
func (s *soak) sendForged(name, token string) {
	ctx, cancel := context.WithTimeout(context.Background(), attackerTimeout)
	defer cancel()
	for range 2 {
		s.forged.Add(1)
		if s.authenticate(ctx, token) == nil {
			s.accepted.Add(1)
			s.report("Accepted: %s.", name)
		}
	}
}
