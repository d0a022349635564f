package auth

import (
	"fmt"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

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

// standing says where scopes or roles stand that a caller lacks as far as the profile reads its token, and how to read
// them. It returns nothing if the token does not have them.
func (p *Principal) standing(kind string, lacked []string) string {
	c := p.candidate()
	if c == nil || len(lacked) == 0 {
		return ""
	}
	for _, other := range slices.SortedStableFunc(slices.Values(alternatives(c.config)), strictest) {
		for _, place := range other.placesOf(kind) {
			if holds(c, place, lacked) && c.as(other, c.config).accepted() {
				return fmt.Sprintf("The %s stand in %s; TOKEN_PROFILE=%s reads them.", kind, place, other.Profile)
			}
		}
	}
	for _, place := range c.places() {
		if holds(c, place, lacked) {
			return fmt.Sprintf("The %s stand in %s; %s_CLAIM=%s reads them.", kind, place, strings.ToUpper(kind), place)
		}
	}
	if prefix := commonPrefix(p.Scopes, lacked); kind == "scopes" && prefix != "" {
		return fmt.Sprintf("The scopes have the prefix %s; SCOPE_PREFIX=%s cuts it.", quote(prefix), Brief(prefix))
	}
	return ""
}

// commonPrefix returns what stands before every one of the names in a list, or nothing.
func commonPrefix(list, names []string) string {
	for _, one := range list {
		prefix, found := strings.CutSuffix(one, names[0])
		with := func(name string) bool { return slices.Contains(list, prefix+name) }
		if found && strings.HasSuffix(prefix, "/") && !slices.ContainsFunc(names, func(name string) bool { return !with(name) }) {
			return prefix
		}
	}
	return ""
}

// strictest orders rules so that those come first that allow no other typ than at+jwt.
func strictest(a, b *rules) int { return min(len(a.types), 1) - min(len(b.types), 1) }

func (r *rules) placesOf(kind string) []string {
	if kind == "scopes" {
		return r.scopes
	}
	return r.roles
}

// namesOfOthers are claims whose text may be that of a role or a scope, and is none.
var namesOfOthers = append([]string{"iss", "sub", "aud", "jti", "client_id", "azp", "appid", "cid", "acr", "typ", "given_name", "family_name", "nickname"}, userClaims...)

// places returns the names of claims that may have roles or scopes, and the paths to members of objects in them.
func (c *candidate) places() (all []string) {
	var add func(prefix, name string, v value)
	add = func(prefix, name string, v value) {
		all = append(all, prefix+name)
		if v.kind() == '{' && strings.Count(prefix, ".") < 3 {
			for below, one := range v.members() {
				add(prefix+name+".", below, one)
			}
		}
	}
	for _, m := range c.claims.members {
		if !slices.Contains(namesOfOthers, m.name) {
			add("", m.name, m.value)
		}
	}
	return all
}
