package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/gatehouse/problem"
)

// ExplainCredentials says what is wrong with the credentials of a request in which BearerToken finds no token. It repeats
// nothing that was sent, which may be a password, or a token in the wrong place.
func (v *Verifier) ExplainCredentials(r *http.Request) *Explanation {
	_, err := v.BearerToken(r)
	e := &Explanation{}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	e.add("authorization", err, "one header: Authorization: Bearer <access token>", sentInstead(r, v.tokenSize))
	e.Detail, e.Hint = textsOf(err, v.Published())
	e.Checks[0].Advice = e.Hint
	return e
}

// textsOf returns what an error observed, and how to fix it.
func textsOf(err error, p *problem.Published) (detail, hint string) {
	if err == nil {
		return "", ""
	}
	v, facts := problem.VariantOf(err)
	return v.Texts(p, facts...)
}

// sentInstead describes what a request has in place of a token.
func sentInstead(r *http.Request, most int) string {
	fields := r.Header["Authorization"]
	elsewhere := inQuery(r.URL.RawQuery) || inForm(r)
	other := otherHeader(r)
	switch {
	case len(fields) > 1:
		return fmt.Sprintf("%d headers", len(fields))
	case elsewhere && len(fields) == 0:
		return "a token in the query or the form"
	case elsewhere:
		return "a token in the query or the form, beside the header"
	case len(fields) == 0 && other != "":
		return "no header, and a token in " + Brief(other)
	case len(fields) == 0 || fields[0] == "":
		return "no header"
	}
	scheme, rest := cutScheme(fields[0])
	if scheme != "" && !strings.EqualFold(scheme, "Bearer") {
		return nameOfScheme(scheme, rest)
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case token == "":
		return "Bearer without a token"
	case len(token) > most:
		return fmt.Sprintf("a token of %d bytes, and the limit is %d", len(token), most)
	}
	odd := max(strings.IndexFunc(token, func(c rune) bool { return c > '~' || !token68[c] }), 0)
	return fmt.Sprintf("Bearer, and %d bytes that are not a token: byte %d is %s", len(token), odd+1, nameOfCharacter(token[odd:]))
}

// nameOfCharacter names the first character of a text. A letter could be a part of a password.
func nameOfCharacter(text string) string {
	if c, _ := utf8.DecodeRuneInString(text); !unicode.IsLetter(c) {
		return fmt.Sprintf("%U", c)
	}
	return "a letter outside ASCII"
}

// schemes are those that may be named. Any other first word could be a secret.
var schemes = []string{"Basic", "Digest", "DPoP", "Negotiate", "NTLM", "Token", "JWT", "OAuth", "ApiKey", "Api-Key"}

func nameOfScheme(scheme, rest string) string {
	known := slices.IndexFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) })
	switch {
	case strings.Count(scheme, ".") == 2 && strings.Trim(rest, "=") == "":
		return "a token without a scheme"
	case known < 0:
		return "something other than Bearer, a space and a token"
	}
	return "the scheme " + schemes[known]
}
