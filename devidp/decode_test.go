package devidp_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
)

// object decodes a JSON object.
func object(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return m
}

// decode checks the token's signature with the key that the provider serves, and returns its header
// and claims.
func (p *provider) decode(token string) (header, claims map[string]any) {
	p.t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		p.t.Fatalf("token %q has %d parts", token, len(parts))
	}
	raw := make([][]byte, 3)
	for i, part := range parts {
		data, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			p.t.Fatal(err)
		}
		raw[i] = data
	}
	header, claims = object(p.t, raw[0]), object(p.t, raw[1])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(p.key(header["kid"]), crypto.SHA256, digest[:], raw[2]); err != nil {
		p.t.Fatalf("signature: %v", err)
	}
	return header, claims
}

// key fetches the JWKS and returns its key with the kid.
func (p *provider) key(kid any) *rsa.PublicKey {
	p.t.Helper()
	var set struct {
		Keys []struct{ Kty, Kid, Use, Alg, N, E string }
	}
	if err := json.Unmarshal([]byte(p.get("/jwks").body), &set); err != nil {
		p.t.Fatal(err)
	}
	for _, k := range set.Keys {
		if k.Kid == kid && k.Kty == "RSA" && k.Use == "sig" && k.Alg == "RS256" {
			n, err1 := base64.RawURLEncoding.DecodeString(k.N)
			e, err2 := base64.RawURLEncoding.DecodeString(k.E)
			if err1 != nil || err2 != nil {
				p.t.Fatal(err1, err2)
			}
			return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		}
	}
	p.t.Fatalf("no key %v in %v", kid, set)
	return nil
}
