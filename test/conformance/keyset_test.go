package conformance

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"github.com/go-jose/go-jose/v4"
)

// serving makes the issuer sign with a key and publish these members, which may be invalid.
func serving(key *authtest.Key, members ...any) apitest.Option {
	return apitest.Issuer(func(i *authtest.Issuer) {
		i.Swap(key)
		i.Break(i.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
			json.NewEncoder(w).Encode(map[string]any{"keys": members})
		}))
	})
}

// changedJWK returns how a key is published, with changed members; nil leaves one out.
func changedJWK(k *authtest.Key, changes map[string]any) map[string]any {
	jwk := k.JWK()
	maps.Copy(jwk, changes)
	maps.DeleteFunc(jwk, func(_ string, v any) bool { return v == nil })
	return jwk
}

// signedWith returns a request with a token signed with a key.
func (a *testAPI) signedWith(k *authtest.Key, changes header) request {
	return me(k.Sign(changedHeader(changes), a.Issuer.Claims()))
}

// as returns a key that signs with another algorithm.
func as(k *authtest.Key, algorithm string) *authtest.Key {
	return &authtest.Key{ID: k.ID, Algorithm: algorithm, Private: k.Private}
}

// A keySet collects keys and how they are published.
type keySet struct{ members []any }

// add publishes a new key with changed members.
func (s *keySet) add(algorithm string, changes map[string]any) *authtest.Key {
	k := as(newKey(algorithm), algorithm)
	k.ID = authtest.NewKey("ES256").ID
	s.members = append(s.members, changedJWK(k, changes))
	return k
}

// addMember publishes a member under a kid, and returns a key of that kid that signs as signer does.
func (s *keySet) addMember(id string, signer *authtest.Key, member any) *authtest.Key {
	s.members = append(s.members, member)
	return &authtest.Key{ID: id, Algorithm: signer.Algorithm, Private: signer.Private}
}

// modulus returns a number of that many bits as the member n of an RSA key.
func modulus(bits uint) map[string]any {
	odd := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits-1), big.NewInt(1))
	return map[string]any{"n": authtest.Encode(string(odd.Bytes()))}
}

