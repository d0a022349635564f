package conformance

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"example.com/gatehouse/auth/authtest"
)

// TestToken is J01 to J06 of the requirements: the texts that are tokens (RFC 7515,
// sections 2 and 7.1; RFC 8725, section 3). All are signed with the issuer's key.
func TestToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	key, good := r.issuer.Key(), r.issuer.Token()
	head, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	claims := toJSON(r.issuer.Claims(authtest.Claims{"x": "????"}))
	raggedHead := ragged(`{"alg":"ES256","kid":"` + key.ID + `","typ":"at+jwt","x":"????"}`)
	r.run(t, []row{
		{"J01 JSON serialization is no bearer token", me(`{"payload":"` + payload + `","signatures":[]}`), "credentials-malformed"},
		{"J01 a token in quotes is none", me(`"` + good + `"`), "credentials-malformed"},
		{"J01 a token with a space is none", me(head + ". " + rest), "credentials-malformed"},
		{"J01 a tilde is not of base64url", me(good + "~"), "token-malformed"},
		{"J02 one segment is no token", me(head), "token-malformed"},
		{"J02 two segments are none", me(head + "." + payload), "token-malformed"},
		{"J02 four segments are none", me(good + "." + signature), "token-malformed"},
		{"J02 five segments are an encrypted token", me(good + "." + signature + "." + signature), "token-encrypted"},
		{"J02 six segments are none", me(good + "..."), "token-malformed"},
		{"J02 a token has a header", me("." + rest), "token-malformed"},
		{"J02 a token has claims", me(key.SignSegments(head, "")), "token-malformed"},
		{"J02 a token has a signature", me(head + "." + payload + "."), "token-malformed"},
		{"J03 a header is not padded", me(key.SignSegments(head+"=", payload)), "credentials-malformed"},
		{"J03 a signature is not padded", me(good + "=="), "token-malformed"},
		{"J03 a header is not of the standard alphabet", me(key.SignSegments(standard(raggedHead), payload)), "token-malformed"},
		{"J03 claims are not of the standard alphabet", me(key.SignSegments(head, standard(ragged(claims)))), "token-malformed"},
		{"J03 a ragged header is good", me(key.SignSegments(raggedHead, ragged(claims))), ""},
		{"J03 a header has no spare bits set", me(key.SignSegments(loosened(raggedHead), payload)), "token-malformed"},
		{"J03 claims have no spare bits set", me(key.SignSegments(head, loosened(ragged(claims)))), "token-malformed"},
		{"J03 a signature has no spare bits set", me(loosened(good)), "token-malformed"},
		{"J04 a header is UTF-8", me(r.headedText("{$,\"x\":\"\xff\"}")), "token-malformed"},
		{"J04 a header has no byte order mark", me(r.headedText("\ufeff{$}")), "token-malformed"},
		{"J04 a header is not UTF-16", me(key.SignText(inUTF16(`{"alg":"ES256"}`), claims)), "token-malformed"},
		{"J04 a header is no array", me(r.headedText("[{$}]")), "token-malformed"},
		{"J04 a header is not null", me(r.headedText("null")), "token-malformed"},
		{"J04 a header is no number", me(r.headedText("1")), "token-malformed"},
		{"J04 a header is whole", me(r.headedText("{$")), "token-malformed"},
		{"J04 nothing follows a header", me(r.headedText("{$}{}")), "token-malformed"},
		{"J04 claims are UTF-8", me(r.claimingText("{$,\"name\":\"\xff\"}")), "token-malformed"},
		{"J04 the names of claims are UTF-8", me(r.claimingText("{$,\"\xff\":1}")), "token-malformed"},
		{"J04 claims have no byte order mark", me(r.claimingText("\ufeff{$}")), "token-malformed"},
		{"J04 claims are not UTF-16", me(r.claimingText(inUTF16(claims))), "token-malformed"},
		{"J04 claims are no array", me(r.claimingText("[{$}]")), "token-malformed"},
		{"J04 claims are not null", me(r.claimingText("null")), "token-malformed"},
		{"J04 claims are no number", me(r.claimingText("1")), "token-malformed"},
		{"J04 claims are no text", me(r.claimingText(`"$"`)), "token-malformed"},
		{"J04 an escaped surrogate stands in a pair", me(r.claimingText(`{$,"name":"\ud800"}`)), "token-malformed"},
		{"J05 alg stands once", me(r.headedText(`{"alg":"none",$}`)), "token-malformed"},
		{"J05 alg stands once even if it agrees", me(r.headedText(`{"alg":"ES256",$}`)), "token-malformed"},
		{"J05 a name is the same when it is escaped", me(r.headedText(`{"\u0061lg":"ES256",$}`)), "token-malformed"},
		{"J05 kid stands once", me(r.headedText(`{$,"kid":"x"}`)), "token-malformed"},
		{"J05 an unknown member stands once", me(r.headedText(`{$,"x":1,"x":1}`)), "token-malformed"},
		{"J05 a nested member stands once", me(r.headedText(`{$,"x":{"y":1,"y":2}}`)), "token-malformed"},
		{"J05 exp stands once", me(r.claimingText(`{$,"exp":99999999999}`)), "token-malformed"},
		{"J05 iss stands once", me(r.claimingText(`{"iss":"x",$}`)), "token-malformed"},
		{"J05 a claim is the same when it is escaped", me(r.claimingText(`{$,"\u0073ub":"root"}`)), "token-malformed"},
		{"J05 an unknown claim stands once", me(r.claimingText(`{$,"x":1,"x":1}`)), "token-malformed"},
		{"J05 a nested claim stands once", me(r.claimingText(`{$,"x":[{"y":1,"y":2}]}`)), "token-malformed"},
		{"J06 ISS is not iss", me(r.claiming(authtest.Claims{"iss": nil, "ISS": r.issuer.URL})), "claim-missing"},
		{"J06 EXP is not exp", me(r.claiming(authtest.Claims{"exp": nil, "EXP": 99999999999})), "claim-missing"},
		{"J06 Sub is not sub", me(r.claiming(authtest.Claims{"sub": nil, "Sub": "alice"})), "claim-missing"},
		{"J06 AUD is not aud", me(r.claiming(authtest.Claims{"aud": nil, "AUD": rigAudience})), "audience-wrong"},
		{"J06 Alg is not alg", me(r.headed(header{"alg": nil, "Alg": "ES256"})), "algorithm-not-allowed"},
		{"J06 Kid is not kid", me(r.headed(header{"kid": "x", "Kid": key.ID})), "key-unknown"},
	})
	t.Run("J06 a claim of another case beside the real one does not replace it", func(t *testing.T) {
		got := r.want(t, me(r.claimingText(`{"SUB":"root",$,"Sub":"root"}`)), "")
		if got.member("subject") != "alice" {
			t.Errorf("got %s", got.body)
		}
	})
}

