package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	stdjson "encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
	josejson "github.com/go-jose/go-jose/v4/json"
)

// credentialsGrammar is what an Authorization header may be: the scheme in any case, spaces, token68
// (RFC 9110, sections 11.1 and 11.2).
var credentialsGrammar = regexp.MustCompile(`^[Bb][Ee][Aa][Rr][Ee][Rr] +([-._~+/A-Za-z0-9]+=*)$`)

// FuzzCredentials compares BearerToken with the grammar. A token that is read once is the same when it is read again.
func FuzzCredentials(f *testing.F) {
	for _, value := range []string{
		"", " ", "Bearer", "Bearer ", "Bearer  ", "Bearer a", "bearer a", "bEaReR a", "Bearer  a", "Bearer\ta", " Bearer a",
		"Bearer a ", "Bearer a b", "Bearer a, Bearer b", "Bearer a,b", `Bearer "a"`, "Bearer a=", "Bearer a==", "Bearer a=b",
		"Bearer =", "Bearer é", "Bearer a\x00", "Bearer a\r\nX: b", "Bearer\u00a0a", "Bearer a\u00a0", "Bearer: a", "Bearer=a", "Bearer/a", "Bearer/",
		"Basic YTpi", "Digest username=a", "DPoP a.b.c", "Token a", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "Bear er a", "Bearera",
		"Bearer eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "Bearer -._~+/", "Bearer {}", "Ｂearer a", "Bearer " + strings.Repeat("a", MaxTokenSize),
		"Bearer " + strings.Repeat("a", MaxTokenSize+1), "Bearer" + strings.Repeat(" ", 99) + "a",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, err := authorize(value)
		match := credentialsGrammar.FindStringSubmatch(value)
		wanted := match != nil && len(match[1]) <= MaxTokenSize
		var failed *problem.Type
		switch {
		case (err == nil) != wanted:
			t.Fatalf("%q: got %v, but the grammar says %t", value, err, wanted)
		case err != nil && (!errors.As(err, &failed) || token != ""):
			t.Fatalf("%q: got %q and %v, want a problem and no token", value, string(token), err)
		case err == nil && string(token) != match[1]:
			t.Fatalf("%q: got %q, want %q", value, string(token), match[1])
		}
		if again, err := authorize("Bearer " + string(token)); wanted && (err != nil || again != token) {
			t.Fatalf("%q: read again it is %q and %v", value, string(again), err)
		}
	})
}

// impatient is the limit of a client whose tokens do not wait for unknown keys.
type impatient struct{ unlimited }

func (impatient) Exceeded() bool { return true }

func authorize(value string) (AccessToken, error) {
	return BearerToken(&http.Request{URL: &url.URL{}, Header: http.Header{"Authorization": {value}}})
}

// tokenGrammar is what a compact JWS may be (RFC 7515, section 7.1).
var tokenGrammar = regexp.MustCompile(`^[-_A-Za-z0-9]+\.[-_A-Za-z0-9]+\.[-_A-Za-z0-9]+$`)

