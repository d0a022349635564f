package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"github.com/go-jose/go-jose/v4"
)

// published returns how a key stands in a set, with changes: nil leaves a member out.
func publishedWith(k *authtest.Key, changes map[string]any) string {
	members := k.JWK()
	maps.Copy(members, changes)
	maps.DeleteFunc(members, func(_ string, v any) bool { return v == nil })
	return mustMarshal(members)
}

func mustMarshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// certificate returns a certificate of a key as x5c has it.
func certificate(k *authtest.Key) []string {
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Private.Public(), k.Private)
	if err != nil {
		panic(err)
	}
	return []string{base64.StdEncoding.EncodeToString(der)}
}

// modulus returns an odd number of that many bits as a JWK has it.
func modulus(bits uint) string {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return authtest.Encode(string(n.Add(n, big.NewInt(1)).Bytes()))
}

// factored returns a modulus like those of [generatedByROCA]: 1, a power of 65537, modulo each of the primes.
func factored(bits int) string {
	n := big.NewInt(2)
	for prime := range rocaOrders {
		n.Mul(n, big.NewInt(prime))
	}
	n.Lsh(n, uint(bits-n.BitLen()))
	return authtest.Encode(string(n.Add(n, big.NewInt(1)).Bytes()))
}

func TestKeysVerifyTheirAlgorithms(t *testing.T) {
	es256, es384, es512, ed := authtest.NewKey("ES256"), authtest.NewKey("ES384"), authtest.NewKey("ES512"), authtest.NewKey("EdDSA")
	rs := testRSA("RS256")
	with := func(name string, value any) map[string]any { return map[string]any{name: value} }
	for _, test := range []struct {
		name, key  string
		algorithms string // empty when the key cannot be used
	}{
		{"P-256", publishedWith(es256, nil), "ES256"},
		{"P-384", publishedWith(es384, nil), "ES384"},
		{"P-521", publishedWith(es512, nil), "ES512"},
		{"Ed25519", publishedWith(ed, nil), "EdDSA Ed25519"},
		{"Ed25519 by its own name", publishedWith(ed, with("alg", "Ed25519")), "EdDSA Ed25519"},
		{"Ed25519 without alg", publishedWith(ed, with("alg", nil)), "EdDSA Ed25519"},
		{"Ed25519 with an alg of another curve", publishedWith(ed, with("alg", "Ed448")), ""},
		{"RSA for one algorithm", publishedWith(rs, nil), "RS256"},
		{"RSA for another", publishedWith(rs, with("alg", "PS512")), "PS512"},
		{"RSA for any", publishedWith(rs, with("alg", nil)), "RS256 RS384 RS512 PS256 PS384 PS512"},
		{"P-256 without alg", publishedWith(es256, with("alg", nil)), "ES256"},
		{"without use", publishedWith(es256, with("use", nil)), "ES256"},
		{"with a use that is empty", publishedWith(es256, with("use", "")), "ES256"},
		{"with key_ops to verify", publishedWith(es256, with("key_ops", []string{"sign", "verify"})), "ES256"},
		{"with unknown members", publishedWith(es256, with("x-note", []int{1})), "ES256"},
		{"without kid", publishedWith(es256, with("kid", nil)), "ES256"},
		{"RSA of 2048 bits", publishedWith(rs, with("n", modulus(2048))), "RS256"},
		{"RSA of 4096 bits", publishedWith(rs, with("n", modulus(4096))), "RS256"},
		{"RSA with exponent 3", publishedWith(rs, with("e", "Aw")), "RS256"},
		{"for encryption", publishedWith(es256, with("use", "enc")), ""},
		{"for SIG, which is not sig", publishedWith(es256, with("use", "SIG")), ""},
		{"with key_ops to sign", publishedWith(es256, with("key_ops", []string{"sign"})), ""},
		{"with no key_ops", publishedWith(es256, with("key_ops", []string{})), ""},
		{"for encryption, and to verify", publishedWith(es256, map[string]any{"use": "enc", "key_ops": []string{"verify"}}), ""},
		{"with an alg of another curve", publishedWith(es256, with("alg", "ES384")), ""},
		{"with an alg of another type", publishedWith(es256, with("alg", "RS256")), ""},
		{"with an alg that is symmetric", publishedWith(rs, with("alg", "HS256")), ""},
		{"with an alg for encryption", publishedWith(rs, with("alg", "RSA-OAEP")), ""},
		{"with an alg that does not exist", publishedWith(es512, with("alg", "ES521")), ""},
		{"with an alg in lower case", publishedWith(es256, with("alg", "es256")), ""},
		{"with an alg of none", publishedWith(es256, with("alg", "none")), ""},
		{"with an alg that is no text", publishedWith(es256, with("alg", 5)), ""},
		{"with a kid that is no text", publishedWith(es256, with("kid", 5)), ""},
		{"with a kid that is not printable", publishedWith(es256, with("kid", "a\n")), ""},
		{"with a kid that is very long", publishedWith(es256, with("kid", strings.Repeat("k", maxKeyID+1))), ""},
		{"with a use that is no text", publishedWith(es256, with("use", []string{"sig"})), ""},
		{"with key_ops that are no list", publishedWith(es256, with("key_ops", "verify")), ""},
		{"RSA of 1024 bits", publishedWith(rs, with("n", modulus(1024))), ""},
		{"RSA of 2047 bits", publishedWith(rs, with("n", modulus(2047))), ""},
		{"RSA of 4097 bits", publishedWith(rs, with("n", modulus(4097))), ""},
		{"RSA of 16384 bits", publishedWith(rs, with("n", modulus(16384))), ""},
		{"RSA with exponent 1", publishedWith(rs, with("e", "AQ")), ""},
		{"RSA with exponent 2", publishedWith(rs, with("e", "Ag")), ""},
		{"RSA with exponent 65536", publishedWith(rs, with("e", "AQAA")), ""},
		{"RSA with an exponent beyond 31 bits", publishedWith(rs, with("e", "AQAAAAE")), ""},
		{"RSA with an even modulus", publishedWith(rs, with("n", authtest.Encode(string(new(big.Int).Lsh(big.NewInt(1), 2047).Bytes())))), ""},
		{"RSA with a modulus of ROCA", publishedWith(rs, with("n", factored(2048))), ""},
		{"RSA without a modulus", publishedWith(rs, with("n", nil)), ""},
		{"a point that is not on the curve", publishedWith(es256, with("x", authtest.Encode(strings.Repeat("x", 32)))), ""},
		{"the point of another curve", publishedWith(es256, with("crv", "P-384")), ""},
		{"a curve that is not supported", publishedWith(es256, with("crv", "secp256k1")), ""},
		{"a point without y", publishedWith(es256, with("y", nil)), ""},
		{"an Edwards point that is short", publishedWith(ed, with("x", "AAAA")), ""},
		{"a key for X25519", publishedWith(ed, with("crv", "X25519")), ""},
		{"an unknown type", `{"kty":"XYZ","kid":"x"}`, ""},
		{"no type", `{"kid":"x"}`, ""},
		{"a symmetric key", `{"kty":"oct","kid":"x","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}`, ""},
		{"a private key", mustMarshal(jose.JSONWebKey{Key: es256.Private, KeyID: "x"}), ""},
		{"a private RSA key", mustMarshal(jose.JSONWebKey{Key: rs.Private, KeyID: "x"}), ""},
		{"a private Edwards key", mustMarshal(jose.JSONWebKey{Key: ed.Private, KeyID: "x"}), ""},
		{"with its certificate", publishedWith(es256, with("x5c", certificate(es256))), "ES256"},
		{"RSA with its certificate", publishedWith(rs, with("x5c", certificate(rs))), "RS256"},
		{"with the certificate of another key", publishedWith(es256, with("x5c", certificate(authtest.NewKey("ES256")))), "ES256"},
		{"a certificate that is none", publishedWith(es256, with("x5c", []string{"MIIB"})), "ES256"},
		{"no list of certificates", publishedWith(es256, with("x5c", "")), "ES256"},
		{"a thumbprint that is none", publishedWith(es256, with("x5t", "AAAA")), "ES256"},
		{"a thumbprint that is no text", publishedWith(es256, with("x5t#S256", 5)), "ES256"},
		{"an address of certificates that is none", publishedWith(es256, with("x5u", "://")), "ES256"},
		{"nothing but a certificate", mustMarshal(map[string]any{"kty": "EC", "x5c": certificate(es256)}), ""},
		{"a number", "5", ""},
		{"null", "null", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			good := publishedWith(authtest.NewKey("ES256"), nil)
			set, unusable, err := parseKeySet([]byte(`{"keys":[` + test.key + `,` + good + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(set) == 2 {
				got = strings.Join(set[0].algorithms, " ")
			}
			if got != test.algorithms || unusable.count != 2-len(set) {
				t.Errorf("got %q and %v, want %q", got, unusable, test.algorithms)
			}
		})
	}
}

// TestRSAKeysAreCheckedHere has keys that go-jose does not read.
func TestRSAKeysAreCheckedHere(t *testing.T) {
	odd := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return n.Add(n, big.NewInt(1))
	}
	for _, test := range []struct {
		name string
		key  rsa.PublicKey
		good bool
	}{
		{"the smallest", rsa.PublicKey{N: odd(minRSA), E: 65537}, true},
		{"the largest", rsa.PublicKey{N: odd(maxRSA), E: 65537}, true},
		{"the smallest exponent", rsa.PublicKey{N: odd(minRSA), E: 3}, true},
		{"the largest exponent", rsa.PublicKey{N: odd(minRSA), E: maxExponent}, true},
		{"one bit too few", rsa.PublicKey{N: odd(minRSA - 1), E: 65537}, false},
		{"one bit too many", rsa.PublicKey{N: odd(maxRSA + 1), E: 65537}, false},
		{"no exponent", rsa.PublicKey{N: odd(minRSA)}, false},
		{"exponent 1, which signs nothing", rsa.PublicKey{N: odd(minRSA), E: 1}, false},
		{"exponent 2", rsa.PublicKey{N: odd(minRSA), E: 2}, false},
		{"an exponent below zero", rsa.PublicKey{N: odd(minRSA), E: -3}, false},
		{"an exponent that is too large", rsa.PublicKey{N: odd(minRSA), E: maxExponent + 2}, false},
		{"an even exponent", rsa.PublicKey{N: odd(minRSA), E: 65536}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := checkRSA(&test.key); (err == nil) != test.good {
				t.Errorf("got %v", err)
			}
		})
	}
}
