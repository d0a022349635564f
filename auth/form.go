package auth

import (
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// otherHeaders are where tokens are sent by mistake.
var otherHeaders = []string{
	"Access-Token", "Jwt", "Proxy-Authorization", "Token", "X-Access-Token", "X-Api-Key", "X-Auth-Token", "X-Authorization", "X-Forwarded-Access-Token",
}

// withoutHeader says what a request without an Authorization header has in its place.
func withoutHeader(r *http.Request) error {
	sent := func(name string) bool { return r.Header[name] != nil }
	switch {
	case inQuery(r.URL.RawQuery):
		return problem.OnlyQuery
	case slices.ContainsFunc(otherHeaders, sent):
		return problem.OtherHeader
	case sent("Cookie"):
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
	case is("Basic"):
		return problem.SchemeBasic
	case is("DPoP"):
		return problem.SchemeDPoP
	case is("Authorization"):
		return problem.SchemeHeaderName
	case len(scheme) > len("Bearer") && strings.EqualFold(scheme[:len("Bearer")], "Bearer"):
		return problem.SchemeJoined
	case strings.TrimRight(rest, "=") != "" && strings.HasPrefix(rest, " "):
		return problem.SchemeOther
	case strings.Count(scheme, ".") == 2:
		return problem.SchemeAbsent
	}
	return problem.SchemeWord
}

// afterBearer says what is wrong with a header in which no space follows Bearer, or which begins with no scheme.
func afterBearer(scheme, rest string) error {
	switch {
	case scheme == "" && isPlaceholder(rest):
		return problem.Placeholder
	case strings.HasPrefix(rest, `"`), strings.HasPrefix(rest, "'"):
		return problem.Quoted
	case scheme == "":
		return problem.OddCharacter
	case rest == "":
		return problem.TokenAbsent
	case rest[0] == ':':
		return problem.Colon
	}
	return problem.NotSpaced
}

// malformed says what follows Bearer in place of a token, which has a character that no token has.
func malformed(token string) error {
	has := func(s string) bool { return strings.Contains(token, s) }
	begins := func(s string) bool { return strings.HasPrefix(token, s) }
	switch {
	case begins("[object"):
		return problem.ObjectSent
	case begins("{") && !begins("{{") && has(":"):
		return problem.ResponseSent
	case isBracketed(token):
		return problem.Bracketed
	case isPlaceholder(token):
		return problem.Placeholder
	case len(token) > 6 && strings.EqualFold(token[:6], "Bearer") && (token[6] == ' ' || token[6] == ':'):
		return problem.Twice
	case begins("access_token="), begins("token="), begins("id_token="):
		return problem.ParameterSent
	case has(`"`), has("'"), has("`"):
		return problem.Quoted
	case has("%0A"), has("%0a"), has("%0D"), has("%0d"), has(`\n`), has(`\r`), has("\n"), has("\r"):
		return problem.LineBreak
	case has(","):
		return problem.Joined
	case has("%"):
		return problem.PercentEncoded
	case has(" "), has("\t"):
		return problem.SpaceInside
	}
	return problem.OddCharacter
}

// isPlaceholder reports whether a text is what a template or a shell did not replace.
func isPlaceholder(text string) bool {
	return strings.HasPrefix(text, "$") || strings.HasPrefix(text, "<") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "%")
}

// isBracketed reports whether a text is a JWT between brackets.
func isBracketed(text string) bool {
	inside := strings.TrimLeft(text, "<{[(")
	return len(inside) < len(text) && beginsJSON(inside) && strings.Count(inside, ".") == 2
}

// sampleWords are in what documentation shows in place of a token.
var sampleWords = []string{"token", "jwt", "signature", "xxx"}

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

// noTokens are what programs write that have no token.
var noTokens = []string{"undefined", "null", "None", "nil", "NULL", "false", "true", "NaN"}

// otherForm says what a text is that follows the grammar of credentials and does not have two dots.
func otherForm(token string) error {
	switch dots := strings.Count(token, "."); {
	case dots == 4:
		return problem.Encrypted
	case dots == 0 && slices.Contains(noTokens, token):
		return problem.WordSent
	case isSample(token):
		return problem.SampleSent
	case dots == 0 && strings.HasPrefix(token, "eyJ"): // as nearly every header does, and hardly any opaque token
		return problem.FirstCut
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
