package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"example.com/gatehouse/auth"
	"github.com/go-jose/go-jose/v4"
)

// keys checks the key set, and that the provider signs with its algorithms.
func (r *report) keys(ctx context.Context, m *metadata) {
	const check = "jwks_uri"
	if err := auth.CheckEndpoint(m.KeySet); err != nil {
		r.fail(check, "Correct it at the provider.", "%v", err)
		return
	}
	reply, err := r.get(ctx, m.KeySet)
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	switch {
	case err != nil:
		r.fail(check, "Check the provider, and the network in between.", "%s does not respond: %v", m.KeySet, err)
		return
	case reply.status != http.StatusOK:
		r.fail(check, "Check the provider.", "%s returns %d%s", m.KeySet, reply.status, reply.redirect())
		return
	case json.Unmarshal(reply.body, &set) != nil:
		r.fail(check, "Check the provider.", "%s is not a key set", m.KeySet)
		return
	}
	r.ok(check, "%s returns a key set", m.KeySet)
	r.algorithms(m, r.usable(set.Keys))
}

// usable checks every key, and returns the algorithms of those that can verify tokens.
func (r *report) usable(keys []json.RawMessage) []string {
	var algorithms []string
	good := 0
	for i, data := range keys {
		key, err := readKey(data)
		switch {
		case errors.Is(err, errOtherUse): // is intended
		case err != nil:
			r.warn("key", "If tokens are signed with it, replace it at the provider.", "number %d, %.40q, cannot be used: %v", i+1, key.id, err)
		default:
			good++
			algorithms = append(algorithms, key.algorithms...)
		}
	}
	if good == 0 {
		r.fail("keys", "Give the provider an RSA key of 2048 bits or an EC key of P-256.", "none of %d can verify a token", len(keys))
		return nil
	}
	r.ok("keys", "%d of %d can verify tokens", good, len(keys))
	slices.Sort(algorithms)
	return slices.Compact(algorithms)
}

// algorithms compares the algorithms that the provider names, which are those of ID tokens, with those of
// its keys.
func (r *report) algorithms(m *metadata, verifiable []string) {
	const check = "algorithms"
	common := slices.DeleteFunc(slices.Clone(m.Algorithms), func(name string) bool { return !slices.Contains(verifiable, name) })
	switch {
	case verifiable == nil: // is reported by usable
	case len(m.Algorithms) == 0:
		r.ok(check, "tokens may be signed with any of %q", verifiable)
	case len(common) == 0:
		r.fail(check, "Let the provider sign with one of these, better with RS256 or ES256.", "the provider signs with %q, and its keys are for %q", m.Algorithms, verifiable)
	default:
		r.ok(check, "tokens may be signed with any of %q", common)
	}
}

// errOtherUse is the error of a key that is published for something else, such as encryption.
var errOtherUse = errors.New("it is not for signatures")

// A publishedKey is a member of a key set, and what it can verify.
type publishedKey struct {
	id         string
	algorithms []string
}

// readKey reads a member of a key set as package auth does, or says why that package leaves it out.
func readKey(data []byte) (publishedKey, error) {
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(data); err != nil {
		return publishedKey{}, err
	}
	key := publishedKey{jwk.KeyID, algorithmsOf(jwk.Key)}
	if rsa, ok := jwk.Key.(*rsa.PublicKey); ok && (rsa.N.BitLen() < 2048 || rsa.N.BitLen() > 4096) {
		return key, fmt.Errorf("it has %d bits, and 2048 to 4096 are accepted", rsa.N.BitLen())
	}
	switch {
	case jwk.Use != "" && jwk.Use != "sig":
		return key, errOtherUse
	case key.algorithms == nil:
		return key, errors.New("it is not the public key of a supported algorithm")
	case jwk.Algorithm != "" && !slices.Contains(key.algorithms, jwk.Algorithm):
		return key, fmt.Errorf("its alg is %.20q", jwk.Algorithm)
	case jwk.Algorithm != "":
		key.algorithms = []string{jwk.Algorithm}
	}
	return key, nil
}

// algorithmsOf returns the algorithms that a public key can verify (RFC 7518, section 3.1).
func algorithmsOf(public any) []string {
	var family func(algorithm string) bool
	switch k := public.(type) {
	case *rsa.PublicKey:
		family = func(algorithm string) bool { return algorithm[0] == 'R' || algorithm[0] == 'P' }
	case *ecdsa.PublicKey:
		curve := map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[k.Curve.Params().BitSize]
		family = func(algorithm string) bool { return algorithm == curve }
	case ed25519.PublicKey:
		family = func(algorithm string) bool { return algorithm == "EdDSA" }
	default:
		return nil
	}
	return slices.DeleteFunc(auth.Algorithms(), func(a string) bool { return !family(a) })
}
