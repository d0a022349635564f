package auth

import (
	"crypto"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

// testNumbers is the one RSA key of the tests, because generating it is slow.
var testNumbers = sync.OnceValue(func() crypto.Signer { return authtest.NewKey("RS256").Private })

// testRSA returns that key for an algorithm.
func testRSA(algorithm string) *authtest.Key {
	return &authtest.Key{ID: "rsa", Algorithm: algorithm, Private: testNumbers()}
}

// testKey returns a key for an algorithm.
func testKey(algorithm string) *authtest.Key {
	if strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS") {
		return testRSA(algorithm)
	}
	return authtest.NewKey(algorithm)
}

func TestAlgorithmsVerifyOnlyTheirOwnSignatures(t *testing.T) {
	const text = "header.payload"
	for _, signer := range Algorithms() {
		k := testKey(signer)
		public := k.Private.Public()
		signature := k.Signature(text)
		for _, verifier := range Algorithms() {
			t.Run(signer+" by "+verifier, func(t *testing.T) {
				if got, want := verifies(public, verifier, text, signature), fullName(signer) == fullName(verifier); got != want {
					t.Errorf("got %v", got)
				}
			})
		}
		t.Run(signer+" of another text", func(t *testing.T) {
			if verifies(public, signer, text+"x", signature) {
				t.Error("it is accepted")
			}
		})
		t.Run(signer+" changed, truncated and extended", func(t *testing.T) {
			for _, s := range changedSignatures(signature) {
				if verifies(public, signer, text, s) {
					t.Errorf("%x is accepted", s)
				}
			}
		})
	}
}

// fullName returns the name that says everything about an algorithm (RFC 9864, section 2): EdDSA is Ed25519 here.
func fullName(algorithm string) string {
	if algorithm == "EdDSA" {
		return "Ed25519"
	}
	return algorithm
}

// verifies uses a key that is not limited to one algorithm.
func verifies(public crypto.PublicKey, algorithm, text string, signature []byte) bool {
	return (&key{public: public}).verify(algorithmByName(algorithm), []byte(text), signature)
}

func changedSignatures(s []byte) [][]byte {
	first, last := slices.Clone(s), slices.Clone(s)
	first[0] ^= 1
	last[len(last)-1] ^= 1
	zeros, half := make([]byte, len(s)), len(s)/2
	middle := slices.Concat(s[:half], []byte{0}, s[half:])
	return [][]byte{nil, {}, {0}, first, last, middle, zeros, s[1:], s[:len(s)-1], append(slices.Clone(s), 0), append([]byte{0}, s...), append(slices.Clone(s), s...)}
}

func TestAlgorithmNamesAreExact(t *testing.T) {
	for _, name := range []string{"", "none", "HS256", "es256", "ES256 ", "ES256K", "Ed448", "ed25519", "EDDSA"} {
		if algorithmByName(name) != nil {
			t.Errorf("%q is an algorithm", name)
		}
	}
	want := "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519"
	if got := strings.Join(Algorithms(), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
