package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/gatehouse/problem"
)

// A claimCheck validates one property of a token whose signature is valid.
type claimCheck struct {
	name     string
	form     problem.Constant                           // that the claim must have
	validate func(*candidate) *problem.Variant          // what was observed that is wrong; nil if the property is valid
	describe func(*candidate) (expected, actual string) // for the log, never for the caller
}

// The forms that claims must have.
const (
	formText   = "a string that is not empty"
	formDate   = "a number: seconds since 1970"
	formSub    = "a string of 1 to 255 characters"
	formScopes = "a string of scopes with spaces between them"
	formRoles  = "an array of strings"
)

// claimChecks are in the order in which they are made. The first that fails is the error.
var claimChecks = [...]claimCheck{
	{"iss", formText, checkIssuer, func(c *candidate) (string, string) {
		return c.expectedIssuer(), c.claims.Issuer.String()
	}},
	{"kind", "", (*candidate).otherKind, func(c *candidate) (string, string) {
		return accessToken, c.kind()
	}},
	{"aud", "", checkAudience, func(c *candidate) (string, string) {
		if len(c.config.Audience) == 0 {
			return "the client, or none", c.claims.Audience.String()
		}
		return fmt.Sprintf("any of %q", c.config.Audience), c.claims.Audience.String()
	}},
	{"exp", formDate, checkExpiry, func(c *candidate) (string, string) {
		return "after " + stamp(c.now.Add(-c.config.Leeway)), c.claims.Expiry.String()
	}},
	{"nbf", formDate, checkNotBefore, func(c *candidate) (string, string) {
		return "absent or before " + stamp(c.now.Add(c.config.Leeway)), c.claims.NotBefore.String()
	}},
	{"iat", formDate, checkIssuedAt, func(c *candidate) (string, string) {
		return "before " + stamp(c.now.Add(c.config.Leeway)), c.claims.IssuedAt.String()
	}},
	{"sub", formSub, checkSubject, func(c *candidate) (string, string) {
		if size := utf8.RuneCountInString(c.claims.Subject.value); size > maxSubject {
			return fmt.Sprintf("at most %d characters", maxSubject), strconv.Itoa(size)
		}
		return "a subject", c.claims.Subject.String()
	}},
	{"client_id", formText, checkClient, func(c *candidate) (string, string) {
		if len(c.config.Clients) > 0 {
			return fmt.Sprintf("any of %q", c.config.Clients), c.client.String()
		}
		return "a client", c.client.String()
	}},
	{"jti", formText, checkID, func(c *candidate) (string, string) {
		return "an identifier", c.claims.ID.String()
	}},
	{"scope", formScopes, func(c *candidate) *problem.Variant { return checkOptional(c.scopes.state) }, func(c *candidate) (string, string) {
		return "absent or a string of scopes", c.scopes.String()
	}},
	{"roles", formRoles, func(c *candidate) *problem.Variant { return checkOptional(c.roles.state) }, func(c *candidate) (string, string) {
		return "absent or an array of strings", c.roles.String()
	}},
	{"auth_time", formDate, func(c *candidate) *problem.Variant { return checkOptional(c.claims.AuthTime.state) }, func(c *candidate) (string, string) {
		return "absent or a date", c.claims.AuthTime.String()
	}},
	{"acr", formText, func(c *candidate) *problem.Variant { return checkOptional(c.claims.ACR.state) }, func(c *candidate) (string, string) {
		return "absent or a string", c.claims.ACR.String()
	}},
	{"cnf", "", checkConfirmation, func(c *candidate) (string, string) {
		if checkConfirmation(c) != nil {
			return "absent: a bearer token", "present: a token bound to a key"
		}
		return "absent: a bearer token", absent.String()
	}},
	{requiredClaims, "", checkRequiredClaims, func(c *candidate) (string, string) {
		expected, missed := fmt.Sprintf("every one of %q", c.config.RequiredClaims), c.missedClaim()
		if missed.claim == "" {
			return expected, "every one of them"
		}
		return expected, missed.claim + " " + c.claims.member(missed.claim).strings().String()
	}},
	{revocationCheck, "", checkRevocation, describeRevocation},
}

