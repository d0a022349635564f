package auth

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// otherHeaders are where tokens are sent by mistake, whatever they look like. Elsewhere they are known by their form.
var otherHeaders = []string{
	"Access-Token", "Api-Key", "Apikey", "Jwt", "Proxy-Authorization", "Token", "X-Access-Token", "X-Api-Key", "X-Auth-Token", "X-Authorization",
	"X-Forwarded-Access-Token",
}

// otherHeader returns the name of a header that has a token in place of Authorization, or nothing.
func otherHeader(r *http.Request) string {
	for name, values := range r.Header {
		if slices.Contains(otherHeaders, name) || name != "Cookie" && name != "Dpop" && slices.ContainsFunc(values, hasToken) {
			return name
		}
	}
	return ""
}

// hasToken reports whether a text begins with Bearer or has a JWT in it.
func hasToken(text string) bool {
	return len(text) > len("Bearer ") && strings.EqualFold(text[:len("Bearer ")], "Bearer ") || findJWT(text) >= 0
}

// findJWT returns where a JWT begins in a text, or a negative number.
func findJWT(text string) int {
	if i := strings.Index(text, "eyJ"); i >= 0 && strings.Count(text[i:], ".") >= 2 { // as nearly every header begins
		return i
	}
	return -1
}

// withoutHeader says what a request without an Authorization header has in its place.
func withoutHeader(r *http.Request) error {
	switch {
	case inQuery(r.URL.RawQuery), findJWT(r.URL.RawQuery) >= 0:
		return problem.OnlyQuery
	case otherHeader(r) != "":
		return problem.OtherHeader
	case r.Header["Cookie"] != nil:
		return problem.OnlyCookie
	}
	return problem.HeaderAbsent
}

// otherScheme says what a header has that begins with another word than Bearer. The word may be a secret.
func otherScheme(scheme, rest string) error {
	is := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(scheme, name) })
	}
	switch {
	case is("Basic") && findJWT(rest) < 0:
		return problem.SchemeBasic
	case is("DPoP"):
		return problem.SchemeDPoP
	case is("Authorization"), strings.Contains(rest, "uthorization:"):
		return problem.SchemeHeaderName
	case scheme[0] == '\'', scheme[0] == '`':
		return problem.Quoted
	case strings.Contains(strings.TrimRight(rest, "= "), " "):
		return problem.SchemeOther
	case len(scheme) > len("Bearer") && strings.EqualFold(scheme[:len("Bearer")], "Bearer"):
		return problem.SchemeJoined
	case strings.Count(scheme, ".") == 2:
		return problem.SchemeAbsent
	}
	return problem.SchemeWord
}

// afterBearer says what is wrong with a header in which no space follows Bearer, or which begins with no scheme.
func afterBearer(scheme, rest string) error {
	switch {
	case scheme == "":
		return malformed(rest)
	case rest == "":
		return problem.TokenAbsent
	case rest[0] == '"':
		return problem.Quoted
	case rest[0] == ':':
		return problem.Colon
	case rest[0] > '~':
		return problem.NotASCII
	}
	return problem.NotSpaced
}

// malformed says what follows Bearer in place of a token, which has a character that no token has.
func malformed(token string) error {
	has := func(s string) bool { return strings.Contains(token, s) }
	begins := func(s string) bool { return strings.HasPrefix(token, s) }
	switch {
	case begins("[object"), has(" object "):
		return problem.ObjectSent
	case begins("{") && !begins("{{") && has(":"):
		return problem.ResponseSent
	case strings.ContainsFunc(token, func(c rune) bool { return c > '~' }):
		return problem.NotASCII
	case isBracketed(token):
		return problem.Bracketed
	case isPlaceholder(token):
		return problem.Placeholder
	case len(token) > 6 && strings.EqualFold(token[:6], "Bearer") && (token[6] == ' ' || token[6] == ':'):
		return problem.Twice
	case begins("access_token="), begins("token="), begins("id_token="), isNamed(token):
		return problem.ParameterSent
	case begins("Basic "):
		return problem.SchemeBasic
	case has(`"`), has("'"), has("`"):
		return problem.Quoted
	case has("%0A"), has("%0a"), has("%0D"), has("%0d"), has(`\n`), has(`\r`), has("\n"), has("\r"):
		return problem.LineBreak
	case strings.Contains(strings.TrimRight(token, ", "), ","):
		return problem.Joined
	case has("%"):
		return problem.PercentEncoded
	case token68[token[0]] && (has(" ") || has("\t")):
		return problem.SpaceInside
	}
	return problem.OddCharacter
}

// isPlaceholder reports whether a text is what a template or a shell did not replace.
func isPlaceholder(text string) bool {
	return text != "" && strings.IndexByte("$<{%(*@", text[0]) >= 0
}

// isBracketed reports whether a text is a JWT between brackets.
func isBracketed(text string) bool {
	inside := strings.TrimLeft(text, "<{[(*")
	return len(inside) < len(text) && findJWT(inside) >= 0
}

// isNamed reports whether a text is a JWT with a word or a sign before it.
func isNamed(text string) bool {
	i := findJWT(text)
	return i > 0 && strings.IndexByte(" =:", text[i-1]) >= 0
}

// sampleWords are in what documentation shows in place of a token.
var sampleWords = []string{"token", "jwt", "signature", "xxx", "secret", "redacted"}

// isSample reports whether a text is what documentation shows in place of a token: letters that are such a word, or dots
// for what was left out.
func isSample(text string) bool {
	if len(text) > 64 {
		return false
	}
	word := strings.ToLower(text)
	other := func(r rune) bool { return (r < 'a' || r > 'z') && !strings.ContainsRune("._-", r) }
	in := func(sample string) bool { return strings.Contains(word, sample) }
	return strings.Contains(word, "..") || !strings.ContainsFunc(word, other) && slices.ContainsFunc(sampleWords, in)
}

// noToken is what programs write that have no token.
var noToken = regexp.MustCompile(`(?i)^(undefined|null|none|nil|false|true|nan)$`)

// otherForm says what a text is that follows the grammar of credentials and does not have two dots.
func otherForm(token string) error {
	switch dots := strings.Count(token, "."); {
	case dots == 4:
		return problem.Encrypted
	case dots == 0 && noToken.MatchString(token):
		return problem.WordSent
	case isSample(token):
		return problem.SampleSent
	case dots == 0 && strings.HasPrefix(token, "eyJ"): // as nearly every header does, and hardly any opaque token
		return problem.FirstCut
	case dots == 0 && (strings.HasPrefix(token, "ZXlK") || strings.HasPrefix(token, "QmVhcmVyIGV5")): // eyJ and Bearer ey
		return problem.EncodedTwice
	case dots == 0:
		return problem.Opaque
	case dots == 1 && beginsJSON(token):
		return problem.SecondCut
	case dots == 1:
		return problem.NotJWT
	}
	return problem.PartsWrong
}

// beginsJSON reports whether a text begins with base64url of an object: its first characters are {" or, with white space
// between them, { and another.
func beginsJSON(token string) bool {
	return strings.HasPrefix(token, "ey") || strings.HasPrefix(token, "ew")
}

// damagedPart are the variants for the parts of a token.
var damagedPart = [...]*problem.Variant{problem.HeaderDamaged, problem.ClaimsDamaged, problem.SignatureDamaged}
