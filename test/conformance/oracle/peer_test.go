package oracle

import (
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"github.com/go-jose/go-jose/v4"
	josejson "github.com/go-jose/go-jose/v4/json"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

// A peer is another library with its strictest settings. It returns the subject of a token that it
// accepts, with the same keys, issuer, audience, leeway and clock as auth.
type peer struct {
	name string
	read func(candidate) (subject string, err error)
}

var peers = [...]peer{{"go-jose", readGoJose}, {"golang-jwt", readGolangJWT}, {"jwx", readJWX}}

// A difference is an error that a peer may return for a token that auth accepts.
type difference struct {
	peer string
	err  *regexp.Regexp
	why  string
}

const (
	tooLarge = "auth skips a number beyond float64 in an unknown member; peers convert it"
	renamed  = "auth knows Ed25519 by the name of RFC 9864; these peers know it as EdDSA"
	ignored  = "auth ignores a header parameter that it does not use, whatever its value (RFC 7515, section 4); peers read it"
	optional = "auth does not require jti under the profile jwt, and makes no use of one that is not a string; peers convert it"
)

// differences are all that are known. TestEverySingleChange fails for one that no token needs any more.
var differences = [...]difference{
	{"go-jose", regexp.MustCompile(`cannot unmarshal number \S+ into Go value of type float64`), tooLarge},
	{"golang-jwt", regexp.MustCompile(`cannot unmarshal number \S+ into Go value of type float64`), tooLarge},
	{"jwx", regexp.MustCompile(`cannot unmarshal number \S+ into Go value of type float64`), tooLarge},
	{"go-jose", regexp.MustCompile(`^go-jose has no Ed25519$`), renamed},
	{"golang-jwt", regexp.MustCompile(`signing method \(alg\) is unavailable$`), renamed},
	{"go-jose", regexp.MustCompile(`failed to unmarshal (x5c header|nonce):`), ignored},
	{"jwx", regexp.MustCompile(`failed to decode value for key (x5c|x5t|x5t#S256|cty):`), ignored},
	{"go-jose", regexp.MustCompile(`^json: cannot unmarshal \S+ into Go value of type string$`), optional},
	{"jwx", regexp.MustCompile(`failed to decode value for key jti:`), optional},
}

// knownDifference returns the index of the difference that explains a peer's error, or -1.
func knownDifference(name string, err error) int {
	return slices.IndexFunc(differences[:], func(d difference) bool { return d.peer == name && d.err.MatchString(err.Error()) })
}

// TestMain makes the peers strict where that takes a global setting.
func TestMain(m *testing.M) {
	jwt.TimePrecision = time.Nanosecond
	jwxjwt.Settings(jwxjwt.WithNumericDateParsePedantic(true), jwxjwt.WithNumericDateParsePrecision(9))
	m.Run()
}

// keys returns the keys of the set that fit a token's kid and alg, as go-jose reads them. Members of
// the set that cannot be used are skipped (RFC 7517, section 5).
func (c candidate) keys(id, algorithm string) []any {
	var set struct {
		Keys []josejson.RawMessage `json:"keys"`
	}
	if josejson.Unmarshal([]byte(c.keySet), &set) != nil {
		return nil
	}
	var keys []any
	for _, member := range set.Keys {
		var k jose.JSONWebKey
		if k.UnmarshalJSON(withoutCertificates(member)) != nil || !k.IsPublic() || k.Use != "" && k.Use != "sig" {
			continue
		}
		if (id == "" || id == k.KeyID) && (k.Algorithm == "" || fullName(k.Algorithm) == fullName(algorithm)) {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// fullName returns the name of an algorithm that RFC 9864, section 2.2, gives EdDSA with an Ed25519 key.
func fullName(algorithm string) string {
	if algorithm == "EdDSA" {
		return "Ed25519"
	}
	return algorithm
}

// withoutCertificates returns a key without the members about its certificate, which auth does not read. Peers would
// not read the key if they are wrong.
func withoutCertificates(key []byte) []byte {
	var members map[string]*josejson.RawMessage
	if josejson.Unmarshal(key, &members) != nil {
		return key
	}
	for _, name := range []string{"x5u", "x5c", "x5t", "x5t#S256"} {
		delete(members, name)
	}
	rest, err := josejson.Marshal(members)
	if err != nil {
		return key
	}
	return rest
}

var errNoKey = errors.New("no key fits")

// joseAlgorithms returns the algorithms that go-jose accepts.
func joseAlgorithms() []jose.SignatureAlgorithm {
	var names []jose.SignatureAlgorithm
	for _, name := range auth.Algorithms() {
		names = append(names, jose.SignatureAlgorithm(name))
	}
	return names
}

// signed reports whether one of the keys made the signature, whatever the header says.
func (c candidate) signed() bool {
	dot := strings.LastIndexByte(c.token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(c.token[dot+1:])
	return err == nil && slices.ContainsFunc(auth.Algorithms(), func(name string) bool {
		method := jwt.GetSigningMethod(name)
		return method != nil && slices.ContainsFunc(c.keys("", name), func(key any) bool {
			return method.Verify(c.token[:dot], signature, key) == nil
		})
	})
}

func readGoJose(c candidate) (string, error) {
	token, err := josejwt.ParseSigned(c.token, joseAlgorithms())
	if err != nil {
		return "", err
	}
	if token.Headers[0].Algorithm == "Ed25519" {
		return "", errors.New("go-jose has no Ed25519")
	}
	err = errNoKey
	for _, key := range c.keys(token.Headers[0].KeyID, token.Headers[0].Algorithm) {
		var claims josejwt.Claims
		if err = token.Claims(key, &claims); err != nil {
			continue
		}
		if claims.Expiry == nil {
			return "", errors.New("there is no exp")
		}
		expected := josejwt.Expected{Issuer: issuer, AnyAudience: josejwt.Audience{audience}, Time: c.config.Now()}
		return claims.Subject, claims.ValidateWithLeeway(expected, c.config.Leeway)
	}
	return "", err
}

func readGolangJWT(c candidate) (string, error) {
	parser := jwt.NewParser(
		jwt.WithStrictDecoding(), jwt.WithValidMethods(auth.Algorithms()), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(c.config.Leeway), jwt.WithTimeFunc(c.config.Now))
	claims := jwt.MapClaims{}
	_, err := parser.ParseWithClaims(c.token, claims, func(token *jwt.Token) (any, error) {
		var set jwt.VerificationKeySet
		id, _ := token.Header["kid"].(string)
		for _, key := range c.keys(id, token.Method.Alg()) {
			set.Keys = append(set.Keys, key)
		}
		return set, nil
	})
	if err != nil {
		return "", err
	}
	return claims.GetSubject()
}

func readJWX(c candidate) (string, error) {
	message, err := jws.Parse([]byte(c.token), jws.WithCompact())
	if err != nil {
		return "", err
	}
	header := message.Signatures()[0].ProtectedHeaders()
	id, _ := header.KeyID()
	algorithm, ok := header.Algorithm()
	if !ok {
		algorithm = jwa.NoSignature()
	}
	err = errNoKey
	for _, key := range c.keys(id, algorithm.String()) {
		var token jwxjwt.Token
		token, err = jwxjwt.ParseString(c.token, jwxjwt.WithKey(algorithm, key), jwxjwt.WithStrictStringClaims(true),
			jwxjwt.WithIssuer(issuer), jwxjwt.WithAudience(audience), jwxjwt.WithRequiredClaim("exp"),
			jwxjwt.WithAcceptableSkew(c.config.Leeway), jwxjwt.WithClock(jwxjwt.ClockFunc(c.config.Now)))
		if err == nil {
			subject, _ := token.Subject()
			return subject, nil
		}
	}
	return "", err
}
