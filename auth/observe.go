package auth

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// The forms that claims must have.
const (
	formText   = "a string that is not empty"
	formDate   = "a number: seconds since 1970"
	formSub    = "a string of 1 to 255 characters"
	formScopes = "a string of scopes with spaces between them"
	formRoles  = "an array of strings"
)

// observe returns what was observed where a check of the claims failed, and the facts for its slots.
func (c *candidate) observe(check string, failed *problem.Type) (*problem.Variant, []problem.Fact) {
	switch check {
	case "kind":
		return c.kindVariant(), []problem.Fact{problem.Claim(c.idMark())}
	case "aud":
		return c.audienceVariant(), []problem.Fact{problem.Advice(c.rules.ask())}
	case "exp":
		return c.expiryVariant()
	case "nbf":
		return c.dateVariant(check, c.claims.NotBefore, problem.NotYetValid)
	case "iat":
		return c.dateVariant(check, c.claims.IssuedAt, problem.IssuedLater)
	case "cnf":
		return problem.Bound, nil
	case requiredClaims:
		claim := []problem.Fact{problem.Claim(c.missedClaim().claim)}
		if failed == problem.ClaimMissing {
			return problem.RequiredAbsent, claim
		}
		return problem.RequiredOther, claim
	case revocationCheck:
		variant, _ := c.revoked()
		return variant, nil
	case "iss":
		if failed == problem.IssuerWrong {
			return c.issuerVariant(), nil
		}
	}
	return c.formVariant(check, failed)
}

// formVariant is observe for a claim that is missing or has another form.
func (c *candidate) formVariant(check string, failed *problem.Type) (*problem.Variant, []problem.Fact) {
	name, form := check, problem.Form(formText)
	switch check {
	case "sub":
		form = problem.Form(formSub)
	case "client_id":
		name = cmp.Or(c.clientClaim, first(c.rules.clientClaims))
	case "scope":
		name, form = first(c.rules.scopes), problem.Form(formScopes)
	case "roles":
		name, form = first(c.rules.roles), problem.Form(formRoles)
	case "auth_time":
		form = problem.Form(formDate)
	}
	facts := []problem.Fact{problem.Claim(name), form}
	switch {
	case failed == problem.ClaimMissing && check == "sub":
		return problem.SubjectAbsent, facts
	case failed == problem.ClaimMissing:
		return problem.ClaimAbsent, facts
	case check == "client_id" && c.client.state == valid && c.client.value != "":
		return problem.ClientOther, facts
	}
	return problem.ClaimForm, facts
}

// kindVariant says which other kind of token it is.
func (c *candidate) kindVariant() *problem.Variant {
	switch kind := c.kind(); {
	case kind == refreshToken:
		return problem.RefreshToken
	case kind == logoutToken:
		return problem.LogoutToken
	case c.claims.has("htm"):
		return problem.ProofSent
	case kind == idToken && c.idMark() != "":
		return problem.IDToken
	case kind == idToken:
		return problem.IDTokenByAudience
	case kind == unmarked && c.rules.needScope():
		return problem.ScopeUnmarked
	}
	return problem.Unmarked
}

// audienceVariant says how the audience differs from those of the API.
func (c *candidate) audienceVariant() *problem.Variant {
	got := c.claims.Audience
	switch {
	case got.state == absent:
		return problem.AudienceAbsent
	case got.state == invalid:
		return problem.AudienceNoText
	case len(got.values) == 0:
		return problem.AudienceEmpty
	case slices.Contains(got.values, "account"):
		return problem.AudienceAccount
	case slices.Contains(got.values, microsoftGraph):
		return problem.AudienceGraph
	case slices.ContainsFunc(got.values, c.claims.namesClient):
		return problem.AudienceClient
	}
	alike := func(got string) bool {
		return slices.ContainsFunc(c.config.Audience, func(want string) bool { return compareAudiences(want, got) != "" })
	}
	if c.certain() && slices.ContainsFunc(got.values, alike) {
		return problem.AudienceForm
	}
	return problem.AudienceOther
}

// expiryVariant is observe for exp. A token that the provider's clock would still accept expired by this one.
func (c *candidate) expiryVariant() (*problem.Variant, []problem.Fact) {
	v, facts := c.dateVariant("exp", c.claims.Expiry, problem.ExpiredAtTime)
	if ago := c.now.Sub(c.claims.Expiry.time); v == problem.ExpiredAtTime && c.provider.clockOffset() > max(maxOffset, ago) {
		v = problem.ExpiredByClock
	}
	return v, facts
}

// dateVariant is observe for a claim with a date, where the variant is that of a date at which the token is not valid.
func (c *candidate) dateVariant(name string, claim dateClaim, when *problem.Variant) (*problem.Variant, []problem.Fact) {
	facts := []problem.Fact{problem.Claim(name), problem.Form(formDate)}
	switch {
	case claim.state == absent:
		return problem.ClaimAbsent, facts
	case claim.state == invalid && c.inMilliseconds(name):
		return problem.Milliseconds, facts
	case claim.state == invalid:
		return problem.ClaimForm, facts
	}
	at := problem.NotBefore(claim.time)
	if name == "exp" {
		at = problem.ExpiredAt(claim.time)
	}
	return when, []problem.Fact{at, problem.Seconds(c.now.Sub(claim.time).Abs())}
}

// inMilliseconds reports whether a date is one of the years around this one when it is read as milliseconds.
func (c *candidate) inMilliseconds(name string) bool {
	v := c.claims.member(name)
	number, err := strconv.ParseFloat(string(v), 64)
	if err != nil {
		return false
	}
	const years = 50 * 365 * 24 * time.Hour
	return time.UnixMilli(int64(number)).Sub(c.now).Abs() < years
}

// ask says how a client asks the provider for a token for this API.
func (r *rules) ask() problem.Constant {
	switch {
	case r.audience != "":
		return r.audience
	case strings.HasPrefix(r.params, "audience="):
		return "Let the client send audience={audience} in its authorization or token request."
	case strings.HasPrefix(r.params, "resource="), r.resource && r.row.name != "jwt" && r.row.name != "rfc9068":
		return "Let the client send resource={audience} in its authorization or token request."
	}
	return "Let the client ask for this API in its authorization or token request (resource={audience}, audience={audience}, or a scope of this API, as the provider has it)."
}
