package conformance

import (
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// TestForgeries is A01 to A22 of the attack catalogue: tokens that nobody should accept.
func TestForgeries(t *testing.T) {
	t.Parallel()
	es, rs := rigKey("ES256"), rigKey("RS256")
	r := newRig(t, publishing(es, rs))
	good, attacker := r.issuer.Token(), authtest.NewKey("ES256")
	head, payload := good[:strings.Index(good, ".")], strings.Split(good, ".")[1]
	unsigned := authtest.Encode(`{"alg":"none","typ":"at+jwt"}`) + "." + payload + "."
	r.run(t, []row{
		{"A01 a token that says it is not signed", me(unsigned + "x"), "token-malformed"},
		{"A01 with some signature", me(unsigned + "xxxx"), "algorithm-not-allowed"},
		{"A01 with none", me(unsigned), "token-malformed"},
		{"A01 a genuine token without its signature", me(head + "." + payload + "."), "token-malformed"},
		{"A01 a case that a list of refusals forgot", me(r.headed(header{"alg": "nOnE"})), "algorithm-not-allowed"},
		{"A03 a curve that looks alike", me(r.headed(header{"alg": "ES256K"})), "algorithm-not-allowed"},
		{"A03 an algorithm of another curve", me(r.headed(header{"alg": "ES512"})), "algorithm-not-allowed"},
		{"A04 a key in the header", me(attacker.Sign(header{"typ": "at+jwt", "jwk": attacker.JWK()}, r.issuer.Claims())), "key-unknown"},
		{"A04 a certificate in the header", me(attacker.Sign(header{"typ": "at+jwt", "kid": es.ID, "x5c": []string{"MIIB"}}, r.issuer.Claims())), "signature-invalid"},
		{"A05 an address in the header", me(attacker.Sign(header{"typ": "at+jwt", "jku": r.issuer.URL + "/evil"}, r.issuer.Claims())), "key-unknown"},
		{"A06 a kid of seven kilobytes", me(r.headed(header{"kid": strings.Repeat("k", 5000)})), "key-unknown"},
		{"A06 a kid of a megabyte", bare(me(r.headed(header{"kid": strings.Repeat("k", 1<<20)}))), "bare 431"},
		{"A06 a kid that climbs", me(r.headed(header{"kid": "../" + es.ID})), "key-unknown"},
		{"A06 a kid that ends early", me(r.headed(header{"kid": es.ID + "\x00"})), "key-unknown"},
		{"A06 a kid of another case", me(r.headed(header{"kid": strings.ToUpper(es.ID)})), "key-unknown"},
		{"A07 a signature of zeros", me(spoilt(good, func(s []byte) []byte { return make([]byte, len(s)) })), "signature-invalid"},
		{"A08 the other signature of the same key and text is good", me(spoilt(good, mirrored)), ""},
		{"A08 another text of the same signature is not", me(loosened(good)), "token-malformed"},
		{"A09 a signature of 21830 characters", me(head + "." + payload + "." + strings.Repeat("A", 21830)), "credentials-too-large"},
		{"A09 a signature of 6000 characters", me(head + "." + payload + "." + strings.Repeat("A", 6000)), "signature-invalid"},
		{"A10 an extension that must be understood", me(r.headed(header{"crit": []string{"x"}, "x": 1})), "token-malformed"},
		{"A11 a token in JSON serialization", me(toJSON(map[string]string{"protected": head, "payload": payload})), "credentials-malformed"},
		{"A11 a token that is both", me(`{"a":"` + good + `"}`), "credentials-malformed"},
		{"A12 an encrypted token around an unsigned one", me(authtest.Encode(`{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}`) + ".a.b." + authtest.Encode(unsigned) + ".c"), "token-encrypted"},
		{"A13 a bomb in a token", me(authtest.Encode(`{"alg":"dir","enc":"A256GCM","zip":"DEF"}`) + "..a." + strings.Repeat("A", 4000) + ".c"), "token-encrypted"},
		{"A13 a password that takes a day", me(authtest.Encode(`{"alg":"PBES2-HS512+A256KW","p2c":2147483647}`) + ".a.b.c.d"), "token-encrypted"},
		{"A14 an encrypted token of nothing", me("...."), "token-encrypted"},
		{"A14 an encrypted token with a header alone", me(authtest.Encode(`{"alg":"ECDH-ES"}`) + "...."), "token-encrypted"},
		{"A15 dots", me("a" + strings.Repeat(".", 8000)), "token-malformed"},
		{"A15 more dots", me("a" + strings.Repeat(".", 20000)), "credentials-too-large"},
		{"A15 arrays in arrays, as deep as a token can be", me(r.claimingText(`{$,"x":` + nested(2000) + `}`)), ""},
		{"A15 arrays in arrays, twenty thousand deep", bare(me(r.claimingText(`{$,"x":` + nested(20000) + `}`))), "bare 431"},
		{"A15 arrays that do not end", me(r.claimingText(`{$,"x":` + strings.Repeat("[", 4000))), "token-malformed"},
		{"A16 a forged token that is past", me(attacker.Sign(header{"typ": "at+jwt", "kid": es.ID}, r.issuer.Claims(authtest.Claims{"exp": 1}))), "signature-invalid"},
		{"A17 an audience of nobody", me(r.claiming(authtest.Claims{"aud": []string{}})), "audience-wrong"},
		{"A17 no audience", me(r.claiming(authtest.Claims{"aud": nil})), "audience-wrong"},
		{"A18 an issuer that begins like ours", me(r.claiming(authtest.Claims{"iss": r.issuer.URL + ".evil.example.com"})), "issuer-wrong"},
		{"A18 an issuer that contains ours", me(r.claiming(authtest.Claims{"iss": "https://evil.example.com/?" + r.issuer.URL})), "issuer-wrong"},
		{"A19 an end beyond all numbers", me(r.claiming(authtest.Claims{"exp": json.RawMessage("1e400")})), "claim-invalid"},
		{"A19 a start beyond all integers", me(r.claiming(authtest.Claims{"nbf": 1e30})), "claim-invalid"},
		{"A19 an age below all integers", me(r.claiming(authtest.Claims{"iat": json.RawMessage("-9223372036854775808")})), "claim-invalid"},
		{"A20 a claim said twice", me(r.claimingText(`{$,"sub":"root"}`)), "token-malformed"},
		{"A21 an ID token", me(r.issuer.IDToken(authtest.Claims{"aud": rigAudience, "scope": "items:read"})), "token-type-wrong"},
		{"A22 a genuine token of another tenant", me(r.claiming(authtest.Claims{"iss": r.issuer.URL + "/tenant"})), "issuer-wrong"},
		{"A38 a secret named in the header", me(r.headed(header{"alg": "HS256", "kid": es.ID})), "algorithm-not-allowed"},
		{"A39 a binding that is empty", me(r.claiming(authtest.Claims{"cnf": map[string]any{}})), "binding-invalid"},
	})
	for name, secret := range secrets(t, rs) {
		t.Run("A02 a public key as a secret: "+name, func(t *testing.T) {
			text := authtest.Encode(`{"alg":"HS256","kid":"`+rs.ID+`","typ":"at+jwt"}`) + "." + payload
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(text))
			r.want(t, me(text+"."+authtest.Encode(string(mac.Sum(nil)))), "algorithm-not-allowed")
		})
	}
}

