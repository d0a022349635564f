package auth

import (
	"cmp"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// rules are a profile and the settings that change it, as tokens are read with them.
type rules struct {
	Profile
	*row
	kind          func(*candidate) string // says what kind of token it is
	checks        []claimCheck
	clientClaims  []string
	scopes, roles []string // places
	exactScopes   bool     // the types are those of RFC 9068
	exactRoles    bool
	delegated     []string // places of the scopes that users grant
	appScopes     []string // places of those of applications on their own behalf
	prefix        string
	issuers       []string // accepted beside the configured one
	missing       []string // which claims may be missing, and the client
	must          []condition
	marks         []string
	idMarks       []string
	innocent      []string
	machine       []condition
	required      []condition
	audiences     []string
	answer        bool // they are for answers of introspection
}

// newRules returns the rules of a configuration with a profile.
func newRules(c *Config, p Profile) *rules {
	r := p.get()
	rules := &rules{
		Profile: p, row: r, audiences: c.Audience, checks: claimChecks[:], kind: (*candidate).tokenKind,
		clientClaims: list(cmp.Or(r.client, clientClaims)),
		scopes:       c.ScopesClaim, roles: c.RolesClaim,
		exactScopes: r.exact && c.ScopesClaim == nil, exactRoles: r.exact && c.RolesClaim == nil,
		prefix: cmp.Or(c.ScopePrefix, p.ScopePrefix(c.Audience)),
		must:   conditions(r.must), machine: conditions(r.machine),
		missing: list(r.missing), marks: list("scope,scp," + r.marks), idMarks: list(r.idMarks), innocent: list(r.innocent),
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

// mayMiss reports whether a claim may be missing.
func (r *rules) mayMiss(claim string) bool { return slices.Contains(r.missing, claim) }

// requiredHolds is holds for REQUIRED_CLAIMS, whose claims are top-level, and whose values have no pattern.
func (q condition) requiredHolds(c *candidate) bool {
	return c.claims.member(q.claim).holds(func(have string) bool { return have == q.value })
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
