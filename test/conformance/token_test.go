package conformance

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

// rsaKey is the one RSA key of the package: generating them takes long.
var rsaKey = sync.OnceValue(func() crypto.Signer { return authtest.NewKey("RS256").Private })

// newKey returns a new key for an algorithm. RSA keys have different names and the same numbers.
func newKey(algorithm string) *authtest.Key {
	if strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS") {
		return &authtest.Key{ID: "rsa-" + algorithm, Algorithm: algorithm, Private: rsaKey()}
	}
	return authtest.NewKey(algorithm)
}

// publishing makes the issuer sign with the first of the keys and publish all of them.
func publishing(keys ...*authtest.Key) apitest.Option {
	return apitest.Issuer(func(i *authtest.Issuer) {
		i.Swap(keys[0])
		i.Publish(keys[1:]...)
	})
}

// A header is the JOSE header of a token, or changes of one: nil leaves a member out.
type header map[string]any

var null = json.RawMessage("null")

// withHeader returns a token whose header differs from a correct one, with a valid signature.
func (a *testAPI) withHeader(changes header) string {
	return a.Issuer.Sign(changedHeader(changes), a.Issuer.Claims())
}

func changedHeader(changes header) header {
	full := header{"typ": "at+jwt"}
	maps.Copy(full, changes)
	return full
}

// withHeaderText returns a token with this text as its header and a valid signature. In the text, $
// stands for the members of a correct header.
func (a *testAPI) withHeaderText(text string) string {
	key := a.Issuer.Key()
	good := fmt.Sprintf(`"alg":%q,"kid":%q,"typ":"at+jwt"`, key.Algorithm, key.ID)
	return key.SignText(strings.Replace(text, "$", good, 1), toJSON(a.Issuer.Claims()))
}

// withClaims returns a token whose claims differ from correct ones, with a valid signature.
func (a *testAPI) withClaims(changes authtest.Claims) string { return a.Issuer.Token(changes) }

// withClaimsText returns a token with this text as its claims and a valid signature. In the text, $
// stands for the members of correct claims.
func (a *testAPI) withClaimsText(text string) string {
	good := strings.Trim(toJSON(a.Issuer.Claims()), "{}")
	return a.Issuer.Key().Sign(header{"typ": "at+jwt"}, strings.Replace(text, "$", good, 1))
}

// withScopes returns a correct access token of alice with these scopes.
func (a *testAPI) withScopes(scopes ...string) string {
	return a.withClaims(authtest.Claims{"scope": strings.Join(scopes, " ")})
}

// ofSize returns a correct access token of that many bytes.
func (a *testAPI) ofSize(t *testing.T, size int) string {
	t.Helper()
	claims := a.Issuer.Claims()
	for length := size*3/4 - 400; length < size; length++ {
		claims["padding"] = strings.Repeat("x", length)
		for _, typ := range []string{"at+jwt", "application/at+jwt"} { // one of them reaches the size: base64 has steps
			if token := a.Issuer.Sign(header{"typ": typ}, claims); len(token) == size {
				return token
			}
		}
	}
	t.Fatalf("no token has %d bytes", size)
	return ""
}

// changeSignature returns a token with another signature.
func changeSignature(token string, change func(signature []byte) []byte) string {
	dot := strings.LastIndex(token, ".")
	signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil {
		panic(err)
	}
	return token[:dot+1] + authtest.Encode(string(change(signature)))
}

func flipLastBit(signature []byte) []byte {
	signature[len(signature)-1] ^= 1
	return signature
}

func zeros(signature []byte) []byte { return make([]byte, len(signature)) }

// encodeUneven returns a JSON object as a segment whose last character has unused bits, with the
// insignificant space that this takes.
func encodeUneven(object string) string {
	for len(object)%3 == 0 {
		object = "{ " + object[1:]
	}
	return authtest.Encode(object)
}

// setUnusedBit sets an unused bit of the last character of a segment, so that a lenient decoder
// returns the same bytes for another text.
func setUnusedBit(segment string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(segment) - 1
	return segment[:last] + alphabet[strings.IndexByte(alphabet, segment[last])|1:][:1]
}

// standardBase64 returns a segment in the alphabet of RFC 4648, section 4, which has two characters of
// its own. A segment of four question marks has at least one of them.
func standardBase64(segment string) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(segment)
}

func nestedArrays(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