// mirrored returns the signature (r, n-s), which is as good as (r, s).
func mirrored(s []byte) []byte {
	return append(s[:32:32], new(big.Int).Sub(elliptic.P256().Params().N, new(big.Int).SetBytes(s[32:])).FillBytes(make([]byte, 32))...)
}

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

// secrets are the texts of a public key that a confused library would take for an HMAC's.
func secrets(t *testing.T, k *authtest.Key) map[string][]byte {
	public := k.Private.Public().(*rsa.PublicKey)
	pkix, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(public)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})
	return map[string][]byte{
		"PEM": text, "PEM after a space": append([]byte(" "), text...), "PEM without its last line break": text[:len(text)-1],
		"PKCS1 in PEM": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1}),
		"PKIX in DER":  pkix, "PKCS1 in DER": pkcs1, "JWK": []byte(toJSON(k.JWK())), "nothing": nil,
	}
}

// TestRequests is A28 to A35: requests that nobody should answer.
func TestRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t, open)
	good := r.issuer.Token()
	rows := []row{
		{"A28 the plain path", get("/me"), "credentials-missing"},
		{"A28 an encoded path", get("/%6d%65"), "credentials-missing"},
		{"A28 a query that names a public path", get("/me?/healthz"), "credentials-missing"},
		{"A28 a fragment that names a public path", get("/me#/healthz"), "not-found"},
		{"A28 a parameter that names a public path", get("/me;/healthz"), "not-found"},
		{"A28 a slash at the end", get("/me/"), "credentials-missing"},
		{"A28 an absolute address", get("http://api.example.com/me"), "credentials-missing"},
	}
	for _, path := range []string{
		"/healthz/../me", "/healthz/..%2fme", "/healthz/%2e%2e/me", "/./me", "//me", "/ME", "/me%00", "/me%20", "/me.json", "/healthz/",
		"/healthz/me", `/\me`, "/healthz;/../me", "/.well-known/../me",
	} {
		rows = append(rows, row{"A28 " + path + " leads nowhere", get(path), "not-found"})
	}
	for _, h := range []string{
		"X-Original-URL: /healthz", "X-Rewrite-URL: /healthz", "X-Forwarded-Uri: /healthz", "X-HTTP-Method-Override: OPTIONS",
		"X-Forwarded-User: alice", "X-User: alice", "X_User: alice", "X-Auth-Request-User: alice", "Remote-User: alice", "X-Forwarded-Client-Cert: Subject=\"CN=alice\"",
		"X-Forwarded-For: 127.0.0.1",
	} {
		name, _, _ := strings.Cut(h, ":")
		rows = append(rows, row{"A29 " + name + " lets nobody in", get("/me", h), "credentials-missing"})
	}
	r.run(t, append(rows, []row{
		{"A30 two schemes on one line", get("/me", "Authorization: Bearer "+good+", Bearer "+good), "credentials-malformed"},
		{"A30 another scheme first", get("/me", "Authorization: Basic YWxpY2U6eA==, Bearer "+good), "scheme-unsupported"},
		{"A30 another scheme last", get("/me", bearer(good)+", Basic YWxpY2U6eA=="), "credentials-malformed"},
		{"A30 two headers", get("/me", "Authorization: Basic YWxpY2U6eA==", bearer(good)), "credentials-multiple"},
		{"A31 a zero byte", bare(get("/me", bearer(good)+"\x00")), "bare 400"},
		{"A31 a control character", bare(get("/me", "Authorization: Bearer \x01"+good)), "bare 400"},
		{"A31 a space before the colon", bare(get("/me", "Authorization : Bearer "+good)), "bare 400"},
		{"A31 a space that is not ASCII", get("/me", "Authorization: Bearer\xa0"+good), "credentials-malformed"},
		{"A31 a space that is not ASCII after the token", get("/me", bearer(good)+"\xa0"), "credentials-malformed"},
		{"A31 a letter that looks alike", get("/me", "Authorization: Вearer "+good), "credentials-malformed"},
		{"A31 a folded line is one line", get("/me", "Authorization: Bearer\r\n "+good), ""},
		{"A31 a zero byte in the path", get("/items/%00"), "credentials-missing"},
		{"A32 a claim that ends a header", me(r.claiming(authtest.Claims{"iss": "x\"\r\nSet-Cookie: a=b"})), "issuer-wrong"},
		{"A32 a scope that ends a header", get("/items", bearer(r.claiming(authtest.Claims{"scope": "\"\r\nSet-Cookie: a=b"}))), "scope-insufficient read"},
		{"A34 another host", get("/me", "Host: evil.example.com"), "credentials-missing"},
		{"A34 another host, says the proxy", get("/me", "X-Forwarded-Host: evil.example.com", "X-Forwarded-Proto: http"), "credentials-missing"},
	}...))
	t.Run("A29 a caller is who the token says", func(t *testing.T) {
		got := r.want(t, get("/me", bearer(good), "X-User: root", "X-Forwarded-User: root", "Remote-User: root"), "")
		if got.member("subject") != "alice" {
			t.Errorf("got %s", got.body)
		}
	})
	t.Run("A33 nothing that was sent makes a record of its own", func(t *testing.T) {
		lines := len(r.log.lines())
		forged := `%0a{"level":"INFO","msg":"forged"}`
		r.want(t, get("/me/"+strings.NewReplacer(`"`, "%22", "{", "%7b", "}", "%7d").Replace(forged)), "credentials-missing")
		r.want(t, me(r.claiming(authtest.Claims{"iss": "x\n" + forged, "sub": "\x1b[2J"})), "issuer-wrong")
		r.want(t, me(r.headed(header{"kid": "x\n" + forged})), "key-unknown")
		added := r.log.lines()[lines:]
		if len(added) < 5 || len(added) > 6 { // the first refusal may be one of many of its kind
			t.Errorf("got %d records: %s", len(added), added)
		}
		for _, line := range added {
			var record struct{ Msg string }
			if err := json.Unmarshal([]byte(line), &record); err != nil || record.Msg == "forged" {
				t.Errorf("%v: %s", err, line)
			}
		}
	})
	t.Run("A35 a preflight of very many names is answered shortly", func(t *testing.T) {
		headers := []string{fromApp, forGET, withHeader + strings.Repeat("a,", 10000)}
		start := time.Now()
		got := r.want(t, call{line: "OPTIONS /items", headers: headers}, "preflight")
		if took := time.Since(start); took > time.Second || got.header.Get("Access-Control-Allow-Origin") != "" || len(fmt.Sprint(got.header)) > 1000 {
			t.Errorf("got %v after %s", got.header, took)
		}
	})
}
