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

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"github.com/go-jose/go-jose/v4"
)

// serving makes the issuer sign with a key and publish a set that it would not make on its own.
func serving(key *authtest.Key, members ...any) setup {
	return func(r *rig, _ *auth.Config, _ *config.Config) {
		r.issuer.Swap(key)
		r.issuer.Break(r.issuer.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
			json.NewEncoder(w).Encode(map[string]any{"keys": append([]any{5, key.JWK()}, members...)})
		}))
	}
}

// spoiltKey returns a key and how it is published: with changed members, of which nil is left out.
func spoiltKey(algorithm string, changes map[string]any) (*authtest.Key, map[string]any) {
	k := rigKey(algorithm)
	k.ID = authtest.NewKey("ES256").ID
	return k, spoiltJWK(k, changes)
}

func spoiltJWK(k *authtest.Key, changes map[string]any) map[string]any {
	jwk := k.JWK()
	maps.Copy(jwk, changes)
	maps.DeleteFunc(jwk, func(_ string, v any) bool { return v == nil })
	return jwk
}

// TestKeySet is J08 and J12 to J15: which keys of the issuer verify what (RFC 7517,
// sections 4 and 5; RFC 7518, sections 3 and 6). All stand in one set, so each row also says that
// the others do no harm.
func TestKeySet(t *testing.T) {
	t.Parallel()
	es256, es384, eddsa := rigKey("ES256"), rigKey("ES384"), rigKey("EdDSA")
	good := rigKey("ES256")
	var members []any
	publish := func(algorithm string, changes map[string]any) *authtest.Key {
		k, jwk := spoiltKey(algorithm, changes)
		members = append(members, jwk)
		return k
	}
	for _, k := range []*authtest.Key{es256, es384, eddsa} {
		members = append(members, k.JWK())
	}
	rs, ps := publish("RS256", nil), publish("PS256", nil)
	anyRSA, anyEC := publish("RS256", map[string]any{"alg": nil}), publish("ES256", map[string]any{"alg": nil})
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := &authtest.Key{ID: "weak", Algorithm: "RS256", Private: small}
	private := &authtest.Key{ID: "private", Algorithm: "ES256", Private: es256.Private}
	members = append(members, weak.JWK(), jose.JSONWebKey{Key: private.Private, KeyID: "private", Algorithm: "ES256", Use: "sig"},
		map[string]any{"kty": "oct", "kid": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256"},
		map[string]any{"kty": "XYZ", "kid": "unknown", "alg": "ES256"}, map[string]any{"kid": "untyped"})

	sized := func(bits uint) string {
		odd := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits-1), big.NewInt(1))
		return authtest.Encode(string(odd.Bytes()))
	}
	unusable := map[string]*authtest.Key{
		"J12 a key for encryption does not verify":             publish("ES256", map[string]any{"use": "enc"}),
		"J12 a key that may only sign does not verify":         publish("ES256", map[string]any{"use": nil, "key_ops": []string{"sign"}}),
		"J12 a key that may do nothing does not verify":        publish("ES256", map[string]any{"use": nil, "key_ops": []string{}}),
		"J13 a key without a coordinate does not verify":       publish("ES256", map[string]any{"y": nil}),
		"J13 a key whose use is no text does not verify":       publish("ES256", map[string]any{"use": 5}),
		"J13 a key whose certificate is none does not verify":  publish("ES256", map[string]any{"x5c": []string{"MIIB"}}),
		"J14 an RSA key of 1024 bits does not verify":          weak,
		"J14 an RSA key of 2047 bits does not verify":          publish("RS256", map[string]any{"n": sized(2047)}),
		"J14 an RSA key of 4097 bits does not verify":          publish("RS256", map[string]any{"n": sized(4097)}),
		"J14 an RSA key of 16384 bits does not verify":         publish("RS256", map[string]any{"n": sized(16384)}),
		"J14 an RSA key with exponent 1 does not verify":       publish("RS256", map[string]any{"e": "AQ"}),
		"J14 an RSA key with an even exponent does not verify": publish("RS256", map[string]any{"e": "AQAA"}),
		"J14 a point that is not on the curve does not verify": publish("ES256", map[string]any{"x": authtest.Encode(strings.Repeat("x", 32))}),
		"J14 a private key does not verify":                    private,
		"J14 a symmetric key does not verify":                  {ID: "oct", Algorithm: "ES256", Private: es256.Private},
		"J13 a key of an unknown type does not verify":         {ID: "unknown", Algorithm: "ES256", Private: es256.Private},
		"J08 a key whose alg is of another curve does not":     publish("ES256", map[string]any{"alg": "ES384"}),
		"J08 a key whose alg is no signature does not":         publish("RS256", map[string]any{"alg": "RSA-OAEP"}),
		"J08 a key whose alg is misspelt does not":             publish("ES512", map[string]any{"alg": "ES521"}),
	}
	usable := map[string]*authtest.Key{
		"J12 a key that may verify does":     publish("ES256", map[string]any{"use": nil, "key_ops": []string{"verify"}}),
		"J12 a key without use does":         publish("ES256", map[string]any{"use": nil}),
		"J13 a key with unknown members too": publish("ES256", map[string]any{"note": map[string]any{"a": 1}}),
	}
	members = append(members, twins()...)

	r := newRig(t, serving(good, members...))
	signed := func(k *authtest.Key, h header) call {
		full := header{"typ": "at+jwt"}
		maps.Copy(full, h)
		return me(k.Sign(full, r.issuer.Claims()))
	}
	as := func(k *authtest.Key, algorithm string) *authtest.Key {
		return &authtest.Key{ID: k.ID, Algorithm: algorithm, Private: k.Private}
	}
	for name, k := range unusable {
		t.Run(name, func(t *testing.T) { r.want(t, signed(k, nil), "key-unknown") })
	}
	for name, k := range usable {
		t.Run(name, func(t *testing.T) { r.want(t, signed(k, nil), "") })
	}
	r.run(t, []row{
		{"J08 a P-384 key does not verify ES256", signed(es384, header{"alg": "ES256"}), "algorithm-not-allowed"},
		{"J08 a P-256 key does not verify ES384", signed(es256, header{"alg": "ES384"}), "algorithm-not-allowed"},
		{"J08 an elliptic key does not verify RS256", signed(es256, header{"alg": "RS256"}), "algorithm-not-allowed"},
		{"J08 an elliptic key does not verify EdDSA", signed(es256, header{"alg": "EdDSA"}), "algorithm-not-allowed"},
		{"J08 an Edwards key does not verify ES256", signed(eddsa, header{"alg": "ES256"}), "algorithm-not-allowed"},
		{"J08 a key for RS256 does not verify PS256", signed(as(rs, "PS256"), nil), "algorithm-not-allowed"},
		{"J08 a key for PS256 does not verify RS256", signed(as(ps, "RS256"), nil), "algorithm-not-allowed"},
		{"J08 a key for RS256 does not verify RS512", signed(as(rs, "RS512"), nil), "algorithm-not-allowed"},
		{"J08 an RSA key without alg verifies RS512", signed(as(anyRSA, "RS512"), nil), ""},
		{"J08 an RSA key without alg verifies PS256", signed(as(anyRSA, "PS256"), nil), ""},
		{"J08 a P-256 key without alg verifies ES256", signed(anyEC, nil), ""},
		{"J08 a P-256 key without alg verifies nothing else", signed(anyEC, header{"alg": "ES384"}), "algorithm-not-allowed"},
		{"J13 the good key of the set verifies", me(r.issuer.Token()), ""},
		{"J15 the first of five keys of one name is tried", signed(twin(0), nil), ""},
		{"J15 the fourth is tried", signed(twin(3), nil), ""},
		{"J15 the fifth is not", signed(twin(4), nil), "signature-invalid"},
		{"J15 what does not fit the algorithm is not counted", signed(twin(5), nil), ""},
		{"J15 without a kid four keys that fit are tried", signed(es256, header{"kid": nil}), ""},
		{"J15 and no more", signed(twin(0), header{"kid": nil}), "signature-invalid"},
		{"J15 a kid that is empty is none", signed(es384, header{"kid": ""}), ""},
	})
	t.Run("J14 a key that is dropped is logged", func(t *testing.T) {
		if got, want := strings.Count(r.log.String(), "key not usable"), len(unusable)+2; got < want {
			t.Errorf("got %d records, want %d", got, want)
		}
	})
}

