package oracle

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"github.com/go-jose/go-jose/v4"
)

// unusedKey is a key that signs nothing.
var unusedKey = &authtest.Key{ID: "unused", Algorithm: "EdDSA", Private: ed25519Key("unused")}

// signers returns the keys of the fuzzed issuer, the last of which it does not publish. They are the
// same in every run, so that the corpus stays valid: they are derived from words, and the RSA keys are
// those of the vectors.
func signers(t testing.TB) []*authtest.Key {
	t.Helper()
	return []*authtest.Key{
		{ID: "es256", Algorithm: "ES256", Private: p256Key(t, "es256")},
		{ID: "rs256", Algorithm: "RS256", Private: vectorKey(t, "RS256_2048")},
		{ID: "ps256", Algorithm: "PS256", Private: vectorKey(t, "PS384_2048")},
		{ID: "eddsa", Algorithm: "EdDSA", Private: ed25519Key("eddsa")},
		{ID: "es256", Algorithm: "ES256", Private: p256Key(t, "another key with the same kid")},
	}
}

func p256Key(t testing.TB, word string) crypto.Signer {
	t.Helper()
	scalar := sha256.Sum256([]byte(word))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ed25519Key(word string) crypto.Signer {
	seed := sha256.Sum256([]byte(word))
	return ed25519.NewKeyFromSeed(seed[:])
}

// vectorKey returns the private key of that kid among the vectors.
func vectorKey(t testing.TB, id string) crypto.Signer {
	t.Helper()
	for _, g := range load(t, "json_web_signature_test.json", 401).Groups {
		var jwk jose.JSONWebKey
		if jwk.UnmarshalJSON(g.Private) == nil && jwk.KeyID == id {
			return jwk.Key.(crypto.Signer)
		}
	}
	t.Fatalf("the vectors have no key %q", id)
	return nil
}

// jwks returns keys as the members of a JWK set.
func jwks(t testing.TB, keys ...*authtest.Key) []json.RawMessage {
	t.Helper()
	var members []json.RawMessage
	for _, k := range keys {
		text, err := json.Marshal(k.JWK())
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, text)
	}
	return members
}
