package conformance

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
)

// rigRSA is the one RSA key of the suite: they take long to make.
var rigRSA = sync.OnceValue(func() crypto.Signer { return authtest.NewKey("RS256").Private })

// rigKey returns a new key for an algorithm, but for RSA, where every key has the same numbers.
func rigKey(algorithm string) *authtest.Key {
	if algorithm[1] != 'S' || algorithm[0] == 'E' {
		return authtest.NewKey(algorithm)
	}
	return &authtest.Key{ID: "rsa-" + algorithm, Algorithm: algorithm, Private: rigRSA()}
}

// publishing makes the issuer sign with the first of the keys, and publish all.
func publishing(keys ...*authtest.Key) setup {
	return func(r *rig, _ *auth.Config, _ *config.Config) {
		r.issuer.Swap(keys[0])
		r.issuer.Publish(keys[1:]...)
	}
}

// allowing limits the algorithms of tokens.
func allowing(algorithms ...string) setup {
	return func(_ *rig, c *auth.Config, _ *config.Config) { c.Algorithms = algorithms }
}

// A header is the JOSE header of a token, as it is or with changes: nil leaves a member out.
type header map[string]any

// headed returns a token that is genuine but for its header.
func (r *rig) headed(changes header) string {
	full := header{"typ": "at+jwt"}
	maps.Copy(full, changes)
	return r.issuer.Sign(full, r.issuer.Claims())
}

// headedText returns a token with a text for a header and a genuine signature. In the text, $ stands
// for the members of a good header.
func (r *rig) headedText(text string) string {
	key := r.issuer.Key()
	good := fmt.Sprintf(`"alg":%q,"kid":%q,"typ":"at+jwt"`, key.Algorithm, key.ID)
	return key.SignText(strings.Replace(text, "$", good, 1), toJSON(r.issuer.Claims()))
}

// claiming returns a token that is genuine but for its claims.
func (r *rig) claiming(changes authtest.Claims) string { return r.issuer.Token(changes) }

// claimingText returns a token with a text for claims and a genuine signature. In the text, $ stands
// for the members of good claims.
func (r *rig) claimingText(text string) string {
	good := strings.Trim(toJSON(r.issuer.Claims()), "{}")
	return r.issuer.Key().Sign(header{"typ": "at+jwt"}, strings.Replace(text, "$", good, 1))
}

// spoilt returns a token whose signature was changed after it was made.
func spoilt(token string, change func(signature []byte) []byte) string {
	head, encoded := token[:strings.LastIndex(token, ".")+1], token[strings.LastIndex(token, ".")+1:]
	signature, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		panic(err)
	}
	return head + authtest.Encode(string(change(signature)))
}

// flipped changes the last bit of a signature.
func flipped(signature []byte) []byte {
	signature[len(signature)-1] ^= 1
	return signature
}

// ragged returns a JSON object as a segment whose last character has bits to spare, with the
// insignificant space that this takes.
func ragged(object string) string {
	for len(object)%3 == 0 {
		object = "{ " + object[1:]
	}
	return authtest.Encode(object)
}

// loosened sets a bit that the last character of a ragged segment has to spare, so that a careless
// decoder reads the same bytes from another text.
func loosened(segment string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(segment) - 1
	return segment[:last] + alphabet[strings.IndexByte(alphabet, segment[last])|1:][:1]
}

// standard returns a segment in the alphabet of RFC 4648, section 4, which has two characters of its
// own. A segment of four question marks has at least one of them.
func standard(segment string) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(segment)
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
