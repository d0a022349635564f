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
		return c.expectedIssuer(), c.claims.Issuer.String()
	}},
	{"kind", checkKind, func(c *candidate) (string, string) {
		return accessToken, c.kind()
	}},
	{"aud", checkAudience, func(c *candidate) (string, string) {
		if len(c.config.Audience) == 0 {
			return "the client, or none", c.claims.Audience.String()
		}
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
	{"client_id", checkClient, func(c *candidate) (string, string) {
		if len(c.config.Clients) > 0 {
			return fmt.Sprintf("any of %q", c.config.Clients), c.client.String()
		}
		return "a client", c.client.String()
	}},
	{"jti", checkID, func(c *candidate) (string, string) {
		return "an identifier", c.claims.ID.String()
	}},
	{"scope", checkScope, func(c *candidate) (string, string) {
		return "absent or a string of scopes", c.scopes.String()
	}},
	{"roles", func(c *candidate) *problem.Type { return checkOptional(c.roles.state) }, func(c *candidate) (string, string) {
		return "absent or an array of strings", c.roles.String()
	}},
	{"auth_time", func(c *candidate) *problem.Type { return checkOptional(c.claims.AuthTime.state) }, func(c *candidate) (string, string) {
		return "absent or a date", c.claims.AuthTime.String()
	}},
	{"acr", func(c *candidate) *problem.Type { return checkOptional(c.claims.ACR.state) }, func(c *candidate) (string, string) {
		return "absent or a string", c.claims.ACR.String()
	}},
	{"cnf", checkConfirmation, func(c *candidate) (string, string) {
		if c.claims.has("cnf") {
			return "absent: a bearer token", "present: a token bound to a key"
		}
		return "absent: a bearer token", absent.String()
	}},
	{requiredClaims, checkRequiredClaims, func(c *candidate) (string, string) {
		expected, missed := fmt.Sprintf("every one of %q", c.config.RequiredClaims), c.missedClaim()
		if missed.claim == "" {
			return expected, "every one of them"
		}
		return expected, missed.claim + " " + c.claims.member(missed.claim).strings().String()
	}},
	{revocationCheck, checkRevocation, describeRevocation},
}

// requiredClaims is the name of the check that there is only with REQUIRED_CLAIMS.
const requiredClaims = "required_claims"

// validateClaims returns the error of the first check that fails.
func (c *candidate) validateClaims() error {
	for i := range c.rules.checks {
		check := &c.rules.checks[i]
		if failed := check.validate(c); failed != nil {
			expected, actual := check.describe(c)
			variant, facts := c.observe(check.name, failed)
			return newError(failed, "%s: want %s, got %s", check.name, expected, actual).saying(variant, facts...).AsGenuine(c.now)
		}
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

// checkAudience requires one of the API's audiences among the token's (RFC 7519, section 4.1.3). In place of an audience,
// the client tells tokens apart that are for this API: at a provider that writes no audience, and where the audience is
// the client and no other is configured. checkClient compares it.
func checkAudience(c *candidate) *problem.Type {
	got, byClient := c.claims.Audience, len(c.config.Clients) > 0
	accepted := func(audience string) bool { return slices.Contains(c.config.Audience, audience) }
	switch {
	case slices.ContainsFunc(got.values, accepted):
		return nil
	case byClient && got.state == absent && c.rules.noAudience:
		return nil
	case byClient && len(c.config.Audience) == 0 && c.client.state == valid && slices.Contains(got.values, c.client.value):
		return nil
	}
	return problem.AudienceWrong
}

// checkClient requires a client, which must be one of those that are configured.
func checkClient(c *candidate) *problem.Type {
	byClient := len(c.config.Clients) > 0
	if c.rules.noClient && !byClient && c.client.state == absent {
		return nil
	}
	if failed := checkRequired(c.client); failed != nil {
		return failed
	}
	if byClient && !slices.Contains(c.config.Clients, c.client.value) {
		return problem.ClaimInvalid
	}
	return nil
}

// checkRequiredClaims requires the claims of REQUIRED_CLAIMS.
func checkRequiredClaims(c *candidate) *problem.Type {
	switch missed := c.missedClaim(); {
	case missed.claim == "":
		return nil
	case c.claims.member(missed.claim) == "":
		return problem.ClaimMissing
	}
	return problem.ClaimInvalid
}

// missedClaim returns the first required claim that the token does not have, or none.
func (c *candidate) missedClaim() condition {
	for _, q := range c.rules.required {
		if !q.requiredHolds(c) {
			return q
		}
	}
	return condition{}
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

func checkIssuedAt(c *candidate) *problem.Type {
	if c.rules.noIssuedAt && c.claims.IssuedAt.state == absent {
		return nil
	}
	return checkPast(c, c.claims.IssuedAt)
}

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
	if c.withoutUser() {
		return nil // the client is the subject
	}
	return checkRequired(c.claims.Subject)
}

func checkID(c *candidate) *problem.Type {
	if c.rules.noID {
		return checkOptional(c.claims.ID.state)
	}
	return checkRequired(c.claims.ID)
}

func checkScope(c *candidate) *problem.Type { return checkOptional(c.scopes.state) }

// checkConfirmation rejects a token that is bound to its holder's key: accepting it as a bearer token would undo
// the binding (RFC 9449, section 7.2).
func checkConfirmation(c *candidate) *problem.Type {
	if c.claims.has("cnf") {
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
