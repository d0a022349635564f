package conformance

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth"
)

const (
	formType = "Content-Type: application/x-www-form-urlencoded"
	basic    = "Authorization: Basic YWxpY2U6c2VjcmV0"
)

func TestOnlyTheAuthorizationHeaderAuthenticates(t *testing.T) {
	t.Parallel()
	a := start(t)
	good, other := a.Issuer.Token(), a.Issuer.Token()
	authorization := func(value string) request { return get("/me", "Authorization:"+value) }
	a.run(t, []row{
		{"T01 a token in the Authorization header", me(good), ""},
		{"T02 the scheme in mixed case", authorization(" bEaReR " + good), ""},
		{"T02 the scheme in upper case", authorization(" BEARER " + good), ""},
		{"T03 several spaces after the scheme", authorization(" Bearer   " + good), ""},
		{"T03 a tab after the scheme", authorization(" Bearer\t" + good), "credentials-malformed"},
		{"T03 a space and a tab after the scheme", authorization(" Bearer \t" + good), "credentials-malformed"},
		{"T03 a slash after the scheme", authorization(" Bearer/" + good), "credentials-malformed"},
		{"T04 two words", authorization(" Bearer a b"), "credentials-malformed"},
		{"T04 a quoted token", authorization(` Bearer "` + good + `"`), "credentials-malformed"},
		{"T04 a letter beyond ASCII", authorization(" Bearer é"), "credentials-malformed"},
		{"T04 an equals sign inside the token", authorization(" Bearer a=b"), "credentials-malformed"},
		{"T04 equals signs alone", authorization(" Bearer =="), "credentials-malformed"},
		{"T04 a comma in the token", authorization(" Bearer a,b"), "credentials-malformed"},
		{"T04 a parameter after the token", authorization(" Bearer " + good + `, realm="a"`), "credentials-malformed"},
		{"T04 every character of token68", authorization(" Bearer aZ0-._~+/=="), "token-malformed"},
		{"T05 a scheme alone", authorization(" Bearer"), "credentials-malformed"},
		{"T05 a scheme and spaces", authorization(" Bearer   "), "credentials-malformed"},
		{"T05 a token without a scheme", authorization(" " + good), "scheme-unsupported"},
		{"T05 a quoted scheme", authorization(` "Bearer" ` + good), "credentials-malformed"},
		{"T06 a second token in the query", get("/me?access_token="+other, bearer(good)), "credentials-multiple"},
		{"T06 an encoded parameter name", get("/me?%61ccess%5Ftoken="+other, bearer(good)), "credentials-multiple"},
		{"T06 a token after another parameter", get("/me?limit=1&access_token="+other, bearer(good)), "credentials-multiple"},
		{"T06 the same token in header and query", get("/me?access_token="+good, bearer(good)), "credentials-multiple"},
		{"T06 a longer parameter name is another one", get("/me?no_access_token=x", bearer(good)), ""},
		{"T06 a second token in a form", post("/items", "access_token="+other, bearer(good), formType), "credentials-multiple"},
		{"T06 a form type with a parameter", post("/items", "a=b&access_token="+other, bearer(good), formType+"; charset=utf-8"), "credentials-multiple"},
		{"T06 a form without a token", post("/items", "name=Lantern", bearer(a.withScopes("items:write")), formType), "media-type-unsupported"},
		{"T07 a token in the query alone", get("/me?access_token=" + good), "credentials-missing"},
		{"T08 a token in a form alone", post("/items", "access_token="+good, formType), "credentials-missing write"},
		{"T08 a token in a cookie", get("/me", "Cookie: access_token="+good), "credentials-missing"},
		{"T08 a token in another header", get("/me", "X-Access-Token: "+good), "credentials-missing"},
		{"T09 the same header twice", get("/me", bearer(good), bearer(good)), "credentials-multiple"},
		{"T09 a valid and an invalid header", get("/me", bearer(good), bearer("x")), "credentials-multiple"},
		{"T09 an invalid and a valid header", get("/me", bearer("x"), bearer(good)), "credentials-multiple"},
		{"T09 a header of another scheme before", get("/me", basic, bearer(good)), "credentials-multiple"},
		{"T09 a header of another scheme after", get("/me", bearer(good), basic), "credentials-multiple"},
		{"T09 an empty second header", get("/me", bearer(good), "Authorization:"), "credentials-multiple"},
		{"T09 a second header in lower case", get("/me", bearer(good), "authorization: Bearer "+good), "credentials-multiple"},
		{"T10 no credentials", get("/me"), "credentials-missing"},
		{"T10 Basic", get("/me", basic), "scheme-unsupported"},
		{"T10 Digest", authorization(` Digest username="alice", realm="x"`), "scheme-unsupported"},
		{"T10 an unknown scheme", authorization(" Foo"), "scheme-unsupported"},
		{"T10 a scheme that begins with Bearer", authorization(" BearerToken " + good), "scheme-unsupported"},
		{"T10 another scheme on an optional route", get("/", basic), "scheme-unsupported"},
		{"T11 an empty header", authorization(""), "credentials-missing"},
		{"T11 a header of spaces", authorization("   "), "credentials-missing"},
		{"T12 a valid token of the maximum size", me(a.ofSize(t, auth.DefaultTokenSize)), ""},
		{"T12 a longer text", me(strings.Repeat("a", auth.DefaultTokenSize+1)), "credentials-too-large"},
		{"T12 a longer valid token", me(a.ofSize(t, auth.DefaultTokenSize+4)), "credentials-too-large"},
		{"T12 a header beyond the server's limit", netHTTP(me(strings.Repeat("a", 40<<10))), "net/http 431"},
	})
	t.Run("T13 the log has no token", func(t *testing.T) {
		if len(a.lines()) < 40 {
			t.Errorf("only %d lines were logged", len(a.lines()))
		}
		a.checkLog(t)
	})
	a.run(t, []row{
		{"T14 markup is not repeated", authorization(` Bearer <script>alert(1)</script>`), "credentials-malformed"},
		{"T14 a Digest user name is not repeated", authorization(` Digest username="0123456789abcdef"`), "scheme-unsupported"},
		{"T14 an opaque token is not repeated", me("0123456789abcdef0123456789abcdef"), "token-malformed"},
	})
}
