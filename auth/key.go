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

	"example.com/gatehouse/problem"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Sizes of RSA moduli that are accepted, in bits: fewer are weak (RFC 7518, section 3.3), more cost
// whoever verifies, and go-jose reads no larger ones unless it is told to.
const minRSA, maxRSA = 2048, 4096

// maxExponent is the largest public exponent that crypto/rsa verifies with.
const maxExponent = 1<<31 - 1

// maxKeyID is the length beyond which a key identifier is refused.
const maxKeyID = 256

// maxCandidates is how many keys are tried for one token when its kid does not single one out.
const maxCandidates = 4

// A key verifies signatures of its issuer.
type key struct {
	id         string
	public     crypto.PublicKey
	algorithms []string // what it may verify, fixed with the key and not by a token's header
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
	return ok && k.id == other.id && slices.Equal(k.algorithms, other.algorithms) && public.Equal(other.public)
}

// A keySet is the keys that an issuer had published when it was fetched. It does not change; a
// later one takes its place as a whole, so that a withdrawn key stops verifying.
type keySet struct {
	keys []*key
	byID map[string][]*key
}

// parseKeySet reads a JWK set (RFC 7517, section 5). Members that cannot be used are left out, and
// unusable says why; a set without any usable member is an error.
func parseKeySet(data []byte) (set *keySet, unusable []string, err error) {
	var document struct {
		Keys []jsontext.Value `json:"keys"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, nil, fmt.Errorf("reading the key set: %w", err)
	}
	set = &keySet{}
	for i, member := range document.Keys {
		k, err := parseKey(member)
		if err != nil {
			unusable = append(unusable, fmt.Sprintf("key %d: %v", i, err))
			continue
		}
		set.keys = append(set.keys, k)
	}
	set.index()
	if len(set.keys) == 0 {
		return nil, unusable, fmt.Errorf("the key set has no usable key: %s", strings.Join(unusable, "; "))
	}
	return set, unusable, nil
}

// parseKey reads one member of a set and judges whether it may verify tokens.
func parseKey(data []byte) (*key, error) {
	var member struct {
		ID         string   `json:"kid"`
		Use        string   `json:"use"`
		Operations []string `json:"key_ops"`
		Algorithm  string   `json:"alg"`
	}
	if err := json.Unmarshal(data, &member); err != nil {
		return nil, err
	}
	var jwk jose.JSONWebKey
	if err := jwk.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	k := &key{id: member.ID, public: jwk.Key, algorithms: algorithmsFor(jwk.Key)}
	switch {
	case !printable(k.id):
		return nil, errors.New("its kid is too long or not printable")
	case member.Use != "" && member.Use != "sig":
		return nil, fmt.Errorf("%q is for %q, not for signatures", k.id, member.Use)
	case member.Operations != nil && !slices.Contains(member.Operations, "verify"):
		return nil, fmt.Errorf("%q may not verify", k.id)
	case k.algorithms == nil:
		return nil, fmt.Errorf("%q is not the public key of a supported algorithm", k.id)
	case member.Algorithm != "" && !slices.Contains(k.algorithms, member.Algorithm):
		return nil, fmt.Errorf("%q is not a key for its alg %q", k.id, member.Algorithm)
	case member.Algorithm != "":
		k.algorithms = []string{member.Algorithm}
	}
	if public, ok := k.public.(*rsa.PublicKey); ok {
		if err := checkRSA(public); err != nil {
			return nil, fmt.Errorf("%q is %w", k.id, err)
		}
	}
	return k, nil
}

// checkRSA reports what makes an RSA key a bad one, whatever go-jose and crypto/rsa think of it.
func checkRSA(k *rsa.PublicKey) error {
	bits := k.N.BitLen()
	if bits < minRSA || bits > maxRSA || k.E < 3 || k.E > maxExponent || k.E%2 == 0 {
		return fmt.Errorf("an RSA key of %d bits with exponent %d", bits, k.E)
	}
	if k.N.Bit(0) == 0 || factorable(k.N) {
		return errors.New("an RSA key whose modulus can be factored")
	}
	return nil
}

// succeed lets a set take the place of an older one. Keys that are in both stay what they are, so
// that what was verified with them stays so, and the others are withdrawn.
func (s *keySet) succeed(old *keySet) *keySet {
	kept := 0
	for i, k := range s.keys {
		same := func(other *key) bool { return other.equal(k) }
		if j := slices.IndexFunc(old.keys, same); j >= 0 {
			s.keys[i] = old.keys[j]
			kept++
		}
	}
	if kept == len(s.keys) && kept == len(old.keys) {
		return old
	}
	for _, k := range old.keys {
		k.withdrawn.Store(!slices.Contains(s.keys, k))
	}
	s.index()
	return s
}

func (s *keySet) index() {
	s.byID = map[string][]*key{}
	for _, k := range s.keys {
		s.byID[k.id] = append(s.byID[k.id], k)
	}
}

// candidates returns the keys that may have signed a token with this header. Without any it says
// whether the key is unknown or its algorithm another.
func (s *keySet) candidates(h *header) ([]*key, error) {
	named := s.keys
	if h.keyID != "" {
		named = s.byID[h.keyID]
	}
	if len(named) == 0 {
		return nil, problem.KeyUnknown
	}
	fits := func(k *key) bool { return slices.Contains(k.algorithms, h.algorithm.name) }
	if len(named) == 1 && fits(named[0]) {
		return named, nil
	}
	var fit []*key
	for _, k := range named {
		if fits(k) && len(fit) < maxCandidates {
			fit = append(fit, k)
		}
	}
	if fit == nil {
		return nil, problem.AlgorithmNotAllowed
	}
	return fit, nil
}

// printable reports whether a key identifier is short and plain enough to be looked up and logged.
func printable(id string) bool {
	return len(id) <= maxKeyID && strings.IndexFunc(id, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}

// smallPrimes are those that every modulus of a factorable key was built on.
var smallPrimes = [...]int64{
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
	101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
}

// factorable reports whether a modulus bears the mark of the smart cards whose keys can be factored
// (CVE-2017-15361, called ROCA): modulo each of the small primes it is a power of 65537.
func factorable(modulus *big.Int) bool {
	for _, p := range smallPrimes {
		rest, power := new(big.Int).Mod(modulus, big.NewInt(p)).Int64(), int64(1)
		for n := int64(1); n < p && power != rest; n++ {
			power = power * 65537 % p
		}
		if power != rest {
			return false
		}
	}
	return true
}
