package conformance

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

func TestSignaturesHaveOneForm(t *testing.T) {
	t.Parallel()
	es, ps := newKey("ES256"), newKey("PS256")
	a := start(t, publishing(es, ps))
	order, zero := es.Private.Public().(*ecdsa.PublicKey).Params().N.FillBytes(make([]byte, 32)), make([]byte, 32)
	changed := func(name string, change func(s []byte) []byte) row {
		return row{"J16 " + name, me(changeSignature(a.Issuer.Token(), change)), "signature-invalid"}
	}
	a.run(t, []row{
		changed("DER", func(s []byte) []byte {
			der, _ := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(s[:32]), new(big.Int).SetBytes(s[32:])})
			return der
		}),
		changed("63 bytes", func(s []byte) []byte { return s[:63] }),
		changed("65 bytes", func(s []byte) []byte { return append(s, 0) }),
		changed("a leading zero for r and s", func(s []byte) []byte { return slices.Concat([]byte{0}, s[:32], []byte{0}, s[32:]) }),
		changed("a leading zero for s", func(s []byte) []byte { return slices.Concat(s[:32], []byte{0}, s[32:]) }),
		changed("one byte", func(s []byte) []byte { return s[:1] }),
		changed("r is zero", func(s []byte) []byte { return slices.Concat(zero, s[32:]) }),
		changed("s is zero", func(s []byte) []byte { return slices.Concat(s[:32], zero) }),
		changed("r and s are zero", func([]byte) []byte { return slices.Concat(zero, zero) }),
		changed("r is the order", func(s []byte) []byte { return slices.Concat(order, s[32:]) }),
		changed("s is the order", func(s []byte) []byte { return slices.Concat(s[:32], order) }),
		changed("r and s are the order", func([]byte) []byte { return slices.Concat(order, order) }),
		changed("another last bit", flipLastBit),
		{"J17 no salt", a.salted(ps, 0), "signature-invalid"},
		{"J17 a salt of 20 bytes", a.salted(ps, 20), "signature-invalid"},
		{"J17 a salt of the hash's length", a.salted(ps, 32), ""},
		{"J17 a salt of 33 bytes", a.salted(ps, 33), "signature-invalid"},
		{"J17 the longest salt", a.salted(ps, rsa.PSSSaltLengthAuto), "signature-invalid"},
	})
}

// salted returns a request with a token that is signed with a salt of that length.
func (a *testAPI) salted(k *authtest.Key, length int) request {
	token := k.Sign(header{"typ": "at+jwt"}, a.Issuer.Claims())
	digest := sha256.Sum256([]byte(token[:strings.LastIndex(token, ".")]))
	options := &rsa.PSSOptions{SaltLength: length}
	signature, err := rsa.SignPSS(rand.Reader, k.Private.(*rsa.PrivateKey), crypto.SHA256, digest[:], options)
	if err != nil {
		panic(err)
	}
	return me(changeSignature(token, func([]byte) []byte { return signature }))
}

// TestTheRulesHoldForEveryAlgorithm repeats the rules that JWT libraries break most, under each
// algorithm. Line breaks and spaces within a token cannot be sent over HTTP; package auth tests them.
func TestTheRulesHoldForEveryAlgorithm(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"ES256", "RS256", "PS256", "EdDSA"} {
		t.Run(algorithm, func(t *testing.T) {
			t.Parallel()
			a := start(t, publishing(newKey(algorithm)))
			a.run(t, a.invalidHeaders())
			a.run(t, a.invalidClaims())
			a.run(t, a.invalidTexts())
			a.run(t, a.invalidSignatures())
		})
	}
}

func (a *testAPI) invalidHeaders() []row {
	foreign := authtest.NewKey("ES256").JWK()
	return []row{
		{"J21 an unknown crit", me(a.withHeader(header{"crit": []string{"x"}, "x": 1})), "token-malformed"},
		{"J21 an empty crit", me(a.withHeader(header{"crit": []string{}})), "token-malformed"},
		{"J21 b64 false with crit", me(a.withHeader(header{"crit": []string{"b64"}, "b64": false})), "token-malformed"},
		{"J21 b64 false alone", me(a.withHeader(header{"b64": false})), "token-malformed"},
		{"J21 alg none before alg", me(a.withHeaderText(`{"alg":"none",$}`)), "token-malformed"},
		{"J21 alg none after alg", me(a.withHeaderText(`{$,"alg":"none"}`)), "token-malformed"},
		{"J21 kid: a number", me(a.withHeader(header{"kid": 1})), "token-malformed"},
		{"J21 typ: a number", me(a.withHeader(header{"typ": 1})), "token-type-wrong"},
		{"J21 jku", me(a.withHeader(header{"jku": a.Issuer.URL + "/jwks"})), "token-malformed"},
		{"J21 zip", me(a.withHeader(header{"zip": "DEF"})), "token-malformed"},
		{"J21 a foreign jwk", me(a.withHeader(header{"jwk": foreign})), "token-malformed"},
		{"J21 x5u", me(a.withHeader(header{"x5u": a.Issuer.URL})), "token-malformed"},
		{"J21 alg in lower case", me(a.withHeader(header{"alg": strings.ToLower(a.Issuer.Key().Algorithm)})), "algorithm-not-allowed"},
	}
}

