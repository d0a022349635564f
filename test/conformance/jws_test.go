package conformance

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

// TestOnlyCompactJWSIsAToken sends texts in other forms, all signed with the issuer's key.
func TestOnlyCompactJWSIsAToken(t *testing.T) {
	t.Parallel()
	a := start(t)
	key, good := a.Issuer.Key(), a.Issuer.Token()
	head, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	claims := encodeUneven(toJSON(a.Issuer.Claims(authtest.Claims{"x": "????"})))
	uneven := encodeUneven(`{"alg":"ES256","kid":"` + key.ID + `","typ":"at+jwt","x":"????"}`)
	a.run(t, []row{
		{"J01 JSON serialization", me(`{"payload":"` + payload + `","signatures":[]}`), "credentials-malformed"},
		{"J01 a quoted token", me(`"` + good + `"`), "credentials-malformed"},
		{"J01 a space in the token", me(head + ". " + rest), "credentials-malformed"},
		{"J01 a tilde in the token", me(good + "~"), "token-malformed"},
		{"J02 one segment", me(head), "token-malformed"},
		{"J02 two segments", me(head + "." + payload), "token-malformed"},
		{"J02 four segments", me(good + "." + signature), "token-malformed"},
		{"J02 five segments: an encrypted token", me(good + "." + signature + "." + signature), "token-encrypted"},
		{"J02 six segments", me(good + "..."), "token-malformed"},
		{"J02 an empty header", me("." + rest), "token-malformed"},
		{"J02 empty claims", me(key.SignSegments(head, "")), "token-malformed"},
		{"J02 an empty signature", me(head + "." + payload + "."), "token-malformed"},
		{"J03 a padded header", me(key.SignSegments(head+"=", payload)), "credentials-malformed"},
		{"J03 a padded signature", me(good + "=="), "token-malformed"},
		{"J03 a header in the standard alphabet", me(key.SignSegments(standardBase64(uneven), payload)), "token-malformed"},
		{"J03 claims in the standard alphabet", me(key.SignSegments(head, standardBase64(claims))), "token-malformed"},
		{"J03 segments with unused bits", me(key.SignSegments(uneven, claims)), ""},
		{"J03 an unused bit of the header is set", me(key.SignSegments(setUnusedBit(uneven), payload)), "token-malformed"},
		{"J03 an unused bit of the claims is set", me(key.SignSegments(head, setUnusedBit(claims))), "token-malformed"},
		{"J03 an unused bit of the signature is set", me(setUnusedBit(good)), "token-malformed"},
	})
}

