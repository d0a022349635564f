package conformance

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

const formType = "Content-Type: application/x-www-form-urlencoded"

// TestTransport is section 1.1 of the requirements: how a token gets here (RFC 6750,
// section 2; RFC 9110, section 11).
func TestTransport(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	good, other := r.issuer.Token(), r.issuer.Token()
	credentials := func(value string) call { return get("/me", "Authorization:"+value) }
	r.run(t, []row{
		{"T01 a token in the Authorization header is accepted", me(good), ""},
		{"T02 the scheme's case does not matter", credentials(" bEaReR " + good), ""},
		{"T02 the scheme may be in upper case", credentials(" BEARER " + good), ""},
		{"T03 several spaces may follow the scheme", credentials(" Bearer   " + good), ""},
		{"T03 a tab is no space", credentials(" Bearer\t" + good), "credentials-malformed"},
		{"T03 a tab after a space is no space either", credentials(" Bearer \t" + good), "credentials-malformed"},
		{"T03 a slash is no space, though a token may have one", credentials(" Bearer/" + good), "credentials-malformed"},
		{"T04 two words are no token", credentials(" Bearer a b"), "credentials-malformed"},
		{"T04 a token has no quotes", credentials(` Bearer "` + good + `"`), "credentials-malformed"},
		{"T04 a token is ASCII", credentials(" Bearer é"), "credentials-malformed"},
		{"T04 an equals sign stands at the end only", credentials(" Bearer a=b"), "credentials-malformed"},
		{"T04 equals signs alone are no token", credentials(" Bearer =="), "credentials-malformed"},
		{"T04 a token has no comma", credentials(" Bearer a,b"), "credentials-malformed"},
		{"T04 nothing may follow the token", credentials(" Bearer " + good + `, realm="a"`), "credentials-malformed"},
		{"T04 all of token68 may stand in a token", credentials(" Bearer aZ0-._~+/=="), "token-malformed"},
		{"T05 a scheme alone is malformed", credentials(" Bearer"), "credentials-malformed"},
		{"T05 a scheme and spaces are malformed", credentials(" Bearer   "), "credentials-malformed"},
		{"T05 a token alone is no known scheme", credentials(" " + good), "scheme-unsupported"},
		{"T05 what does not begin with a scheme is malformed", credentials(` "Bearer" ` + good), "credentials-malformed"},
		{"T06 a second token in the query is one too many", get("/me?access_token="+other, bearer(good)), "credentials-multiple"},
		{"T06 the parameter's name may be encoded", get("/me?%61ccess%5Ftoken="+other, bearer(good)), "credentials-multiple"},
		{"T06 the parameter may stand behind others", get("/me?limit=1&access_token="+other, bearer(good)), "credentials-multiple"},
		{"T06 the same token again is one too many", get("/me?access_token="+good, bearer(good)), "credentials-multiple"},
		{"T06 a parameter of a longer name is another one", get("/me?no_access_token=x", bearer(good)), ""},
		{"T06 a second token in a form is one too many", post("/items", "access_token="+other, bearer(good), formType), "credentials-multiple"},
		{"T06 a form's type may have a parameter", post("/items", "a=b&access_token="+other, bearer(good), formType+"; charset=utf-8"), "credentials-multiple"},
		{"T06 a form without a token is no second method", post("/items", "name=Lantern", bearer(r.token("items:write")), formType), "media-type-unsupported"},
		{"T07 a token in the query does not authenticate", get("/me?access_token=" + good), "credentials-missing"},
		{"T08 a token in a form does not authenticate", post("/items", "access_token="+good, formType), "credentials-missing"},
		{"T08 a token in a cookie does not authenticate", get("/me", "Cookie: access_token="+good), "credentials-missing"},
		{"T08 a token in a header of another name does not authenticate", get("/me", "X-Access-Token: "+good), "credentials-missing"},
		{"T09 the same header twice is refused", get("/me", bearer(good), bearer(good)), "credentials-multiple"},
		{"T09 two headers are refused, the good one first", get("/me", bearer(good), bearer("x")), "credentials-multiple"},
		{"T09 two headers are refused, the good one last", get("/me", bearer("x"), bearer(good)), "credentials-multiple"},
		{"T09 another scheme's header counts, before", get("/me", "Authorization: Basic YWxpY2U6c2VjcmV0", bearer(good)), "credentials-multiple"},
		{"T09 another scheme's header counts, after", get("/me", bearer(good), "Authorization: Basic YWxpY2U6c2VjcmV0"), "credentials-multiple"},
		{"T09 an empty header counts", get("/me", bearer(good), "Authorization:"), "credentials-multiple"},
		{"T09 the name's case does not hide a header", get("/me", bearer(good), "authorization: Bearer "+good), "credentials-multiple"},
		{"T10 no credentials are told no error", get("/me"), "credentials-missing"},
		{"T10 Basic is told no error", credentials(" Basic YWxpY2U6c2VjcmV0"), "scheme-unsupported"},
		{"T10 Digest is told no error", credentials(` Digest username="alice", realm="x"`), "scheme-unsupported"},
		{"T10 a scheme that nobody knows is told no error", credentials(" Foo"), "scheme-unsupported"},
		{"T10 a scheme that begins like Bearer is another one", credentials(" BearerToken " + good), "scheme-unsupported"},
		{"T10 credentials for another scheme fail where none are needed", get("/", "Authorization: Basic YWxpY2U6c2VjcmV0"), "scheme-unsupported"},
		{"T11 an empty header is no credentials", credentials(""), "credentials-missing"},
		{"T11 a header of spaces is no credentials", credentials("   "), "credentials-missing"},
		{"T12 a genuine token of the greatest size is accepted", me(r.tokenOfSize(t, auth.MaxTokenSize)), ""},
		{"T12 a longer token is refused unread", me(strings.Repeat("a", auth.MaxTokenSize+1)), "credentials-too-large"},
		{"T12 a longer genuine token is refused", me(r.tokenOfSize(t, auth.MaxTokenSize+4)), "credentials-too-large"},
		{"T12 a header beyond the server's limit is answered by the server", bare(me(strings.Repeat("a", 40<<10))), "bare 431"},
	})
	t.Run("T13 the log names no token", func(t *testing.T) {
		if len(r.log.lines()) < 40 {
			t.Errorf("only %d lines were logged", len(r.log.lines()))
		}
		r.checkLog(t)
	})
	r.run(t, []row{
		{"T14 a credential that looks like markup is not repeated", credentials(` Bearer <script>alert(1)</script>`), "credentials-malformed"},
		{"T14 a credential of another scheme is not repeated", credentials(` Digest username="0123456789abcdef"`), "scheme-unsupported"},
		{"T14 an opaque token is not repeated", me("0123456789abcdef0123456789abcdef"), "token-malformed"},
	})
}

// bare returns a call that net/http answers on its own.
func bare(c call) call {
	c.bare = true
	return c
}

// token returns a genuine access token of alice with these scopes.
func (r *rig) token(scopes ...string) string {
	return r.issuer.Token(authtest.Claims{"scope": strings.Join(scopes, " ")})
}

// tokenOfSize returns a genuine token of that many bytes.
func (r *rig) tokenOfSize(t *testing.T, size int) string {
	t.Helper()
	claims := r.issuer.Claims()
	for length := size*3/4 - 400; length < size; length++ {
		claims["padding"] = strings.Repeat("x", length)
		for _, typ := range []string{"at+jwt", "application/at+jwt"} { // not every length is one of base64
			if token := r.issuer.Sign(map[string]any{"typ": typ}, claims); len(token) == size {
				return token
			}
		}
	}
	t.Fatalf("no token has %d bytes", size)
	return ""
}