// twinKeys are five keys of one algorithm, and one of another, that share a name.
var twinKeys = func() (keys []*authtest.Key) {
	for range 5 {
		keys = append(keys, authtest.NewKey("ES256"))
	}
	keys = append(keys, authtest.NewKey("EdDSA"))
	for _, k := range keys {
		k.ID = "twin"
	}
	return keys
}()

func twin(i int) *authtest.Key { return twinKeys[i] }

func twins() (members []any) {
	for _, k := range twinKeys {
		members = append(members, k.JWK())
	}
	return members
}

func TestLoneKey(t *testing.T) {
	t.Parallel()
	lone := rigKey("ES256")
	r := newRig(t, serving(lone))
	nameless := newRig(t, func(r *rig, _ *auth.Config, _ *config.Config) {
		r.issuer.Break(r.issuer.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
			json.NewEncoder(w).Encode(map[string]any{"keys": []any{spoiltJWK(r.issuer.Key(), map[string]any{"kid": nil})}})
		}))
	})
	r.run(t, []row{
		{"J15 a lone key verifies a token without a kid", me(r.headed(header{"kid": nil})), ""},
		{"J15 it does not verify a token of another kid", me(r.headed(header{"kid": "x"})), "key-unknown"},
		{"J15 nor one of an algorithm that does not fit", me(rigKey("EdDSA").Sign(header{"kid": nil, "typ": "at+jwt"}, r.issuer.Claims())), "algorithm-not-allowed"},
	})
	nameless.run(t, []row{
		{"J15 a key without a kid verifies a token without one", me(nameless.headed(header{"kid": nil})), ""},
		{"J15 it does not verify a token with one", me(nameless.headed(nil)), "key-unknown"},
	})
}

// TestNoKey is J12 for a set without any key that verifies: nobody can be judged.
func TestNoKey(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig, _ *auth.Config, _ *config.Config) {
		r.issuer.Break(r.issuer.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
			json.NewEncoder(w).Encode(map[string]any{"keys": []any{spoiltJWK(r.issuer.Key(), map[string]any{"use": "enc"})}})
		}))
	})
	r.run(t, []row{{"J12 a set of keys for encryption alone verifies nothing", me(r.issuer.Token()), "auth-unavailable"}})
}