func TestHeaderAndClaimsAreStrictJSON(t *testing.T) {
	t.Parallel()
	a := start(t)
	key, claims := a.Issuer.Key(), toJSON(a.Issuer.Claims())
	a.run(t, []row{
		{"J04 header: not UTF-8", me(a.withHeaderText("{$,\"x\":\"\xff\"}")), "token-malformed"},
		{"J04 header: a byte order mark", me(a.withHeaderText("\ufeff{$}")), "token-malformed"},
		{"J04 header: UTF-16", me(key.SignText(inUTF16(`{"alg":"ES256"}`), claims)), "token-malformed"},
		{"J04 header: an array", me(a.withHeaderText("[{$}]")), "token-malformed"},
		{"J04 header: null", me(a.withHeaderText("null")), "token-malformed"},
		{"J04 header: a number", me(a.withHeaderText("1")), "token-malformed"},
		{"J04 header: no closing brace", me(a.withHeaderText("{$")), "token-malformed"},
		{"J04 header: a second object", me(a.withHeaderText("{$}{}")), "token-malformed"},
		{"J04 claims: not UTF-8", me(a.withClaimsText("{$,\"name\":\"\xff\"}")), "token-malformed"},
		{"J04 claims: a name that is not UTF-8", me(a.withClaimsText("{$,\"\xff\":1}")), "token-malformed"},
		{"J04 claims: a byte order mark", me(a.withClaimsText("\ufeff{$}")), "token-malformed"},
		{"J04 claims: UTF-16", me(a.withClaimsText(inUTF16(claims))), "token-malformed"},
		{"J04 claims: an array", me(a.withClaimsText("[{$}]")), "token-malformed"},
		{"J04 claims: null", me(a.withClaimsText("null")), "token-malformed"},
		{"J04 claims: a number", me(a.withClaimsText("1")), "token-malformed"},
		{"J04 claims: a string", me(a.withClaimsText(`"$"`)), "token-malformed"},
		{"J04 claims: half a surrogate pair", me(a.withClaimsText(`{$,"name":"\ud800"}`)), "token-malformed"},
		{"J05 header: alg twice", me(a.withHeaderText(`{"alg":"none",$}`)), "token-malformed"},
		{"J05 header: the same alg twice", me(a.withHeaderText(`{"alg":"ES256",$}`)), "token-malformed"},
		{"J05 header: alg twice, once escaped", me(a.withHeaderText(`{"\u0061lg":"ES256",$}`)), "token-malformed"},
		{"J05 header: kid twice", me(a.withHeaderText(`{$,"kid":"x"}`)), "token-malformed"},
		{"J05 header: an unknown member twice", me(a.withHeaderText(`{$,"x":1,"x":1}`)), "token-malformed"},
		{"J05 header: a nested member twice", me(a.withHeaderText(`{$,"x":{"y":1,"y":2}}`)), "token-malformed"},
		{"J05 claims: exp twice", me(a.withClaimsText(`{$,"exp":99999999999}`)), "token-malformed"},
		{"J05 claims: iss twice", me(a.withClaimsText(`{"iss":"x",$}`)), "token-malformed"},
		{"J05 claims: sub twice, once escaped", me(a.withClaimsText(`{$,"\u0073ub":"root"}`)), "token-malformed"},
		{"J05 claims: an unknown claim twice", me(a.withClaimsText(`{$,"x":1,"x":1}`)), "token-malformed"},
		{"J05 claims: a nested member twice", me(a.withClaimsText(`{$,"x":[{"y":1,"y":2}]}`)), "token-malformed"},
		{"J06 ISS for iss", me(a.withClaims(authtest.Claims{"iss": nil, "ISS": a.Issuer.URL})), "claim-missing"},
		{"J06 EXP for exp", me(a.withClaims(authtest.Claims{"exp": nil, "EXP": 99999999999})), "claim-missing"},
		{"J06 Sub for sub", me(a.withClaims(authtest.Claims{"sub": nil, "Sub": "alice"})), "claim-missing"},
		{"J06 AUD for aud", me(a.withClaims(authtest.Claims{"aud": nil, "AUD": audience})), "audience-wrong"},
		{"J06 Alg for alg", me(a.withHeader(header{"alg": nil, "Alg": "ES256"})), "algorithm-not-allowed"},
		{"J06 Kid beside kid", me(a.withHeader(header{"kid": "x", "Kid": key.ID})), "key-unknown"},
	})
	t.Run("J06 SUB does not replace sub", func(t *testing.T) {
		got := a.want(t, me(a.withClaimsText(`{"SUB":"root",$,"Sub":"root"}`)), "")
		if got.member("subject") != "alice" {
			t.Errorf("got %s", got.body)
		}
	})
}

