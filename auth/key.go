package auth

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha512"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	minRSA, maxRSA = 2048, 4096 // bits: fewer are weak (RFC 7518, section 3.3), more cost too much time
	maxExponent    = 1<<31 - 1  // the largest that crypto/rsa verifies with
	maxKeyID       = 256        // bytes
)

// A key verifies signatures of its issuer.
type key struct {
	id         string
	issuer     string // for whose tokens it is; empty for any issuer of the key set
	public     crypto.PublicKey
	algorithms []string // that it may verify: they depend on the key, never on the header of a token
	size       int      // of its signatures, in bytes
	withdrawn  atomic.Bool
}

// verify reports whether signature is the key's over the text.
func (k *key) verify(a *algorithm, text, signature []byte) bool {
	var sum [sha512.Size]byte
	return a.verify(k.public, a.hash, a.digest(text, &sum), signature)
}

// equal reports whether two keys are the same, published twice.
func (k *key) equal(other *key) bool {
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return k.id == other.id && k.issuer == other.issuer && ok && slices.Equal(k.algorithms, other.algorithms) && public.Equal(other.public)
}

// ErrOtherUse is the error of a key that is not for signatures, such as one for encryption. It is no mistake.
var ErrOtherUse = errors.New("its use is not sig")

var errUnsupported = errors.New("it is not the public key of a supported algorithm")

// parseKey reads one key of a set, and checks whether it may verify tokens. With the error it returns what it read.
func parseKey(data []byte) (*key, error) {
	var member struct {
		Type       string   `json:"kty"`
		ID         string   `json:"kid"`
		Use        string   `json:"use"`
		Operations []string `json:"key_ops"`
		Algorithm  string   `json:"alg"`
		Issuer     string   `json:"issuer"` // of Entra ID
	}
	if err := json.Unmarshal(data, &member); err != nil {
		return &key{}, briefly(err)
	}
	k := &key{id: member.ID, issuer: member.Issuer}
	if !slices.Contains([]string{"RSA", "EC", "OKP"}, member.Type) { // RFC 7518, section 6.1; RFC 8037, section 2
		return k, errUnsupported
	}
	jwk, err := parseJWK(data)
	if err != nil {
		return k, briefly(err)
	}
	k.public, k.algorithms, k.size = jwk.Key, algorithmsFor(jwk.Key), signatureSize(jwk.Key)
	switch {
	case !printable(k.id):
		return k, fmt.Errorf("its kid has more than %d bytes or is not printable ASCII", maxKeyID)
	case member.Use != "" && member.Use != "sig":
		return k, ErrOtherUse
	case member.Operations != nil && !slices.Contains(member.Operations, "verify"):
		return k, errors.New("its key_ops do not include verify")
	case k.algorithms == nil:
		return k, errUnsupported
	case member.Algorithm != "" && !slices.Contains(k.algorithms, member.Algorithm):
		return k, fmt.Errorf("its alg %.20q is for another kind of key", member.Algorithm)
	case member.Algorithm != "" && !isEd25519(k.public): // whose two names mean the same
		k.algorithms = []string{member.Algorithm}
	}
	if public, ok := k.public.(*rsa.PublicKey); ok {
		return k, checkRSA(public)
	}
	return k, nil
}

// parseJWK reads a key by its parameters. Its certificates are left out before that: nothing here relies on them, and
// some providers publish ones that cannot be read beside a good key.
func parseJWK(data []byte) (jwk jose.JSONWebKey, err error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(data, &members); err != nil {
		return jwk, err
	}
	for _, name := range []string{"x5u", "x5c", "x5t", "x5t#S256"} { // RFC 7517, sections 4.6 to 4.9
		delete(members, name)
	}
	rest, err := json.Marshal(members)
	if err != nil {
		return jwk, err
	}
	return jwk, jwk.UnmarshalJSON(rest)
}

// checkRSA rejects weak RSA keys itself, instead of relying on the limits of go-jose and crypto/rsa.
func checkRSA(k *rsa.PublicKey) error {
	switch bits := k.N.BitLen(); {
	case bits < minRSA || bits > maxRSA:
		return fmt.Errorf("it has %d bits, and %d to %d are accepted", bits, minRSA, maxRSA)
	case k.E < 3 || k.E > maxExponent || k.E%2 == 0:
		return fmt.Errorf("its exponent is %d", k.E)
	case k.N.Bit(0) == 0 || generatedByROCA(k.N):
		return errors.New("its modulus can be factored")
	}
	return nil
}

// rocaOrders has the order of 65537 modulo primes.
var rocaOrders = map[int64]int64{
	11: 2, 13: 6, 17: 8, 19: 9, 37: 3, 53: 26, 61: 20, 71: 35, 73: 24, 79: 13, 97: 6, 103: 51, 107: 53, 109: 54, 127: 42, 151: 50, 157: 78,
}

// generatedByROCA reports whether a modulus comes from the smart cards of CVE-2017-15361, called ROCA, whose keys can
// be factored: it is a power of 65537 modulo each of the primes.
func generatedByROCA(modulus *big.Int) bool {
	for prime, order := range rocaOrders {
		if new(big.Int).Exp(modulus, big.NewInt(order), big.NewInt(prime)).Int64() != 1 {
			return false
		}
	}
	return true
}

// printable reports whether a key identifier is short and plain enough to be looked up and logged.
func printable(id string) bool {
	return len(id) <= maxKeyID && strings.IndexFunc(id, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}
