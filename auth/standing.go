package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// scopeAdvice says how a caller gets scopes that it lacks.
func (p *Principal) scopeAdvice(lacked []string) string {
	if p.Scheme() != Token {
		return scopesGiven.Hint
	}
	return cmp.Or(p.standing("scopes", lacked), fmt.Sprintf("The token lacks %q: let the client ask for it, and the provider grant it.", lacked))
}

// roleAdvice is scopeAdvice for roles.
func (p *Principal) roleAdvice(lacked []string) string {
	if p.Scheme() != Token {
		return rolesGiven.Hint
	}
	return cmp.Or(p.standing("roles", lacked), fmt.Sprintf("The caller lacks %q: roles are what the provider writes into %s.", lacked, p.rolesClaim()))
}

// signInAdvice says how a caller gets another sign-in, which for a token is the advice.
func (p *Principal) signInAdvice(advice string) string {
	if p.Scheme() != Token {
		return signInGiven.Hint
	}
	return advice
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
			if c.holds(place, lacked) && c.as(other, c.config).accepted() {
				return fmt.Sprintf("The %s stand in %s; TOKEN_PROFILE=%s reads them.", kind, place, other.Profile)
			}
		}
	}
	if place := c.placeOf(lacked); place != "" {
		return fmt.Sprintf("The %s stand in %s; %s_CLAIM=%s reads them.", kind, place, strings.ToUpper(kind), place)
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
		other := func(name string) bool { return !slices.Contains(list, prefix+name) }
		if found && strings.HasSuffix(prefix, "/") && !slices.ContainsFunc(names, other) {
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
