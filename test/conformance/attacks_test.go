package conformance

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

func TestForgedTokensAreRejected(t *testing.T) {
	t.Parallel()
	es, rs := newKey("ES256"), newKey("RS256")
	a := start(t, publishing(es, rs))
	good, attacker := a.Issuer.Token(), authtest.NewKey("ES256")
	head, rest, _ := strings.Cut(good, ".")
	payload, _, _ := strings.Cut(rest, ".")
	unsigned := authtest.Encode(`{"alg":"none","typ":"at+jwt"}`) + "." + payload + "."
	a.run(t, []row{
		{"A01 alg none, one character as signature", me(unsigned + "x"), "token-malformed"},
		{"A01 alg none, some signature", me(unsigned + "xxxx"), "algorithm-not-allowed"},
		{"A01 alg none, no signature", me(unsigned), "algorithm-not-allowed"},
		{"A01 a valid token without its signature", me(head + "." + payload + "."), "token-malformed"},
		{"A01 alg nOnE", me(a.withHeader(header{"alg": "nOnE"})), "algorithm-not-allowed"},
		{"A03 the curve secp256k1", me(a.withHeader(header{"alg": "ES256K"})), "algorithm-not-allowed"},
		{"A03 the curve P-521", me(a.withHeader(header{"alg": "ES512"})), "algorithm-not-allowed"},
		{"A04 a key in the header", a.signedWith(attacker, header{"jwk": attacker.JWK()}), "key-unknown"},
		{"A04 a certificate in the header", a.signedWith(attacker, header{"kid": es.ID, "x5c": []string{"MIIB"}}), "signature-invalid"},
		{"A05 an address in the header", a.signedWith(attacker, header{"jku": a.Issuer.URL + "/evil"}), "key-unknown"},
		{"A06 kid of 5,000 characters", me(a.withHeader(header{"kid": strings.Repeat("k", 5000)})), "key-unknown"},
		{"A06 kid of a megabyte", netHTTP(me(a.withHeader(header{"kid": strings.Repeat("k", 1<<20)}))), "net/http 431"},
		{"A06 kid with a path", me(a.withHeader(header{"kid": "../" + es.ID})), "key-unknown"},
		{"A06 kid with a zero byte", me(a.withHeader(header{"kid": es.ID + "\x00"})), "key-unknown"},
		{"A06 kid in another case", me(a.withHeader(header{"kid": strings.ToUpper(es.ID)})), "key-unknown"},
		{"A07 a signature of zeros", me(changeSignature(good, zeros)), "signature-invalid"},
		{"A08 the signature (r, n-s) is valid too", me(changeSignature(good, negateS)), ""},
		{"A08 another text of the same signature", me(setUnusedBit(good)), "token-malformed"},
		{"A09 a signature of 21,830 characters", me(head + "." + payload + "." + strings.Repeat("A", 21830)), "credentials-too-large"},
		{"A09 a signature of 6,000 characters", me(head + "." + payload + "." + strings.Repeat("A", 6000)), "signature-invalid"},
		{"A10 a critical extension", me(a.withHeader(header{"crit": []string{"x"}, "x": 1})), "token-malformed"},
		{"A11 JSON serialization", me(toJSON(map[string]string{"protected": head, "payload": payload})), "credentials-malformed"},
		{"A11 a token inside JSON", me(`{"a":"` + good + `"}`), "credentials-malformed"},
		{"A12 an encrypted token around an unsigned one", me(authtest.Encode(`{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}`) + ".a.b." + authtest.Encode(unsigned) + ".c"), "token-encrypted"},
		{"A13 a decompression bomb", me(authtest.Encode(`{"alg":"dir","enc":"A256GCM","zip":"DEF"}`) + "..a." + strings.Repeat("A", 4000) + ".c"), "token-encrypted"},
		{"A13 PBES2 with 2^31 iterations", me(authtest.Encode(`{"alg":"PBES2-HS512+A256KW","p2c":2147483647}`) + ".a.b.c.d"), "token-encrypted"},
		{"A14 five empty segments", me("...."), "token-encrypted"},
		{"A14 an encrypted token of a header alone", me(authtest.Encode(`{"alg":"ECDH-ES"}`) + "...."), "token-encrypted"},
		{"A15 8,000 dots", me("a" + strings.Repeat(".", 8000)), "token-malformed"},
		{"A15 20,000 dots", me("a" + strings.Repeat(".", 20000)), "credentials-too-large"},
		{"A15 arrays nested 2,000 deep", me(a.withClaimsText(`{$,"x":` + nestedArrays(2000) + `}`)), ""},
		{"A15 arrays nested 20,000 deep", netHTTP(me(a.withClaimsText(`{$,"x":` + nestedArrays(20000) + `}`))), "net/http 431"},
		{"A15 arrays that are not closed", me(a.withClaimsText(`{$,"x":` + strings.Repeat("[", 4000))), "token-malformed"},
		{"A16 a forged and expired token", me(attacker.Sign(header{"typ": "at+jwt", "kid": es.ID}, a.Issuer.Claims(authtest.Claims{"exp": 1}))), "signature-invalid"},
		{"A17 an empty audience", me(a.withClaims(authtest.Claims{"aud": []string{}})), "audience-wrong"},
		{"A17 no audience", me(a.withClaims(authtest.Claims{"aud": nil})), "audience-wrong"},
		{"A18 an issuer with ours as a prefix", me(a.withClaims(authtest.Claims{"iss": a.Issuer.URL + ".evil.example.com"})), "issuer-wrong"},
		{"A18 an issuer with ours in its query", me(a.withClaims(authtest.Claims{"iss": "https://evil.example.com/?" + a.Issuer.URL})), "issuer-wrong"},
		{"A19 exp 1e400", me(a.withClaims(authtest.Claims{"exp": json.RawMessage("1e400")})), "claim-invalid"},
		{"A19 nbf 1e30", me(a.withClaims(authtest.Claims{"nbf": 1e30})), "claim-invalid"},
		{"A19 iat of the least integer", me(a.withClaims(authtest.Claims{"iat": json.RawMessage("-9223372036854775808")})), "claim-invalid"},
		{"A20 sub twice", me(a.withClaimsText(`{$,"sub":"root"}`)), "token-malformed"},
		{"A21 an ID token", me(a.Issuer.IDToken(authtest.Claims{"aud": audience, "scope": "items:read"})), "token-type-wrong"},
		{"A22 a token of another tenant", me(a.withClaims(authtest.Claims{"iss": a.Issuer.URL + "/tenant"})), "issuer-wrong"},
		{"A38 HS256 and a known kid", me(a.withHeader(header{"alg": "HS256", "kid": es.ID})), "algorithm-not-allowed"},
		{"A39 an empty cnf", me(a.withClaims(authtest.Claims{"cnf": map[string]any{}})), "binding-invalid"},
	})
	for name, secret := range publicKeyTexts(t, rs) {
		t.Run("A02 public key as HS256 secret: "+name, func(t *testing.T) {
			text := authtest.Encode(`{"alg":"HS256","kid":"`+rs.ID+`","typ":"at+jwt"}`) + "." + payload
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(text))
			a.want(t, me(text+"."+authtest.Encode(string(mac.Sum(nil)))), "algorithm-not-allowed")
		})
	}
}

// publicKeyTexts are the forms of a public key that a confused library would use as the secret of an
// HMAC.
func publicKeyTexts(t *testing.T, k *authtest.Key) map[string][]byte {
	public := k.Private.Public().(*rsa.PublicKey)
	pkix, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(public)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})
	return map[string][]byte{
		"PEM": text, "space, PEM": append([]byte(" "), text...), "PEM, no newline": text[:len(text)-1],
		"PKCS1 PEM": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1}),
		"PKIX":      pkix, "PKCS1": pkcs1, "JWK": []byte(toJSON(k.JWK())), "empty": nil,
	}
}