// TestHeader is J07 to J11, J18 and J19: what a header may say (RFC 7515, section 4).
func TestHeader(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	rows := []row{{"J07 the algorithm of the key is accepted", me(r.headed(nil)), ""}}
	for _, alg := range []any{"none", "None", "NONE", "nOnE", "", nil, 5, true, []string{"ES256"}, json.RawMessage("null"),
		"HS256", "HS384", "HS512", "es256", " ES256", "ES256 ", "ES256\u0000", "ES256K", "A128KW", "dir"} {
		rows = append(rows, row{"J07 alg " + toJSON(alg) + " is not", me(r.headed(header{"alg": alg})), "algorithm-not-allowed"})
	}
	for _, text := range []string{`["x"]`, `["exp"]`, `["b64"]`, `["alg"]`, `[]`, `"exp"`, `null`, `{"x":1}`, `5`} {
		rows = append(rows, row{"J09 crit " + text + " is not understood", me(r.headedText(`{$,"crit":` + text + `,"exp":1}`)), "token-malformed"})
	}
	rows = append(rows, []row{
		{"J10 b64 false without crit is refused", me(r.headed(header{"b64": false})), "token-malformed"},
		{"J10 b64 false with crit is refused", me(r.headed(header{"b64": false, "crit": []string{"b64"}})), "token-malformed"},
		{"J10 b64 true is refused", me(r.headed(header{"b64": true})), "token-malformed"},
		{"J11 jwk in a genuine token is refused", me(r.headed(header{"jwk": r.issuer.Key().JWK()})), "token-malformed"},
		{"J11 jku in a genuine token is refused", me(r.headed(header{"jku": r.issuer.URL + "/jwks"})), "token-malformed"},
		{"J11 x5u in a genuine token is refused", me(r.headed(header{"x5u": r.issuer.URL})), "token-malformed"},
		{"J11 x5c, x5t and x5t#S256 are not read", me(r.headed(header{"x5c": []string{"MIIB"}, "x5t": "x", "x5t#S256": 5})), ""},
		{"J18 a compressed token is refused", me(r.headed(header{"zip": "DEF"})), "token-malformed"},
		{"J18 an encrypted token is refused undecoded", me(authtest.Encode(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000}`) + ".a.b.c.d"), "token-encrypted"},
		{"J18 an encrypted token of zeros is refused undecoded", me(authtest.Encode(`{"alg":"dir","enc":"A128GCM","zip":"DEF"}`) + "..a.b.c"), "token-encrypted"},
	}...)
	for _, typ := range []any{"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"} {
		rows = append(rows, row{"J19 typ " + toJSON(typ) + " is an access token's", me(r.headed(header{"typ": typ})), ""})
	}
	for _, typ := range []any{"JWT", "dpop+jwt", "secevent+jwt", "logout+jwt", "", "at+jwt ", "at+jwtx", "x/at+jwt", "application/", 5, nil,
		true, json.RawMessage("null"), []string{"at+jwt"}} {
		rows = append(rows, row{"J19 typ " + toJSON(typ) + " is not", me(r.headed(header{"typ": typ})), "token-type-wrong"})
	}
	r.run(t, append(rows, []row{
		{"A06 kid is a text", me(r.headed(header{"kid": 5})), "token-malformed"},
		{"A06 kid is not null", me(r.headed(header{"kid": json.RawMessage("null")})), "token-malformed"},
		{"A06 kid is no array", me(r.headed(header{"kid": []string{r.issuer.Key().ID}})), "token-malformed"},
	}...))
}

// TestAllowed is J07 with a list of algorithms that the API keeps to.
func TestAllowed(t *testing.T) {
	t.Parallel()
	es, rs := rigKey("ES256"), rigKey("RS256")
	r := newRig(t, publishing(es, rs), allowing("ES256"))
	r.run(t, []row{
		{"J07 an algorithm of the list is accepted", me(r.issuer.Token()), ""},
		{"J07 an algorithm that is not of the list is refused, whatever is published", me(rs.Sign(header{"typ": "at+jwt"}, r.issuer.Claims())), "algorithm-not-allowed"},
	})
}

// TestEmbedded is J11 and J20: a token brings no key, and nobody is called on its word.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	listener := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer listener.Close()
	r := newRig(t)
	attacker, genuine := authtest.NewKey("ES256"), r.issuer.Key().ID
	forged := func(h header, changes ...authtest.Claims) call {
		full := header{"typ": "at+jwt", "kid": genuine}
		for name, v := range h {
			full[name] = v
		}
		return me(attacker.Sign(full, r.issuer.Claims(changes...)))
	}
	r.run(t, []row{
		{"J11 a forger's jwk is not used", forged(header{"jwk": attacker.JWK()}), "signature-invalid"},
		{"J11 a forger's jwk is not used under its own kid", forged(header{"kid": attacker.ID, "jwk": attacker.JWK()}), "key-unknown"},
		{"J11 a forger's jwk is not used without a kid", forged(header{"kid": nil, "jwk": attacker.JWK()}), "signature-invalid"},
		{"J11 a forger's jku is not fetched", forged(header{"jku": listener.URL}), "signature-invalid"},
		{"J11 a forger's jku is not fetched under its own kid", forged(header{"kid": attacker.ID, "jku": listener.URL}), "key-unknown"},
		{"J11 a forger's x5u is not fetched", forged(header{"x5u": listener.URL}), "signature-invalid"},
		{"J11 a forger's x5c is not used", forged(header{"x5c": []string{base64.StdEncoding.EncodeToString([]byte("certificate"))}}), "signature-invalid"},
		{"J20 the issuer of a forged token is not called", forged(nil, authtest.Claims{"iss": listener.URL}), "signature-invalid"},
		{"J20 nor is it told apart", forged(header{"kid": attacker.ID}, authtest.Claims{"iss": listener.URL}), "key-unknown"},
		{"J20 nothing is told about a forged token's claims", forged(nil, authtest.Claims{"exp": 1, "aud": "x"}), "signature-invalid"},
	})
	t.Run("J11 J20 nobody was called", func(t *testing.T) {
		if got := calls.Load(); got != 0 {
			t.Errorf("the listener was called %d times", got)
		}
	})
}

// TestSignature is J16 and J17: the form of signatures (RFC 7518, sections 3.4 and 3.5).
func TestSignature(t *testing.T) {
	t.Parallel()
	es, ps := rigKey("ES256"), rigKey("PS256")
	r := newRig(t, publishing(es, ps))
	public := es.Private.Public().(*ecdsa.PublicKey)
	order, zero := public.Params().N.FillBytes(make([]byte, 32)), make([]byte, 32)
	ecdsaRow := func(name string, change func(s []byte) []byte) row {
		return row{"J16 " + name, me(spoilt(r.issuer.Token(), change)), "signature-invalid"}
	}
	r.run(t, []row{
		ecdsaRow("DER is not the form of a signature", func(s []byte) []byte {
			der, _ := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(s[:32]), new(big.Int).SetBytes(s[32:])})
			return der
		}),
		ecdsaRow("63 bytes are too few", func(s []byte) []byte { return s[:63] }),
		ecdsaRow("65 bytes are too many", func(s []byte) []byte { return append(s, 0) }),
		ecdsaRow("a leading zero for each number is too many", func(s []byte) []byte {
			return slices.Concat([]byte{0}, s[:32], []byte{0}, s[32:])
		}),
		ecdsaRow("a leading zero for s is too many", func(s []byte) []byte { return slices.Concat(s[:32], []byte{0}, s[32:]) }),
		ecdsaRow("one byte is too few", func(s []byte) []byte { return s[:1] }),
		ecdsaRow("r is not zero", func(s []byte) []byte { return slices.Concat(zero, s[32:]) }),
		ecdsaRow("s is not zero", func(s []byte) []byte { return slices.Concat(s[:32], zero) }),
		ecdsaRow("r and s are not both zero", func([]byte) []byte { return slices.Concat(zero, zero) }),
		ecdsaRow("r is less than the order", func(s []byte) []byte { return slices.Concat(order, s[32:]) }),
		ecdsaRow("s is less than the order", func(s []byte) []byte { return slices.Concat(s[:32], order) }),
		ecdsaRow("r and s are not both the order", func([]byte) []byte { return slices.Concat(order, order) }),
		ecdsaRow("a bit more or less is another signature", flipped),
		saltRow(r, ps, "no salt", 0, "signature-invalid"),
		saltRow(r, ps, "a salt of 20 bytes", 20, "signature-invalid"),
		saltRow(r, ps, "a salt as long as the hash", 32, ""),
		saltRow(r, ps, "a salt that is longer", 33, "signature-invalid"),
		saltRow(r, ps, "the longest salt", rsa.PSSSaltLengthAuto, "signature-invalid"),
	})
}

// saltRow signs a token with a salt of that length.
func saltRow(r *rig, k *authtest.Key, name string, length int, code string) row {
	token := spoilt(k.Sign(header{"typ": "at+jwt"}, r.issuer.Claims()), func([]byte) []byte { return nil })
	text := strings.TrimSuffix(token, ".")
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPSS(rand.Reader, k.Private.(*rsa.PrivateKey), crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: length})
	if err != nil {
		panic(err)
	}
	return row{"J17 " + name, me(text + "." + authtest.Encode(string(signature))), code}
}

func inUTF16(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return string(b)
}
