package doctor

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

func weak() map[string]any {
	private, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return (&authtest.Key{ID: "weak", Algorithm: "RS256", Private: private}).JWK()
}

func with(key map[string]any, changes map[string]any) map[string]any {
	key = maps.Clone(key)
	maps.Copy(key, changes)
	return key
}

// TestDoctorAndTheAPIAgreeAboutKeys compares what doctor says of a key with what the API does with it.
func TestDoctorAndTheAPIAgreeAboutKeys(t *testing.T) {
	ec, rs, ed := authtest.NewKey("ES256").JWK(), authtest.NewKey("RS256").JWK(), authtest.NewKey("EdDSA").JWK()
	for name, key := range map[string]map[string]any{
		"P-256": ec, "P-384": authtest.NewKey("ES384").JWK(), "P-521": authtest.NewKey("ES512").JWK(), "RSA": rs, "Ed25519": ed,
		"without kid":           with(ec, map[string]any{"kid": ""}),
		"without alg":           with(rs, map[string]any{"alg": ""}),
		"PS256":                 with(rs, map[string]any{"alg": "PS256"}),
		"RSA for ES256":         with(rs, map[string]any{"alg": "ES256"}),
		"P-256 for ES384":       with(ec, map[string]any{"alg": "ES384"}),
		"RSA for HS256":         with(rs, map[string]any{"alg": "HS256"}),
		"for encryption":        with(rs, map[string]any{"use": "enc"}),
		"of an unknown type":    with(rs, map[string]any{"kty": "XYZ"}),
		"of an unknown curve":   with(ec, map[string]any{"crv": "secp256k1"}),
		"a point off the curve": with(ec, map[string]any{"x": ec["y"]}),
		"without a modulus":     with(rs, map[string]any{"n": ""}),
		"a secret":              {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
		"too short":             weak(),
	} {
		t.Run(name, func(t *testing.T) {
			issuer := authtest.New(idURL, "api")
			issuer.Break(issuer.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
				json.NewEncoder(w).Encode(map[string]any{"keys": []any{key}})
			}))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			verifier, err := auth.Connect(ctx, auth.Config{Issuer: idURL, Audience: []string{"api"}, Transport: issuer})
			if err != nil {
				t.Fatal(err)
			}
			_, rejected := verifier.Verify(ctx, auth.Token(issuer.Token()))
			data, err := json.Marshal(key)
			if err != nil {
				t.Fatal(err)
			}
			_, err = readKey(data)
			if usable := !errors.Is(rejected, problem.AuthUnavailable); usable != (err == nil) {
				t.Errorf("doctor says %v, and the API returns %v", err, rejected)
			}
		})
	}
}