func TestHeaderParametersAreChecked(t *testing.T) {
	t.Parallel()
	a := start(t)
	rows := []row{{"J07 the key's algorithm", me(a.withHeader(nil)), ""}}
	for _, alg := range []any{"none", "None", "NONE", "nOnE", "", nil, 5, true, []string{"ES256"}, null,
		"HS256", "HS384", "HS512", "es256", " ES256", "ES256 ", "ES256\u0000", "ES256K", "A128KW", "dir"} {
		rows = append(rows, row{"J07 alg: " + toJSON(alg), me(a.withHeader(header{"alg": alg})), "algorithm-not-allowed"})
	}
	for _, text := range []string{`["x"]`, `["exp"]`, `["b64"]`, `["alg"]`, `[]`, `"exp"`, `null`, `{"x":1}`, `5`} {
		rows = append(rows, row{"J09 crit: " + text, me(a.withHeaderText(`{$,"crit":` + text + `,"exp":1}`)), "token-malformed"})
	}
	for _, typ := range []any{"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"} {
		rows = append(rows, row{"J19 typ: " + toJSON(typ), me(a.withHeader(header{"typ": typ})), ""})
	}
	for _, typ := range []any{"JWT", "dpop+jwt", "secevent+jwt", "logout+jwt", "", "at+jwt ", "at+jwtx", "x/at+jwt", "application/", 5, nil,
		true, null, []string{"at+jwt"}} {
		rows = append(rows, row{"J19 typ: " + toJSON(typ), me(a.withHeader(header{"typ": typ})), "token-type-wrong"})
	}
	a.run(t, append(rows, []row{
		{"J10 b64 false without crit", me(a.withHeader(header{"b64": false})), "token-malformed"},
		{"J10 b64 false with crit", me(a.withHeader(header{"b64": false, "crit": []string{"b64"}})), "token-malformed"},
		{"J10 b64 true", me(a.withHeader(header{"b64": true})), "token-malformed"},
		{"J11 the issuer's key as jwk", me(a.withHeader(header{"jwk": a.Issuer.Key().JWK()})), "token-malformed"},
		{"J11 the issuer's address as jku", me(a.withHeader(header{"jku": a.Issuer.URL + "/jwks"})), "token-malformed"},
		{"J11 the issuer's address as x5u", me(a.withHeader(header{"x5u": a.Issuer.URL})), "token-malformed"},
		{"J11 x5c, x5t and x5t#S256 are ignored", me(a.withHeader(header{"x5c": []string{"MIIB"}, "x5t": "x", "x5t#S256": 5})), ""},
		{"J18 a compressed token", me(a.withHeader(header{"zip": "DEF"})), "token-malformed"},
		{"J18 an encrypted token, PBES2", me(authtest.Encode(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000}`) + ".a.b.c.d"), "token-encrypted"},
		{"J18 an encrypted and compressed token", me(authtest.Encode(`{"alg":"dir","enc":"A128GCM","zip":"DEF"}`) + "..a.b.c"), "token-encrypted"},
		{"A06 kid: a number", me(a.withHeader(header{"kid": 5})), "token-malformed"},
		{"A06 kid: null", me(a.withHeader(header{"kid": null})), "token-malformed"},
		{"A06 kid: an array", me(a.withHeader(header{"kid": []string{a.Issuer.Key().ID}})), "token-malformed"},
	}...))
}

func TestAlgorithmsCanBeLimited(t *testing.T) {
	t.Parallel()
	es, rs := newKey("ES256"), newKey("RS256")
	limited := apitest.Auth(func(c *auth.Config) { c.Algorithms = []string{"ES256"} })
	a := start(t, publishing(es, rs), limited)
	a.run(t, []row{
		{"J07 an allowed algorithm", me(a.Issuer.Token()), ""},
		{"J07 another one, although its key is published", a.signedWith(rs, nil), "algorithm-not-allowed"},
	})
}

func TestTokensBringNoKeysAndNoAddresses(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	listener := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer listener.Close()
	a := start(t)
	attacker, kid := authtest.NewKey("ES256"), a.Issuer.Key().ID
	forged := func(h header, changes ...authtest.Claims) request {
		full := header{"typ": "at+jwt", "kid": kid}
		maps.Copy(full, h)
		return me(attacker.Sign(full, a.Issuer.Claims(changes...)))
	}
	certificate := base64.StdEncoding.EncodeToString([]byte("certificate"))
	a.run(t, []row{
		{"J11 a forger's jwk, a known kid", forged(header{"jwk": attacker.JWK()}), "signature-invalid"},
		{"J11 a forger's jwk, its own kid", forged(header{"kid": attacker.ID, "jwk": attacker.JWK()}), "key-unknown"},
		{"J11 a forger's jwk, no kid", forged(header{"kid": nil, "jwk": attacker.JWK()}), "signature-invalid"},
		{"J11 a forger's jku, a known kid", forged(header{"jku": listener.URL}), "signature-invalid"},
		{"J11 a forger's jku, its own kid", forged(header{"kid": attacker.ID, "jku": listener.URL}), "key-unknown"},
		{"J11 a forger's x5u", forged(header{"x5u": listener.URL}), "signature-invalid"},
		{"J11 a forger's x5c", forged(header{"x5c": []string{certificate}}), "signature-invalid"},
		{"J20 a forged iss", forged(nil, authtest.Claims{"iss": listener.URL}), "issuer-wrong"},
		{"J20 a forged iss, an unknown kid", forged(header{"kid": attacker.ID}, authtest.Claims{"iss": listener.URL}), "issuer-wrong"},
		{"J20 forged exp and aud", forged(nil, authtest.Claims{"exp": 1, "aud": "x"}), "signature-invalid"},
	})
	t.Run("J11 no address of a token is called", func(t *testing.T) {
		if got := calls.Load(); got != 0 {
			t.Errorf("the listener was called %d times", got)
		}
	})
}

func inUTF16(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return string(b)
}
