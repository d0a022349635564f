package auth

import (
	"cmp"
	"slices"
	"strings"
)

// rules are a profile and the settings that change it, as tokens are read with them.
type rules struct {
	Profile
	*row
	checks        []claimCheck
	clientClaims  []string
	scopes, roles []string // places
	exactScopes   bool     // the types are those of RFC 9068
	exactRoles    bool
	delegated     []string // places of the scopes that users grant
	appScopes     []string // places of those of applications on their own behalf
	prefix        string
	issuers       []string // accepted beside the configured one
	must          []condition
	marks         []string
	idMarks       []string
	innocent      []string
	machine       []condition
	required      []condition
	audiences     []string

	noAudience, noClient, noSubject, noIssuedAt, noID bool // may be missing

	answer bool // they are for answers of introspection
}

// newRules returns the rules of a configuration with a profile.
func newRules(c *Config, p Profile) *rules {
	r := p.get()
	rules := &rules{
		Profile: p, row: r, audiences: c.Audience, checks: claimChecks[:],
		clientClaims: list(cmp.Or(r.client, clientClaims)),
		scopes:       c.ScopesClaim, roles: c.RolesClaim,
		exactScopes: r.exact && c.ScopesClaim == nil, exactRoles: r.exact && c.RolesClaim == nil,
		prefix: cmp.Or(c.ScopePrefix, p.ScopePrefix(c.Audience)),
		must:   conditions(r.must), machine: conditions(r.machine),
		marks: list("scope,scp," + r.marks), idMarks: list(r.idMarks), innocent: list(r.innocent),
		noAudience: p.mayMiss("aud"), noClient: p.mayMiss("client"), noSubject: p.mayMiss("sub"),
		noIssuedAt: p.mayMiss("iat"), noID: p.mayMiss("jti"),
	}
	for _, one := range c.RequiredClaims {
		rules.required = append(rules.required, newCondition(one))
	}
	if r.appScope != "" {
		rules.delegated = list(r.scopes)
	}
	if rules.scopes == nil {
		rules.scopes = places(cmp.Or(r.scopes, "scope"), c.Audience)
		rules.appScopes = list(r.appScope)
	}
	if rules.roles == nil {
		rules.roles = places(cmp.Or(r.roles, "roles"), c.Audience)
	}
	if r.issuers != "" {
		last := c.Issuer[strings.LastIndexByte(strings.TrimSuffix(c.Issuer, "/"), '/')+1:]
		rules.issuers = expand(strings.ReplaceAll(r.issuers, "{last}", strings.TrimSuffix(last, "/")), c.Audience)
	}
	return rules
}

func places(text string, audience []string) (all []string) {
	for _, place := range list(text) {
		all = append(all, expand(place, audience)...)
	}
	return all
}

// expand returns a text with the audiences in place of {audience}.
func (r *rules) expand(text string) string {
	return strings.ReplaceAll(text, "{audience}", strings.Join(r.audiences, " or "))
}

// typed is the condition that typ says that a token is an access token.
const typed = "at+jwt"

// A condition is that a token has a claim or, unless that is empty, a value of it.
type condition struct{ claim, value string }

func newCondition(text string) condition {
	claim, value, _ := strings.Cut(text, "=")
	return condition{claim, value}
}

func conditions(text string) (all []condition) {
	for _, one := range list(text) {
		all = append(all, newCondition(one))
	}
	return all
}

// holds reports whether a token has the claim, with that value alone or in an array. {client} and {sub} stand for those of
// the token, and a value may end with *. Keycloak writes names of users in lower case.
func (q condition) holds(c *candidate) bool {
	if q.claim == typed {
		return c.typed()
	}
	v := find(q.claim, c.claims.member)
	if q.value == "" || v == "" {
		return v != ""
	}
	want := strings.ReplaceAll(strings.ReplaceAll(q.value, "{client}", c.client.value), "{sub}", c.claims.Subject.value)
	begin, pattern := strings.CutSuffix(q.value, "*")
	return v.holds(func(have string) bool {
		return have == want || pattern && strings.HasPrefix(have, begin) || q.claim == "preferred_username" && strings.EqualFold(have, want)
	})
}

// needScope reports whether a scope is what tells access tokens of the provider from its ID tokens.
func (r *rules) needScope() bool {
	return slices.ContainsFunc(r.must, func(q condition) bool { return q.claim == "scope" })
}

// requiredHolds is holds for REQUIRED_CLAIMS, whose claims are top-level, and whose values have no pattern.
func (q condition) requiredHolds(c *candidate) bool {
	return c.claims.member(q.claim).holds(func(have string) bool { return have == q.value })
}