// TestUnusableKeysVerifyNothing publishes all keys in one set, so each also proves that the others do
// no harm.
func TestUnusableKeysVerifyNothing(t *testing.T) {
	t.Parallel()
	set, good := &keySet{members: []any{5}}, newKey("ES256")
	set.members = append(set.members, good.JWK(), map[string]any{"kid": "without kty"})
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := &authtest.Key{ID: "weak", Algorithm: "RS256", Private: small}
	set.members = append(set.members, weak.JWK())
	unusable := map[string]*authtest.Key{
		"J12 use: enc":                set.add("ES256", map[string]any{"use": "enc"}),
		"J12 key_ops: sign":           set.add("ES256", map[string]any{"use": nil, "key_ops": []string{"sign"}}),
		"J12 empty key_ops":           set.add("ES256", map[string]any{"use": nil, "key_ops": []string{}}),
		"J13 a missing coordinate":    set.add("ES256", map[string]any{"y": nil}),
		"J13 use is a number":         set.add("ES256", map[string]any{"use": 5}),
		"J13 an unknown kty":          set.addMember("unknown", good, map[string]any{"kty": "XYZ", "kid": "unknown", "alg": "ES256"}),
		"J14 RSA of 1024 bits":        weak,
		"J14 RSA of 2047 bits":        set.add("RS256", modulus(2047)),
		"J14 RSA of 4097 bits":        set.add("RS256", modulus(4097)),
		"J14 RSA of 16384 bits":       set.add("RS256", modulus(16384)),
		"J14 RSA with exponent 1":     set.add("RS256", map[string]any{"e": "AQ"}),
		"J14 RSA with even exponent":  set.add("RS256", map[string]any{"e": "AQAA"}),
		"J14 a point off the curve":   set.add("ES256", map[string]any{"x": authtest.Encode(strings.Repeat("x", 32))}),
		"J14 a private key":           set.addMember("private", good, jose.JSONWebKey{Key: good.Private, KeyID: "private", Algorithm: "ES256", Use: "sig"}),
		"J14 a symmetric key":         set.addMember("oct", good, map[string]any{"kty": "oct", "kid": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256"}),
		"J08 alg of another curve":    set.add("ES256", map[string]any{"alg": "ES384"}),
		"J08 alg for encryption":      set.add("RS256", map[string]any{"alg": "RSA-OAEP"}),
		"J08 alg that does not exist": set.add("ES512", map[string]any{"alg": "ES521"}),
	}
	usable := map[string]*authtest.Key{
		"J12 key_ops: verify":       set.add("ES256", map[string]any{"use": nil, "key_ops": []string{"verify"}}),
		"J12 no use and no key_ops": set.add("ES256", map[string]any{"use": nil}),
		"J13 an invalid x5c":        set.add("ES256", map[string]any{"x5c": []string{"MIIB"}}),
		"J13 an invalid x5t":        set.add("ES256", map[string]any{"x5t": ""}),
		"J13 x5t of another key":    set.add("RS256", map[string]any{"x5t#S256": authtest.Encode(strings.Repeat("x", 32))}),
		"J13 an unknown member":     set.add("ES256", map[string]any{"note": map[string]any{"a": 1}}),
	}
	a := start(t, serving(good, set.members...))
	for name, k := range unusable {
		t.Run(name, func(t *testing.T) { a.want(t, a.signedWith(k, nil), "key-unknown") })
	}
	for name, k := range usable {
		t.Run(name, func(t *testing.T) { a.want(t, a.signedWith(k, nil), "") })
	}
	a.run(t, []row{{"J13 the valid key of the set", me(a.Issuer.Token()), ""}})
	t.Run("J14 unusable keys are logged", func(t *testing.T) {
		if got, want := strings.Count(a.Log.String(), "key not usable"), len(unusable)+2; got < want {
			t.Errorf("got %d records, want %d", got, want)
		}
	})
}

func TestAKeyVerifiesItsOwnAlgorithmAlone(t *testing.T) {
	t.Parallel()
	es256, es384, eddsa := newKey("ES256"), newKey("ES384"), newKey("EdDSA")
	set := &keySet{members: []any{es256.JWK(), es384.JWK(), eddsa.JWK()}}
	rs, ps := set.add("RS256", nil), set.add("PS256", nil)
	anyRSA, anyEC := set.add("RS256", map[string]any{"alg": nil}), set.add("ES256", map[string]any{"alg": nil})
	a := start(t, serving(es256, set.members...))
	a.run(t, []row{
		{"J08 a P-384 key and ES256", a.signedWith(es384, header{"alg": "ES256"}), "algorithm-not-allowed"},
		{"J08 a P-256 key and ES384", a.signedWith(es256, header{"alg": "ES384"}), "algorithm-not-allowed"},
		{"J08 an EC key and RS256", a.signedWith(es256, header{"alg": "RS256"}), "algorithm-not-allowed"},
		{"J08 an EC key and EdDSA", a.signedWith(es256, header{"alg": "EdDSA"}), "algorithm-not-allowed"},
		{"J08 an Ed25519 key and ES256", a.signedWith(eddsa, header{"alg": "ES256"}), "algorithm-not-allowed"},
		{"J08 a key for RS256 and PS256", a.signedWith(as(rs, "PS256"), nil), "algorithm-not-allowed"},
		{"J08 a key for PS256 and RS256", a.signedWith(as(ps, "RS256"), nil), "algorithm-not-allowed"},
		{"J08 a key for RS256 and RS512", a.signedWith(as(rs, "RS512"), nil), "algorithm-not-allowed"},
		{"J08 an RSA key without alg and RS512", a.signedWith(as(anyRSA, "RS512"), nil), ""},
		{"J08 an RSA key without alg and PS256", a.signedWith(as(anyRSA, "PS256"), nil), ""},
		{"J08 a P-256 key without alg and ES256", a.signedWith(anyEC, nil), ""},
		{"J08 an Ed25519 key and Ed25519", a.signedWith(eddsa, header{"alg": "Ed25519"}), ""},
		{"J08 an Ed25519 key and Ed448", a.signedWith(eddsa, header{"alg": "Ed448"}), "algorithm-not-allowed"},
		{"J08 an EC key and Ed25519", a.signedWith(es256, header{"alg": "Ed25519"}), "algorithm-not-allowed"},
		{"J08 a P-256 key without alg and ES384", a.signedWith(anyEC, header{"alg": "ES384"}), "algorithm-not-allowed"},
	})
}

// TestAtMostFourKeysAreTried publishes five keys of one algorithm, and one of another, under one kid.
func TestAtMostFourKeysAreTried(t *testing.T) {
	t.Parallel()
	var members []any
	var same []*authtest.Key
	first, es384 := newKey("ES256"), newKey("ES384")
	for _, algorithm := range []string{"ES256", "ES256", "ES256", "ES256", "ES256", "EdDSA"} {
		k := newKey(algorithm)
		k.ID = "same"
		same, members = append(same, k), append(members, k.JWK())
	}
	a := start(t, serving(first, append([]any{first.JWK(), es384.JWK()}, members...)...))
	a.run(t, []row{
		{"J15 the first of five keys with one kid", a.signedWith(same[0], nil), ""},
		{"J15 the fourth key", a.signedWith(same[3], nil), ""},
		{"J15 the fifth key is not tried", a.signedWith(same[4], nil), "signature-invalid"},
		{"J15 keys for other algorithms do not count", a.signedWith(same[5], nil), ""},
		{"J15 no kid: the first key", a.signedWith(first, header{"kid": nil}), ""},
		{"J15 no kid: the fifth key is not tried", a.signedWith(same[3], header{"kid": nil}), "signature-invalid"},
		{"J15 an empty kid is none", a.signedWith(es384, header{"kid": ""}), ""},
	})
}

func TestAKidMustNameTheKey(t *testing.T) {
	t.Parallel()
	only := newKey("ES256")
	a, unnamed := start(t, serving(only, only.JWK())), start(t, serving(only, changedJWK(only, map[string]any{"kid": nil})))
	a.run(t, []row{
		{"J15 one key, no kid", me(a.withHeader(header{"kid": nil})), ""},
		{"J15 one key, another kid", me(a.withHeader(header{"kid": "x"})), "key-unknown"},
		{"J15 one key, no kid, another algorithm", a.signedWith(newKey("EdDSA"), header{"kid": nil}), "algorithm-not-allowed"},
	})
	unnamed.run(t, []row{
		{"J15 a key without kid, no kid", me(unnamed.withHeader(header{"kid": nil})), ""},
		{"J15 a key without kid, a kid", me(unnamed.withHeader(nil)), "key-unknown"},
	})
}

func TestWithoutAUsableKeyAuthIsUnavailable(t *testing.T) {
	t.Parallel()
	key := newKey("ES256")
	a := start(t, serving(key, changedJWK(key, map[string]any{"use": "enc"})))
	a.run(t, []row{{"J12 only keys for encryption", me(a.Issuer.Token()), "auth-unavailable"}})
}