// FuzzToken checks tokens whose signature is verified. Their segments, decoded and encoded again, are the same token, and
// other JSON decoders find the same header.
func FuzzToken(f *testing.F) {
	issuer := authtest.New("https://issuer.example", "api")
	issuer.Publish(authtest.NewKey("EdDSA"), authtest.NewKey("ES512"))
	for _, token := range tokenShapes(authtest.NewKey("ES256")) {
		f.Add(token)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.Cleanup(cancel)
	v, err := Connect(ctx, Config{Issuer: issuer.URL, Audience: []string{"api"}, Transport: issuer})
	if err != nil {
		f.Fatal(err)
	}
	ctx = LimitSignatures(ctx, impatient{})
	f.Fuzz(func(t *testing.T, token string) {
		_, err := v.Provider().VerifySignature(ctx, token)
		var failed *problem.Type
		if !errors.As(err, &failed) || failed == problem.AuthUnavailable {
			t.Fatalf("%q: got %v, want a problem of the token", token, err)
		}
		if failed != problem.SignatureInvalid {
			return
		}
		if !tokenGrammar.MatchString(token) || len(token) > MaxTokenSize {
			t.Fatalf("%q is not in the grammar, but its signature is verified", token)
		}
		var texts []string
		for segment := range strings.SplitSeq(token, ".") {
			text, err := base64.RawURLEncoding.DecodeString(segment)
			if err != nil || authtest.Encode(string(text)) != segment {
				t.Fatalf("%q: segment %q has other texts (%v)", token, segment, err)
			}
			texts = append(texts, string(text))
		}
		if err := checkHeader(texts[0]); err != nil {
			t.Fatalf("header %q: %v, but the signature is verified", texts[0], err)
		}
	})
}

// checkHeader returns what is wrong with a header according to another JSON decoder.
func checkHeader(text string) error {
	var members map[string]stdjson.RawMessage
	if err := stdjson.Unmarshal([]byte(text), &members); err != nil {
		return err
	}
	for _, name := range []string{"crit", "b64", "zip"} {
		if _, found := members[name]; found {
			return errors.New(name + " must be rejected")
		}
	}
	var algorithm string
	if stdjson.Unmarshal(members["alg"], &algorithm) != nil || !slices.Contains(Algorithms(), algorithm) || !utf8.ValidString(text) {
		return errors.New("alg or encoding must be rejected")
	}
	return nil
}

// tokenShapes returns tokens of every shape that a reader of JWTs is known to have misread.
func tokenShapes(k *authtest.Key) []string {
	const claims = `{"iss":"https://issuer.example","aud":"api","exp":4102444800}`
	var tokens []string
	for _, header := range []string{
		`{"alg":"ES256"}`, `{"alg":"ES256","typ":"at+jwt","kid":"a"}`, `{ "alg" : "ES256" }`, `{"alg":"EdDSA"}`, `{"alg":"ES512"}`,
		`{"alg":"none"}`, `{"alg":"NONE"}`, `{"alg":""}`, `{"alg":null}`, `{"alg":5}`, `{"alg":["ES256"]}`, `{"alg":"es256"}`, `{"alg":" ES256"}`,
		`{"alg":"HS256"}`, `{"alg":"ES256K"}`, `{"Alg":"ES256"}`, `{"alg":"none","alg":"ES256"}`, `{"alg":"ES256","alg":"none"}`,
		`{"\u0061lg":"ES256"}`, `{"alg":"ES256","crit":["x"],"x":1}`, `{"alg":"ES256","crit":[]}`, `{"alg":"ES256","crit":null}`,
		`{"alg":"ES256","crit":["b64"],"b64":false}`, `{"alg":"ES256","b64":false}`, `{"alg":"ES256","b64":true}`, `{"alg":"ES256","zip":"DEF"}`,
		`{"alg":"ES256","jwk":{"kty":"oct","k":"AA"}}`, `{"alg":"ES256","jku":"https://evil.example"}`, `{"alg":"ES256","x5u":"https://evil.example"}`,
		`{"alg":"ES256","x5c":["AA"]}`, `{"alg":"ES256","kid":5}`, `{"alg":"ES256","kid":""}`, `{"alg":"ES256","kid":"../../dev/null"}`, `{"alg":"ES256","kid":"\u0000"}`,
		`{"alg":"ES256","typ":5}`, `{"alg":"ES256","typ":"JWT"}`, `{"alg":"ES256","x":{"y":[1,{"z":2,"z":3}]}}`, `{"alg":"ES256","x":1e999}`,
		`[]`, `null`, `1`, `"ES256"`, `{}`, ``, ` {"alg":"ES256"}`, `{"alg":"ES256"} `, `{"alg":"ES256"}{}`, `{"alg":"ES256"`, "\ufeff{\"alg\":\"ES256\"}",
		"{\"alg\":\"ES256\",\"x\":\"\xff\"}", `{"alg":"ES256","x":"\ud800"}`, `{"alg":"ES256","enc":"A256GCM"}`, strings.Repeat(`{"alg":`, 500),
	} {
		tokens = append(tokens, k.SignText(header, claims))
	}
	good := tokens[0]
	header, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	return append(tokens, "", ".", "..", "...", "....", header, header+".", header+"..", header+"."+payload, header+"."+payload+".",
		"."+payload+"."+signature, header+".."+signature, good+".", good+".a", good+".a.b", "a.b.c.d.e", good+" ", " "+good, good+"\n",
		header+"\n."+payload+"."+signature, header+".\r\n"+payload+"."+signature, good+"=", header+"=."+payload+"."+signature,
		good[:len(good)-1]+"_", header+".AB."+signature, strings.ReplaceAll(strings.ReplaceAll(good, "-", "+"), "_", "/")+"+/",
		`{"payload":"`+payload+`","protected":"`+header+`","signature":"`+signature+`"}`, strings.Repeat(".", MaxTokenSize),
		header+"."+strings.Repeat("A", MaxTokenSize)+"."+signature, "é.é.é", header+"."+payload+"."+strings.Repeat("A", 86), good+"\x00")
}

// FuzzKeySet checks the usable keys of any key set: they can verify, have an allowed size, and go-jose reads the same
// keys.
func FuzzKeySet(f *testing.F) {
	for _, set := range keySetShapes(f) {
		f.Add([]byte(set))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, unusable, err := parseKeySet(data)
		if err != nil {
			return
		}
		var document struct {
			Keys []josejson.RawMessage `json:"keys"`
		}
		if err := josejson.Unmarshal(data, &document); err != nil {
			t.Fatalf("go-jose cannot read the set: %v", err)
		}
		if len(set) == 0 || len(set)+unusable.count > len(document.Keys) {
			t.Fatalf("%d keys are usable and %d are not, of %d", len(set), unusable.count, len(document.Keys))
		}
		for _, k := range set {
			if err := usable(k); err != nil {
				t.Errorf("key %q: %v", k.id, err)
			}
			if !slices.ContainsFunc(document.Keys, func(text josejson.RawMessage) bool { return sameKey(k, text) }) {
				t.Errorf("go-jose does not read key %q", k.id)
			}
		}
	})
}