// requiredClaims is the name of the check that there is only with REQUIRED_CLAIMS.
const requiredClaims = "required_claims"

// validateClaims returns the error of the first check that fails.
func (c *candidate) validateClaims() error {
	for i := range c.rules.checks {
		check := &c.rules.checks[i]
		if wrong := check.validate(c); wrong != nil {
			expected, actual := check.describe(c)
			return newError(wrong.Type, "%s: want %s, got %s", check.name, expected, actual).saying(wrong, c.facts(check)...).AsGenuine(c.now)
		}
	}
	return nil
}

// facts are for the slots of what a check observed.
func (c *candidate) facts(check *claimCheck) []problem.Fact {
	date := map[string]dateClaim{"exp": c.claims.Expiry, "nbf": c.claims.NotBefore, "iat": c.claims.IssuedAt}[check.name].time
	return []problem.Fact{
		problem.Claim(c.claimOf(check.name)), problem.Form(check.form), problem.Advice(c.rules.ask()),
		problem.ExpiredAt(date), problem.NotBefore(date), problem.Seconds(c.now.Sub(date).Abs()),
	}
}

// claimOf returns the claim that a check is about.
func (c *candidate) claimOf(check string) string {
	switch check {
	case "kind":
		return c.idMark()
	case "client_id":
		return cmp.Or(c.clientClaim, first(c.rules.clientClaims))
	case "scope":
		return first(c.rules.scopes)
	case "roles":
		return first(c.rules.roles)
	case requiredClaims:
		return c.missedClaim().claim
	}
	return check
}

// checkClient requires a client, which must be one of those that are configured.
func checkClient(c *candidate) *problem.Variant {
	byClient := len(c.config.Clients) > 0
	if c.rules.mayMiss("client") && !byClient && c.client.state == absent {
		return nil
	}
	if wrong := checkRequired(c.client); wrong != nil {
		return wrong
	}
	if byClient && !slices.Contains(c.config.Clients, c.client.value) {
		return problem.ClientOther
	}
	return nil
}

// checkRequiredClaims requires the claims of REQUIRED_CLAIMS.
func checkRequiredClaims(c *candidate) *problem.Variant {
	switch missed := c.missedClaim(); {
	case missed.claim == "":
		return nil
	case c.claims.member(missed.claim) == "":
		return problem.RequiredAbsent
	}
	return problem.RequiredOther
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

// maxSubject is how many characters a subject may have (OpenID Connect Core, section 2).
const maxSubject = 255

func checkSubject(c *candidate) *problem.Variant {
	switch {
	case utf8.RuneCountInString(c.claims.Subject.value) > maxSubject:
		return problem.ClaimForm
	case c.withoutUser():
		return nil // the client is the subject
	case c.claims.Subject.state == absent:
		return problem.SubjectAbsent
	}
	return checkRequired(c.claims.Subject)
}

func checkID(c *candidate) *problem.Variant {
	if c.rules.mayMiss("jti") {
		return checkOptional(c.claims.ID.state)
	}
	return checkRequired(c.claims.ID)
}

// checkConfirmation rejects a token that is bound to its holder's key: accepting it as a bearer token would undo
// the binding (RFC 9449, section 7.2).
func checkConfirmation(c *candidate) *problem.Variant {
	if c.claims.has("cnf") || c.use(bound...) {
		return problem.Bound
	}
	return nil
}

// checkRequired requires a claim that is present, not empty, and without U+0000. PostgreSQL for one cannot store
// that character, so a name with it could be truncated to the name of another caller.
func checkRequired(claim stringClaim) *problem.Variant {
	switch {
	case claim.state == absent:
		return problem.ClaimAbsent
	case claim.state == invalid, claim.value == "", strings.IndexByte(claim.value, 0) >= 0:
		return problem.ClaimForm
	}
	return nil
}

func checkOptional(s state) *problem.Variant {
	if s == invalid {
		return problem.ClaimForm
	}
	return nil
}
