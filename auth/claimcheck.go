package auth

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/gatehouse/problem"
)

// A claimCheck validates one property of a token whose signature is valid.
type claimCheck struct {
	name     string
	validate func(*candidate) *problem.Type             // nil if the property is valid
	describe func(*candidate) (expected, actual string) // for the log, never for the caller
}

// claimChecks are in the order in which they are made. The first that fails is the error.
var claimChecks = [...]claimCheck{
	{"iss", checkIssuer, func(c *candidate) (string, string) {
		return quote(c.config.Issuer), c.claims.Issuer.String()
	}},
	{"kind", checkKind, func(c *candidate) (string, string) {
		return accessToken, c.kind()
	}},
	{"aud", checkAudience, func(c *candidate) (string, string) {
		return fmt.Sprintf("any of %q", c.config.Audience), c.claims.Audience.String()
	}},
	{"exp", checkExpiry, func(c *candidate) (string, string) {
		return "after " + stamp(c.now.Add(-c.config.Leeway)), c.claims.Expiry.String()
	}},
	{"nbf", checkNotBefore, func(c *candidate) (string, string) {
		return "absent or before " + stamp(c.now.Add(c.config.Leeway)), c.claims.NotBefore.String()
	}},
	{"iat", checkIssuedAt, func(c *candidate) (string, string) {
		return "before " + stamp(c.now.Add(c.config.Leeway)), c.claims.IssuedAt.String()
	}},
	{"sub", checkSubject, func(c *candidate) (string, string) {
		if size := utf8.RuneCountInString(c.claims.Subject.value); size > maxSubject {
			return fmt.Sprintf("at most %d characters", maxSubject), fmt.Sprintf("%d", size)
		}
		return "a subject", c.claims.Subject.String()
	}},
	{"client_id", func(c *candidate) *problem.Type { return checkRequired(c.client) }, func(c *candidate) (string, string) {
		return "a client", c.client.String()
	}},
	{"jti", checkID, func(c *candidate) (string, string) {
		return "an identifier", c.claims.ID.String()
	}},
	{"scope", checkScope, func(c *candidate) (string, string) {
		return "absent or a string of scopes", c.scopes.String()
	}},
	{"roles", func(c *candidate) *problem.Type { return checkOptional(c.claims.Roles.state) }, func(c *candidate) (string, string) {
		return "absent or an array of strings", c.claims.Roles.String()
	}},
	{"auth_time", func(c *candidate) *problem.Type { return checkOptional(c.claims.AuthTime.state) }, func(c *candidate) (string, string) {
		return "absent or a date", c.claims.AuthTime.String()
	}},
	{"acr", func(c *candidate) *problem.Type { return checkOptional(c.claims.ACR.state) }, func(c *candidate) (string, string) {
		return "absent or a string", c.claims.ACR.String()
	}},
	{"cnf", checkConfirmation, func(c *candidate) (string, string) {
		if c.claims.Confirmation {
			return "absent: a bearer token", "present: a token bound to a key"
		}
		return "absent: a bearer token", absent.String()
	}},
}

// validateClaims returns the error of the first check that fails.
func (c *candidate) validateClaims() error {
	for _, check := range claimChecks {
		if failed := check.validate(c); failed != nil {
			expected, actual := check.describe(c)
			return newError(failed, "%s: want %s, got %s", check.name, expected, actual).afterSignature(c.now)
		}
	}
	return nil
}

// checkIssuer compares byte for byte: no other prefix, case or trailing slash is accepted (RFC 9068, section 4).
func checkIssuer(c *candidate) *problem.Type {
	switch issuer := c.claims.Issuer; {
	case issuer.state == absent:
		return problem.ClaimMissing
	case issuer.state == invalid, issuer.value != c.config.Issuer:
		return problem.IssuerWrong
	}
	return nil
}

// checkKind rejects the other JWTs that an issuer signs with the same keys: the rules for each kind must exclude
// the other kinds (RFC 8725, section 3.12).
func checkKind(c *candidate) *problem.Type {
	if c.kind() != accessToken {
		return problem.TokenTypeWrong
	}
	return nil
}

// checkAudience requires one of the API's audiences among the token's (RFC 7519, section 4.1.3).
func checkAudience(c *candidate) *problem.Type {
	accepted := func(audience string) bool { return slices.Contains(c.config.Audience, audience) }
	if !slices.ContainsFunc(c.claims.Audience.values, accepted) {
		return problem.AudienceWrong
	}
	return nil
}

func checkExpiry(c *candidate) *problem.Type {
	if failed := checkDate(c.claims.Expiry); failed != nil {
		return failed
	}
	if !c.now.Before(c.claims.Expiry.time.Add(c.config.Leeway)) {
		return problem.TokenExpired
	}
	return nil
}

func checkNotBefore(c *candidate) *problem.Type {
	if c.claims.NotBefore.state == absent {
		return nil
	}
	return checkPast(c, c.claims.NotBefore)
}

func checkIssuedAt(c *candidate) *problem.Type { return checkPast(c, c.claims.IssuedAt) }

// checkPast requires a date that is not in the future.
func checkPast(c *candidate, date dateClaim) *problem.Type {
	if failed := checkDate(date); failed != nil {
		return failed
	}
	if c.now.Add(c.config.Leeway).Before(date.time) {
		return problem.TokenNotYetValid
	}
	return nil
}

func checkDate(date dateClaim) *problem.Type {
	if date.state == absent {
		return problem.ClaimMissing
	}
	return checkOptional(date.state)
}

// maxSubject is how many characters a subject may have (OpenID Connect Core, section 2).
const maxSubject = 255

func checkSubject(c *candidate) *problem.Type {
	if utf8.RuneCountInString(c.claims.Subject.value) > maxSubject {
		return problem.ClaimInvalid
	}
	return checkRequired(c.claims.Subject)
}

func checkID(c *candidate) *problem.Type {
	if c.config.Profile.lenient {
		return checkOptional(c.claims.ID.state)
	}
	return checkRequired(c.claims.ID)
}

func checkScope(c *candidate) *problem.Type { return checkOptional(c.scopes.state) }

// checkConfirmation rejects a token that is bound to its holder's key: accepting it as a bearer token would undo
// the binding (RFC 9449, section 7.2).
func checkConfirmation(c *candidate) *problem.Type {
	if c.claims.Confirmation {
		return problem.BindingInvalid
	}
	return nil
}

// checkRequired requires a claim that is present, not empty, and without U+0000. PostgreSQL for one cannot store
// that character, so a name with it could be truncated to the name of another caller.
func checkRequired(claim stringClaim) *problem.Type {
	switch {
	case claim.state == absent:
		return problem.ClaimMissing
	case claim.state == invalid, claim.value == "", strings.IndexByte(claim.value, 0) >= 0:
		return problem.ClaimInvalid
	}
	return nil
}

func checkOptional(s state) *problem.Type {
	if s == invalid {
		return problem.ClaimInvalid
	}
	return nil
}