// usable returns why a key cannot verify tokens.
func usable(k *key) error {
	if len(k.algorithms) == 0 || !printable(k.id) {
		return errors.New("it cannot be chosen")
	}
	for _, name := range k.algorithms {
		if a := algorithmByName(name); a == nil || k.verify(a, []byte("text"), make([]byte, 64)) {
			return errors.New("algorithm " + name + " is unknown, or verifies anything")
		}
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		if bits := public.N.BitLen(); bits < 2048 || bits > 8192 || public.E < 3 || public.E%2 == 0 {
			return errors.New("its size or exponent is not allowed")
		}
		_, err := rsa.EncryptPKCS1v15(rand.Reader, public, []byte("checks the key"))
		return err
	case *ecdsa.PublicKey:
		_, err := public.ECDH() // checks the point
		return err
	case ed25519.PublicKey:
		if len(public) == ed25519.PublicKeySize {
			return nil
		}
	}
	return errors.New("its type is not allowed")
}

func sameKey(k *key, text []byte) bool {
	jwk, err := parseJWK(text)
	return err == nil && jwk.KeyID == k.id && reflect.DeepEqual(jwk.Key, k.public) &&
		(jwk.Algorithm == "" || slices.Equal(k.algorithms, []string{jwk.Algorithm}) || isEd25519(k.public) && slices.Contains(k.algorithms, jwk.Algorithm))
}

// keySetShapes returns key sets that are good, bad and mixed.
func keySetShapes(f *testing.F) []string {
	ec, okp, modulus := authtest.NewKey("ES256"), authtest.NewKey("EdDSA"), authtest.NewKey("RS256")
	text := func(k *authtest.Key, changes map[string]any) string {
		jwk := k.JWK()
		for name, value := range changes {
			jwk[name] = value
		}
		member, err := stdjson.Marshal(jwk)
		if err != nil {
			f.Fatal(err)
		}
		return string(member)
	}
	var members []string
	for _, k := range []*authtest.Key{ec, okp, modulus, authtest.NewKey("ES384"), authtest.NewKey("ES512")} {
		members = append(members, text(k, nil))
	}
	sets := []string{"", "null", "{}", "[]", `{"keys":null}`, `{"keys":{}}`, `{"keys":[]}`, `{"keys":[null]}`, `{"keys":[1,"a",[],{}]}`}
	for _, changes := range []map[string]any{
		{"alg": "ES384"}, {"alg": "none"}, {"alg": ""}, {"alg": nil}, {"alg": 5}, {"use": "enc"}, {"use": ""}, {"use": nil}, {"use": []string{"sig"}},
		{"key_ops": []string{"verify"}}, {"key_ops": []string{}}, {"key_ops": []string{"sign"}}, {"key_ops": "verify"}, {"kid": nil}, {"kid": 5}, {"kid": ""},
		{"kid": strings.Repeat("k", 257)}, {"kid": "\u0000"}, {"kty": "oct", "k": "AAAA"}, {"kty": "OKP"}, {"kty": "x"}, {"crv": "P-384"}, {"crv": "secp256k1"},
		{"crv": "X25519"}, {"x": "AAAA"}, {"x": ""}, {"y": "AAAA"}, {"x": "AA==", "y": "\n"}, {"d": "AAAA"}, {"x5c": []string{"AAAA"}}, {"x5t": "AAAA"},
	} {
		members = append(members, text(ec, changes))
	}
	for _, changes := range []map[string]any{
		{"e": "AQ"}, {"e": "Ag"}, {"e": "BA"}, {"e": "AA"}, {"e": ""}, {"e": "AQAAAAE"}, {"e": "AQAAAAAAAQAB"}, {"e": "_____w"}, {"e": "AAEAAQ"}, {"n": ""}, {"n": "AQAB"},
		{"n": strings.Repeat("_", 171)}, {"n": strings.Repeat("_", 342)}, {"n": strings.Repeat("A", 342)}, {"n": strings.Repeat("_", 341) + "g"},
		{"n": strings.Repeat("_", 1400)}, {"alg": "PS256"}, {"alg": nil}, {"alg": "ES256"}, {"alg": "RSA-OAEP"},
	} {
		members = append(members, text(modulus, changes))
	}
	members = append(members, text(okp, map[string]any{"x": "AAAA"}), text(okp, map[string]any{"crv": "X25519"}), text(okp, map[string]any{"alg": "Ed25519"}))
	for _, member := range members {
		sets = append(sets, `{"keys":[`+member+`]}`)
	}
	return append(sets, `{"keys":[`+strings.Join(members, ",")+`]}`, `{"keys":[`+members[0]+`],"keys":[]}`, `{"keys":[`+members[0]+`],"Keys":[]}`,
		`{"keys":[`+members[0]+`]}x`, `{"keys":[`+members[0]+`,`+members[0]+`]}`, `{"a":1,"keys":[`+members[0]+`],"b":{"c":1,"c":2}}`,
		strings.Replace(`{"keys":[`+members[0]+`]}`, `"kid"`, `"kid":"a","kid"`, 1), strings.Replace(`{"keys":[`+members[0]+`]}`, `"kid"`, `"Kid"`, 1))
}
