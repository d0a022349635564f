package auth

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"example.com/gatehouse/problem"
)

// MaxTokenSize is the length in bytes beyond which a token is refused unread.
const MaxTokenSize = 8 << 10

// maxFormSize is how much of a form is searched for a second token.
const maxFormSize = 64 << 10

// BearerToken returns the access token that a request carries in its Authorization header, the only
// place where one is read: a token in the query never authenticates (OAuth 2.1, section 5.1), nor
// does one in a form or a cookie.
//
// The error is a [Reason]: CredentialsMissing or SchemeUnsupported when there is nothing to judge;
// CredentialsMultiple for a repeated header or a second token in the query or the form (RFC 6750,
// section 2); CredentialsTooLarge; CredentialsMalformed otherwise.
func BearerToken(r *http.Request) (Token, error) {
	token, err := credentials(r)
	if err == nil && !isToken68(token) {
		return "", problem.CredentialsMalformed
	}
	return Token(token), err
}

// credentials returns the token of a request before its grammar is looked at.
func credentials(r *http.Request) (string, error) {
	fields := r.Header["Authorization"]
	if len(fields) == 0 {
		return "", problem.CredentialsMissing
	}
	if len(fields) > 1 {
		return "", problem.CredentialsMultiple
	}
	token, err := splitCredentials(fields[0])
	if err != nil {
		return "", err
	}
	if inQuery(r.URL.RawQuery) || inForm(r) {
		return "", problem.CredentialsMultiple
	}
	return token, nil
}

// splitCredentials reads the value of an Authorization header: a scheme, whose case does not matter
// (RFC 9110, section 11.1), one or more spaces, and a token68 (section 11.2).
func splitCredentials(value string) (string, error) {
	if value == "" {
		return "", problem.CredentialsMissing
	}
	end := 0
	for end < len(value) && isTokenChar(value[end]) {
		end++
	}
	scheme, rest := value[:end], value[end:]
	if scheme != "" && !strings.EqualFold(scheme, "Bearer") {
		return "", problem.SchemeUnsupported
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case scheme == "" || len(token) == len(rest):
		return "", problem.CredentialsMalformed
	case len(token) > MaxTokenSize:
		return "", problem.CredentialsTooLarge
	}
	return token, nil
}

// wellFormed reports whether a token that was refused follows the grammar of credentials. A text with
// more dots or a longer header than any token has is not read to find out: it is a token, malformed.
func wellFormed(token string) bool {
	return strings.Count(token, ".") > 4 || strings.IndexByte(token, '.') > maxHeaderSize || isToken68(token)
}

// isTokenChar reports whether c may stand in a scheme's name: tchar of RFC 9110, section 5.6.2.
func isTokenChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// isToken68 reports whether s follows the grammar of RFC 9110, section 11.2: letters, digits and
// -._~+/ and then any number of equals signs.
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		if !token68[s[i]] {
			return false
		}
	}
	return s != ""
}

// token68 has the characters of the grammar. Looking one up costs the same for each, where comparing
// costs most on the random text that tokens are.
var token68 = func() (is [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/") {
		is[c] = true
	}
	return is
}()

// inQuery reports whether a query has the access_token parameter of RFC 6750, section 2.3.
func inQuery(query string) bool {
	if !strings.Contains(query, "access") && !strings.Contains(query, "%") {
		return false
	}
	values, _ := url.ParseQuery(query)
	return values.Has("access_token")
}

// inForm reports whether a form body has the access_token parameter of RFC 6750, section 2.2. What
// it reads of the body, it puts back.
func inForm(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(strings.Join(r.Header["Content-Type"], ","))
	if kind != "application/x-www-form-urlencoded" || r.Body == nil {
		return false
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, maxFormSize))
	r.Body = body{io.MultiReader(bytes.NewReader(head), failing{err}, r.Body), r.Body}
	values, _ := url.ParseQuery(string(head))
	return values.Has("access_token")
}

// A body reads from one place and closes another.
type body struct {
	io.Reader
	io.Closer
}

// A failing reader returns its error; without one it is empty.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
