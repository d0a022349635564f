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

// The length in bytes beyond which a token is rejected unread, if nothing else is configured, and at most.
const (
	DefaultTokenSize = 8 << 10
	MaxTokenSize     = 24 << 10
)

// maxFormSize is how many bytes of a form are searched for a second token.
const maxFormSize = 64 << 10

// BearerToken returns the access token of a request. It reads only the Authorization header: a token in the query (OAuth
// 2.1, section 5.1), in a form or in a cookie does not authenticate.
//
// The error is of a [problem.Type]: CredentialsMissing or SchemeUnsupported without a bearer token; CredentialsMultiple for
// a repeated header or a second token in the query or the form (RFC 6750, section 2); CredentialsTooLarge;
// CredentialsMalformed otherwise.
func BearerToken(r *http.Request) (AccessToken, error) { return bearerToken(r, MaxTokenSize) }

func bearerToken(r *http.Request, most int) (AccessToken, error) {
	token, err := credentials(r, most)
	if err == nil && !isToken68(token) {
		return "", malformed(token)
	}
	return AccessToken(token), err
}

// credentials returns the token of a request before its grammar is checked.
func credentials(r *http.Request, most int) (string, error) {
	fields := r.Header["Authorization"]
	if len(fields) == 0 {
		return "", withoutHeader(r)
	}
	if len(fields) > 1 {
		return "", problem.HeaderRepeated
	}
	token, err := splitCredentials(fields[0], most)
	if err != nil {
		return "", err
	}
	switch {
	case inQuery(r.URL.RawQuery):
		return "", problem.AlsoInQuery
	case inForm(r):
		return "", problem.AlsoInForm
	}
	return token, nil
}

// splitCredentials reads the value of an Authorization header: a scheme, whose case does not matter
// (RFC 9110, section 11.1), one or more spaces, and a token68 (section 11.2).
func splitCredentials(value string, most int) (string, error) {
	if value == "" {
		return "", problem.HeaderEmpty
	}
	scheme, rest := cutScheme(value)
	if scheme != "" && !strings.EqualFold(scheme, "Bearer") {
		return "", otherScheme(scheme, rest)
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case scheme == "" || len(token) == len(rest):
		return "", afterBearer(scheme, rest)
	case token == "":
		return "", problem.TokenAbsent
	case len(token) > most:
		return "", overSize(len(token), most)
	}
	return token, nil
}

// cutScheme returns the name of the scheme that a value begins with, and the rest.
func cutScheme(value string) (scheme, rest string) {
	end := 0
	for end < len(value) && isTokenChar(value[end]) {
		end++
	}
	return value[:end], value[end:]
}

// wellFormed reports whether a token that was rejected follows the grammar of credentials. It does not read a text with
// more dots or a longer header than any token has: that is a malformed token.
func wellFormed(token string) bool {
	return strings.Count(token, ".") > 4 || strings.IndexByte(token, '.') > maxHeaderSize || isToken68(token)
}

// isTokenChar reports whether the name of a scheme may have the character: tchar of RFC 9110, section 5.6.2.
func isTokenChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// isToken68 reports whether s follows the grammar of RFC 9110, section 11.2: letters, digits and -._~+/, followed by any
// number of equals signs.
func isToken68(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		if !token68[s[i]] {
			return false
		}
	}
	return s != ""
}

// token68 has the characters of the grammar. On the random text of tokens, a table is faster than comparisons.
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

// inForm reports whether a form body has the access_token parameter of RFC 6750, section 2.2. It restores the part of
// the body that it reads.
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

// A body reads from one source and closes another.
type body struct {
	io.Reader
	io.Closer
}

// A failing reader returns its error, or is empty without one.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
