package auth

import (
	"slices"
	"strings"
)

// A ScopePrefix is what a provider has before the names of an API's scopes. Routes declare scopes without it.
type ScopePrefix string

// openIDScopes are those of OpenID Connect itself, which belong to no API (OpenID Connect Core, sections 5.4 and 11).
var openIDScopes = []string{"openid", "profile", "email", "address", "phone", "offline_access"}

// Add returns scopes as a client has to ask for them.
func (p ScopePrefix) Add(scopes []string) []string {
	if p == "" {
		return scopes
	}
	with := slices.Clone(scopes)
	for i, scope := range with {
		if !slices.Contains(openIDScopes, scope) && !strings.HasPrefix(scope, string(p)) {
			with[i] = string(p) + scope
		}
	}
	return with
}

// Cut returns a scope of a token as routes declare it.
func (p ScopePrefix) Cut(scope string) string { return strings.TrimPrefix(scope, string(p)) }
