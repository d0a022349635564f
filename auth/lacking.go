package auth

import (
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// What callers lack whose credentials the provider did not issue, such as an API key: another sign-in changes nothing of
// these. It is said to them alone.
var (
	scopesGiven = given(problem.ScopeInsufficient, "The credentials lack the scope {scopes}.",
		"Send credentials with every scope of required_scopes. The scopes of an API key never change: make another one.")
	rolesGiven = given(problem.AccessDenied, "The credentials have no roles, and this operation requires the role {roles}.",
		"Send an access token of a user who has the role: an API key has none.")
	signInGiven = given(problem.StepUpRequired, "The credentials do not say how and when their owner signed in, and this operation requires it.",
		"Send an access token of a user who signed in as this response says: an API key has no sign-in.")
)

func given(t *problem.Type, detail, hint string) *problem.Variant {
	return &problem.Variant{Type: t, Name: "given", Detail: detail, Hint: hint, AtFault: problem.Client, Genuine: true}
}

// withoutScopes returns what was observed of a caller that lacks scopes, and the facts for its slots.
func (p *Principal) withoutScopes(lacked []string) (*problem.Variant, problem.Fact, problem.Fact) {
	scopes := problem.Scopes(lacked)
	all := func(alike func(scope, lacked string) bool) bool { return haveAll(p.Scopes, lacked, alike) }
	joined := func(scope, one string) bool { return slices.Contains(strings.Split(scope, ","), one) }
	prefixed := func(scope, one string) bool {
		prefix, ok := strings.CutSuffix(scope, one)
		return ok && strings.ContainsAny(prefix[max(len(prefix)-1, 0):], "/:.")
	}
	place := p.placeOf(lacked)
	switch {
	case p.Scheme() != Token:
		return scopesGiven, scopes, problem.Claim("")
	case place != "":
		return problem.ScopesElsewhere, scopes, problem.Claim(place)
	case all(strings.EqualFold):
		return problem.ScopesCase, scopes, problem.Claim("")
	case all(joined):
		return problem.ScopesJoined, scopes, problem.Claim("")
	case all(prefixed):
		return problem.ScopesPrefixed, scopes, problem.Claim("")
	case len(p.Scopes) == 0:
		return problem.ScopesAbsent, scopes, problem.Claim("")
	}
	return problem.ScopesLacking, scopes, problem.Claim("")
}

// withoutRoles is withoutScopes for roles.
func (p *Principal) withoutRoles(lacked []string) (*problem.Variant, problem.Fact, problem.Fact) {
	roles := problem.Roles(lacked)
	if p.Scheme() != Token {
		return rolesGiven, roles, problem.Claim("")
	}
	if place := p.placeOf(lacked); place != "" {
		return problem.RolesElsewhere, roles, problem.Claim(place)
	}
	if len(p.Roles) == 0 {
		return problem.RolesAbsent, roles, problem.Claim("")
	}
	if haveAll(p.Roles, lacked, strings.EqualFold) {
		return problem.RolesCase, roles, problem.Claim("")
	}
	return problem.RolesLacking, roles, problem.Claim("")
}

// withoutSignIn returns what was observed of a caller whose sign-in is not as it must be.
func (p *Principal) withoutSignIn(observed *problem.Variant) *problem.Variant {
	if p.Scheme() != Token {
		return signInGiven
	}
	return observed
}

// haveAll reports whether there is something like each of the names that are lacked.
func haveAll(have, lacked []string, alike func(have, lacked string) bool) bool {
	return !slices.ContainsFunc(lacked, func(one string) bool {
		return !slices.ContainsFunc(have, func(name string) bool { return alike(name, one) })
	})
}

// placeOf returns the claim of the token that has all of the names, or nothing.
func (p *Principal) placeOf(names []string) string {
	c := p.candidate()
	if c == nil {
		return ""
	}
	for _, place := range c.places() {
		if holds(c, place, names) {
			return place
		}
	}
	return ""
}

// holds reports whether a claim has all of the names.
func holds(c *candidate, place string, names []string) bool {
	have := find(place, c.claims.member).names(spaces).values
	return !slices.ContainsFunc(names, func(one string) bool { return !slices.Contains(have, one) })
}
