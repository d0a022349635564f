package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

func TestPathsAndHeadersDoNotBypassAuth(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := a.Issuer.Token()
	rows := []row{
		{"A28 the plain path", get("/me"), "credentials-missing"},
		{"A28 an encoded path", get("/%6d%65"), "credentials-missing"},
		{"A28 a public path in the query", get("/me?/healthz"), "credentials-missing"},
		{"A28 a public path in the fragment", get("/me#/healthz"), "not-found"},
		{"A28 a public path in a path parameter", get("/me;/healthz"), "not-found"},
		{"A28 a trailing slash", get("/me/"), "credentials-missing"},
		{"A28 an absolute address", get("http://api.example.com/me"), "credentials-missing"},
	}
	for _, path := range []string{
		"/healthz/../me", "/healthz/..%2fme", "/healthz/%2e%2e/me", "/./me", "//me", "/ME", "/me%00", "/me%20", "/me.json", "/healthz/",
		"/healthz/me", `/\me`, "/healthz;/../me", "/.well-known/../me",
	} {
		rows = append(rows, row{"A28 path: " + path, get(path), "not-found"})
	}
	for _, h := range []string{
		"X-Original-URL: /healthz", "X-Rewrite-URL: /healthz", "X-Forwarded-Uri: /healthz", "X-HTTP-Method-Override: OPTIONS",
		"X-Forwarded-User: alice", "X-User: alice", "X_User: alice", "X-Auth-Request-User: alice", "Remote-User: alice",
		`X-Forwarded-Client-Cert: Subject="CN=alice"`, "X-Forwarded-For: 127.0.0.1",
	} {
		name, _, _ := strings.Cut(h, ":")
		rows = append(rows, row{"A29 header: " + name, get("/me", h), "credentials-missing"})
	}
	a.run(t, rows)
	t.Run("A29 the caller is who the token says", func(t *testing.T) {
		got := a.want(t, get("/me", bearer(good), "X-User: root", "X-Forwarded-User: root", "Remote-User: root"), "")
		if got.member("subject") != "alice" {
			t.Errorf("got %s", got.body)
		}
	})
}

func TestSmuggledCredentialsAreRejected(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := a.Issuer.Token()
	a.run(t, []row{
		{"A30 two Bearer credentials on one line", get("/me", bearer(good)+", Bearer "+good), "credentials-malformed"},
		{"A30 Basic and Bearer on one line", get("/me", basic+", Bearer "+good), "scheme-unsupported"},
		{"A30 Bearer and Basic on one line", get("/me", bearer(good)+", Basic YWxpY2U6eA=="), "credentials-malformed"},
		{"A30 Basic and Bearer on two lines", get("/me", basic, bearer(good)), "credentials-multiple"},
		{"A31 a zero byte", netHTTP(get("/me", bearer(good)+"\x00")), "net/http 400"},
		{"A31 a control character", netHTTP(get("/me", "Authorization: Bearer \x01"+good)), "net/http 400"},
		{"A31 a space before the colon", netHTTP(get("/me", "Authorization : Bearer "+good)), "net/http 400"},
		{"A31 a no-break space before the token", get("/me", "Authorization: Bearer\xa0"+good), "credentials-malformed"},
		{"A31 a no-break space after the token", get("/me", bearer(good)+"\xa0"), "credentials-malformed"},
		{"A31 a Cyrillic letter in the scheme", get("/me", "Authorization: Вearer "+good), "credentials-malformed"},
		{"A31 a folded line is one line", get("/me", "Authorization: Bearer\r\n "+good), ""},
		{"A31 a zero byte in the path", get("/items/%00"), "credentials-missing read"},
		{"A32 a claim with a line break", me(a.withClaims(authtest.Claims{"iss": "x\"\r\nSet-Cookie: a=b"})), "issuer-wrong"},
		{"A32 a scope with a line break", get("/items", bearer(a.withClaims(authtest.Claims{"scope": "\"\r\nSet-Cookie: a=b"}))), "scope-insufficient read"},
		{"A34 another Host", get("/me", "Host: evil.example.com"), "credentials-missing"},
		{"A34 another X-Forwarded-Host", get("/me", "X-Forwarded-Host: evil.example.com", "X-Forwarded-Proto: http"), "credentials-missing"},
	})
}

func TestRequestsCannotForgeLogRecords(t *testing.T) {
	t.Parallel()
	a := start(t)
	const forged = `%0a{"level":"INFO","msg":"forged"}`
	for _, row := range []row{
		{"A33 a path", get("/me/" + strings.NewReplacer(`"`, "%22", "{", "%7b", "}", "%7d").Replace(forged)), "credentials-missing"},
		{"A33 claims", me(a.withClaims(authtest.Claims{"iss": "x\n" + forged, "sub": "\x1b[2J"})), "issuer-wrong"},
		{"A33 a kid", me(a.withHeader(header{"kid": "x\n" + forged})), "key-unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(a.lines())
			a.want(t, row.request, row.code)
			added := a.lines()[before:]
			if len(added) != 2 { // of the request and of its rejection
				t.Errorf("got %d records: %s", len(added), added)
			}
			for _, line := range added {
				var record struct{ Msg string }
				if err := json.Unmarshal([]byte(line), &record); err != nil || record.Msg == "forged" {
					t.Errorf("%v: %s", err, line)
				}
			}
		})
	}
}
