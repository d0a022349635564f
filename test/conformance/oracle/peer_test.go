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

// A peer is another library, set up as strictly as it can be. It reads the subject of a token that it
// accepts, with the key, issuer, audience, leeway and clock that we had.
type peer struct {
	name string
	read func(trial) (subject string, err error)
}

var peers = [...]peer{{"go-jose", readGoJose}, {"golang-jwt", readGolangJWT}, {"jwx", readJWX}}

// An excuse is what a peer may say of a token that we accept.
type excuse struct {
	peer string
	says *regexp.Regexp
	why  string
}

const (
	tooLarge = "a number beyond float64 in a member that nobody asked for is passed over; peers convert it"
	ignored  = "a header parameter that is not acted on is ignored whatever it holds (RFC 7515, section 4); peers read it"
)

// excuses are all the differences there are. One that no token needs any more must go.
var excuses = [...]excuse{
	{"go-jose", regexp.MustCompile(`cannot unmarshal number \S+ into Go value of type float64`), tooLarge},
	{"golang-jwt", regexp.MustCompile(`cannot unmarshal number \S+ into Go value of type float64`), tooLarge},
	{"jwx", regexp.MustCompile(`cannot unmarshal number \S+ into Go value of type float64`), tooLarge},
	{"go-jose", regexp.MustCompile(`failed to unmarshal (x5c header|nonce):`), ignored},
	{"jwx", regexp.MustCompile(`failed to decode value for key (x5c|x5t|x5t#S256|cty):`), ignored},
}

// excused returns the index of the excuse for what a peer says, or -1.
func excused(name string, err error) int {
	return slices.IndexFunc(excuses[:], func(e excuse) bool { return e.peer == name && e.says.MatchString(err.Error()) })
}

// TestMain makes the peers strict where only a global setting can.
func TestMain(m *testing.M) {
	jwt.TimePrecision = time.Nanosecond
	jwxjwt.Settings(jwxjwt.WithNumericDateParsePedantic(true), jwxjwt.WithNumericDateParsePrecision(9))
	m.Run()
}

// keys returns the keys of the set that fit a token's kid and alg, as go-jose reads them. Members of
// the set that cannot be used are passed over (RFC 7517, section 5).
func (tr trial) keys(id, algorithm string) []any {
	var set struct {
		Keys []josejson.RawMessage `json:"keys"`
	}
	if josejson.Unmarshal([]byte(tr.keySet), &set) != nil {
		return nil
	}
	var keys []any
	for _, member := range set.Keys {
		var k jose.JSONWebKey
		if k.UnmarshalJSON(member) != nil || !k.IsPublic() || k.Use != "" && k.Use != "sig" {
			continue
		}
		if (id == "" || id == k.KeyID) && (k.Algorithm == "" || k.Algorithm == algorithm) {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

var errNoKey = errors.New("no key fits")

// joseAlgorithms returns what go-jose is to accept.
func joseAlgorithms() []jose.SignatureAlgorithm {
	var names []jose.SignatureAlgorithm
	for _, name := range auth.Algorithms() {
		names = append(names, jose.SignatureAlgorithm(name))
	}
	return names
}

// signed reports whether one of the keys made the signature, whatever the header says.
func (tr trial) signed() bool {
	dot := strings.LastIndexByte(tr.token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(tr.token[dot+1:])
	return err == nil && slices.ContainsFunc(auth.Algorithms(), func(name string) bool {
		return slices.ContainsFunc(tr.keys("", name), func(key any) bool {
			return jwt.GetSigningMethod(name).Verify(tr.token[:dot], signature, key) == nil
		})
	})
}

func readGoJose(tr trial) (string, error) {
	token, err := josejwt.ParseSigned(tr.token, joseAlgorithms())
	if err != nil {
		return "", err
	}
	err = errNoKey
	for _, key := range tr.keys(token.Headers[0].KeyID, token.Headers[0].Algorithm) {
		var claims josejwt.Claims
		if err = token.Claims(key, &claims); err != nil {
			continue
		}
		if claims.Expiry == nil {
			return "", errors.New("there is no exp")
		}
		expected := josejwt.Expected{Issuer: issuer, AnyAudience: josejwt.Audience{audience}, Time: tr.config.Now()}
		return claims.Subject, claims.ValidateWithLeeway(expected, tr.config.Leeway)
	}
	return "", err
}

func readGolangJWT(tr trial) (string, error) {
	parser := jwt.NewParser(
		jwt.WithStrictDecoding(), jwt.WithValidMethods(auth.Algorithms()), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(tr.config.Leeway), jwt.WithTimeFunc(tr.config.Now))
	claims := jwt.MapClaims{}
	_, err := parser.ParseWithClaims(tr.token, claims, func(token *jwt.Token) (any, error) {
		var set jwt.VerificationKeySet
		id, _ := token.Header["kid"].(string)
		for _, key := range tr.keys(id, token.Method.Alg()) {
			set.Keys = append(set.Keys, key)
		}
		return set, nil
	})
	if err != nil {
		return "", err
	}
	return claims.GetSubject()
}

func readJWX(tr trial) (string, error) {
	message, err := jws.Parse([]byte(tr.token), jws.WithCompact())
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
	for _, key := range tr.keys(id, algorithm.String()) {
		var token jwxjwt.Token
		token, err = jwxjwt.ParseString(tr.token, jwxjwt.WithKey(algorithm, key), jwxjwt.WithStrictStringClaims(true),
			jwxjwt.WithIssuer(issuer), jwxjwt.WithAudience(audience), jwxjwt.WithRequiredClaim("exp"),
			jwxjwt.WithAcceptableSkew(tr.config.Leeway), jwxjwt.WithClock(jwxjwt.ClockFunc(tr.config.Now)))
		if err == nil {
			subject, _ := token.Subject()
			return subject, nil
		}
	}
	return "", err
}