func (a *testAPI) invalidClaims() []row {
	rows := []row{
		{"J21 an unchanged token", me(a.Issuer.Token()), ""},
		{"J21 exp twice", me(a.withClaimsText(`{$,"exp":99999999999}`)), "token-malformed"},
		{"J21 iss twice", me(a.withClaimsText(`{$,"iss":"x"}`)), "token-malformed"},
		{"J21 ISS for iss", me(a.withClaims(authtest.Claims{"iss": nil, "ISS": a.Issuer.URL})), "claim-missing"},
		{"J21 EXP for exp", me(a.withClaims(authtest.Claims{"exp": nil, "EXP": 99999999999})), "claim-missing"},
		{"J21 no exp", me(a.withClaims(authtest.Claims{"exp": nil})), "claim-missing"},
		{"J21 exp 0", me(a.withClaims(authtest.Claims{"exp": 0})), "token-expired"},
		{"J21 nbf 1e30", me(a.withClaims(authtest.Claims{"nbf": 1e30})), "claim-invalid"},
		{"J21 a letter after the claims", me(a.withClaimsText(`{$}x`)), "token-malformed"},
		{"J21 an object after the claims", me(a.withClaimsText(`{$}{"sub":"root"}`)), "token-malformed"},
		{"J21 a claim that is not UTF-8", me(a.withClaimsText("{$,\"x\":\"\xff\"}")), "token-malformed"},
		{"J21 a byte order mark", me(a.withClaimsText("\ufeff{$}")), "token-malformed"},
		{"J21 an array for claims", me(a.withClaimsText("[]")), "token-malformed"},
		{"J21 null for claims", me(a.withClaimsText("null")), "token-malformed"},
		{"J21 arrays nested 8,000 deep", me(a.withClaimsText(`{$,"x":` + nestedArrays(8000) + `}`)), "credentials-too-large"},
	}
	for _, exp := range []any{"1", null, 1e30, json.RawMessage("1e400"), json.RawMessage("9223372036854775808"), -1, true} {
		rows = append(rows, row{"J21 exp: " + toJSON(exp), me(a.withClaims(authtest.Claims{"exp": exp})), "claim-invalid"})
	}
	for _, aud := range []any{5, null, map[string]any{audience: 1}, []any{audience, 5}, []string{}} {
		rows = append(rows, row{"J21 aud: " + toJSON(aud), me(a.withClaims(authtest.Claims{"aud": aud})), "audience-wrong"})
	}
	return rows
}

func (a *testAPI) invalidTexts() []row {
	key, good := a.Issuer.Key(), a.Issuer.Token()
	claims := encodeUneven(toJSON(a.Issuer.Claims(authtest.Claims{"x": "????"})))
	head, rest, _ := strings.Cut(good, ".")
	return []row{
		{"J21 the standard alphabet", me(key.SignSegments(head, standardBase64(claims))), "token-malformed"},
		{"J21 an unused bit of the claims is set", me(key.SignSegments(head, setUnusedBit(claims))), "token-malformed"},
		{"J21 an unused bit of the signature is set", me(setUnusedBit(good)), "token-malformed"},
		{"J21 padding", me(good + "=="), "token-malformed"},
		{"J21 four segments", me(good + ".x"), "token-malformed"},
		{"J21 JSON serialization", me(`{"protected":"` + head + `","payload":"` + rest + `"}`), "credentials-malformed"},
	}
}

// invalidSignatures change a signature of the right key over the right text.
func (a *testAPI) invalidSignatures() []row {
	changed := func(change func([]byte) []byte) request { return me(changeSignature(a.Issuer.Token(), change)) }
	rows := []row{
		{"J21 a signature of zeros", changed(zeros), "signature-invalid"},
		{"J21 a zero before the signature", changed(func(s []byte) []byte { return append([]byte{0}, s...) }), "signature-invalid"},
		{"J21 a zero after the signature", changed(func(s []byte) []byte { return append(s, 0) }), "signature-invalid"},
		{"J21 another last bit", changed(flipLastBit), "signature-invalid"},
	}
	switch a.Issuer.Key().Algorithm {
	case "ES256":
		rows = append(rows, row{"J21 the signature (r, n-s)", changed(negateS), ""})
	case "EdDSA":
		rows = append(rows, row{"J21 s plus the group order", changed(addOrder), "signature-invalid"})
	}
	return rows
}

// negateS returns the ECDSA signature (r, n-s), which is as valid as (r, s).
func negateS(s []byte) []byte {
	negative := new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(s[32:]))
	return append(s[:32:32], negative.FillBytes(make([]byte, 32))...)
}

// addOrder adds the order of edwards25519 to the second half of a signature, which a verifier must
// reject rather than reduce (RFC 8032, section 5.1.7).
func addOrder(s []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	half := slices.Clone(s[32:])
	slices.Reverse(half)
	half = new(big.Int).Add(new(big.Int).SetBytes(half), order).FillBytes(half)
	slices.Reverse(half)
	return append(s[:32:32], half...)
}
