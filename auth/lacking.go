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
		"Send an access token of a user who signed in as this response says: neither an API key nor a client on its own behalf has a sign-in.")
)

func given(t *problem.Type, detail, hint string) *problem.Variant {
	return &problem.Variant{Type: t, Name: "given", Detail: detail, Hint: hint, AtFault: problem.Client, Genuine: true}
}

// withoutScopes returns what was observed of a caller that lacks scopes, and the facts for its slots.
func (p *Principal) withoutScopes(lacked []string) (v *problem.Variant, names, claim problem.Fact) {
	joined := func(scope, one string) bool { return slices.Contains(words(scope, separators), one) }
	prefixed := func(scope, one string) bool {
		prefix, ok := strings.CutSuffix(scope, one)
		return ok && strings.ContainsAny(prefix[max(len(prefix)-1, 0):], "/:.")
	}
	place := p.candidate().placeOf(lacked)
	switch {
	case p.Scheme() != Token:
		v = scopesGiven
	case place != "":
		v = problem.ScopesElsewhere
	case len(p.Scopes) == 0:
		v = problem.ScopesAbsent
	case haveAll(p.Scopes, lacked, strings.EqualFold):
		v = problem.ScopesCase
	case haveAll(p.Scopes, lacked, joined):
		v = problem.ScopesJoined
	case haveAll(p.Scopes, lacked, prefixed):
		v = problem.ScopesPrefixed
	default:
		v = problem.ScopesLacking
	}
	return v, problem.Scopes(lacked), problem.Claim(place)
}

// withoutRoles is withoutScopes for roles.
func (p *Principal) withoutRoles(lacked []string) (v *problem.Variant, names, claim problem.Fact) {
	place := p.candidate().placeOf(lacked)
	switch {
	case p.Scheme() != Token:
		v = rolesGiven
	case place != "":
		v = problem.RolesElsewhere
	case len(p.Roles) == 0:
		v = problem.RolesAbsent
	case haveAll(p.Roles, lacked, spelled):
		v = problem.RolesCase
	default:
		v = problem.RolesLacking
	}
	return v, problem.Roles(lacked), problem.Claim(place)
}

// spelled reports whether a text has a role in other case, joined with others, or after ROLE_ or / as Spring and Keycloak write it.
func spelled(text, role string) bool {
	return slices.ContainsFunc(words(text, separators), func(word string) bool {
		return strings.EqualFold(strings.TrimLeft(word, "/"), role) || strings.EqualFold(word, "ROLE_"+role)
	})
}

// withoutSignIn returns what was observed of a caller whose sign-in is not as it must be.
func (p *Principal) withoutSignIn(observed *problem.Variant) *problem.Variant {
	if p.Scheme() != Token || p.caller == client {
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

// placeOf returns the claim of a token that has all of the names, or nothing.
func (c *candidate) placeOf(names []string) string {
	if c == nil {
		return ""
	}
	places := c.places()
	if i := slices.IndexFunc(places, func(place string) bool { return c.holds(place, names) }); i >= 0 {
		return places[i]
	}
	return ""
}

// holds reports whether a claim has all of the names.
func (c *candidate) holds(place string, names []string) bool {
	return containsAll(find(place, c.claims.member).names(spaces).values, names)
}
