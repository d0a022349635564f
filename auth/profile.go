package auth

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// A row says how a provider writes access tokens. Lists are separated by spaces or commas. A place is the name of a
// claim, or a dotted path to one within objects; {audience} stands for each OIDC_AUDIENCE.
type row struct {
	name  string
	at    string // issuers that auto recognizes: hosts, ends (.HOST) and beginnings (HOST.) of hosts, and ends of paths
	exact bool   // claims have the types of RFC 9068, or the token is rejected

	types    string // values of typ beside at+jwt; absent stands for none
	missing  string // which of aud, client, sub, iat and jti may be missing
	client   string // claims that name the client, the first that is there; aud and the end of iss are possible
	scopes   string // places of scopes, which are added up
	appScope string // place of scopes of a token that has none of the others
	roles    string // places of roles, which are added up
	whole    bool   // a role that stands alone as text is one role, and not words: it may have spaces
	prefix   string // of scopes
	issuers  string // values of iss that are accepted beside the issuer, where the keys are of the same tenant

	must     string // what an access token must have one of: NAME, NAME=VALUE, or at+jwt for that typ
	marks    string // claims that only access tokens have, beside scopes
	idMarks  string // claims that only ID tokens have, beside nonce and the hashes
	innocent string // those of ID tokens that marked access tokens have, too
	machine  string // what tokens of machines have one of: NAME, NAME=VALUE, or the beginning of a value with *

	answers    string // which of iss, aud, sub and token_type introspection may leave out; sub, where it is missing for machines
	byUsername bool   // introspection names users by username, and has no sub

	params   string           // of the authorization request, as a query
	resource bool             // the request may name the API as a resource (RFC 8707)
	explicit string           // why auto never selects the row; logged at start
	opaque   string           // why no token of the provider can be accepted; logged at start
	needs    string           // a variable that must be set
	audience problem.Constant // advice for a token without the audience; {audience} stands for it
	subject  string           // advice for a token without sub
}

// clientClaims are those that name the client at most providers.
const clientClaims = "client_id,azp,appid,cid"

// A Profile says how a provider writes its access tokens. The zero Profile is RFC9068.
type Profile struct{ row *row }

// RFC9068 is the profile of RFC 9068: typ is at+jwt, and iss, exp, aud, sub, client_id, iat and jti are required.
func RFC9068() Profile { return Profile{} }

// PlainJWT is for providers that do not follow RFC 9068 and have no profile of their own: typ may also be JWT or absent,
// the client may be in azp, appid or cid, the scopes in scp, and jti may be missing. Other kinds of tokens are still
// rejected.
func PlainJWT() Profile { return Profile{&profiles[1]} }

// Profiles returns the names of all profiles.
func Profiles() []string {
	names := make([]string, len(profiles))
	for i := range profiles {
		names[i] = profiles[i].name
	}
	return names
}

// ProfileByName returns the profile of that name.
func ProfileByName(name string) (Profile, error) {
	for i := range profiles {
		if profiles[i].name == name {
			return profileOf(&profiles[i]), nil
		}
	}
	return Profile{}, fmt.Errorf("there is no token profile %q: use auto, %s", name, strings.Join(Profiles(), ", "))
}

// ProfileOfIssuer returns the profile of the provider that an issuer URL names by its host or path, or RFC9068. Those that
// accept ID tokens are named by no issuer.
func ProfileOfIssuer(issuer string) (p Profile, known bool) {
	u, err := url.Parse(issuer)
	if err != nil {
		return Profile{}, false
	}
	for i := range profiles {
		if r := &profiles[i]; slices.ContainsFunc(strings.Fields(r.at), func(at string) bool { return names(u, at) }) {
			return profileOf(r), true
		}
	}
	return Profile{}, false
}

func profileOf(r *row) Profile {
	if r == &profiles[0] {
		return Profile{}
	}
	return Profile{r}
}

// names reports whether a URL is at a host or ends with a path of a row.
func names(u *url.URL, at string) bool {
	host := strings.ToLower(u.Hostname())
	switch {
	case at[0] == '/':
		end := strings.TrimSuffix(u.Path, "/")
		for range strings.Count(end, "/") - strings.Count(at, "/") {
			end = end[1+strings.IndexByte(end[1:], '/'):]
		}
		matched, err := path.Match(at, end)
		return matched && err == nil
	case at[0] == '.':
		return strings.HasSuffix(host, at)
	case at[len(at)-1] == '.':
		return strings.HasPrefix(host, at)
	}
	return host == at
}

func (p Profile) get() *row { return cmp.Or(p.row, &profiles[0]) }

// String returns the profile's name.
func (p Profile) String() string { return p.get().name }

// Warning says what an operator must know of the profile, or nothing.
func (p Profile) Warning() string { return cmp.Or(p.get().explicit, p.get().opaque) }

// Needs returns the variable that must be set with the profile, or nothing.
func (p Profile) Needs() string { return p.get().needs }

// WithoutAudience reports whether clients can be configured in place of an audience.
func (p Profile) WithoutAudience() bool {
	return p.mayMiss("aud") || slices.Contains(list(p.get().client), "aud")
}

// ScopePrefix returns what the provider's clients put before the scopes of an API.
func (p Profile) ScopePrefix(audience []string) string {
	prefix := p.get().prefix
	if len(audience) > 0 && strings.Contains(audience[0], "://") {
		prefix = strings.TrimPrefix(prefix, "api://")
	}
	return first(expand(prefix, audience))
}

// AuthorizeParams returns what the provider's clients add to an authorization request for an API.
func (p Profile) AuthorizeParams(audience []string) url.Values {
	escaped := make([]string, len(audience))
	for i, a := range audience {
		escaped[i] = url.QueryEscape(a)
	}
	values, _ := url.ParseQuery(first(expand(p.get().params, escaped))) // of a row
	return values
}

// Resource reports whether the provider's clients may name an API as a resource (RFC 8707).
func (p Profile) Resource() bool { return p.get().resource }

// DefaultScope returns the scope for which applications on their own behalf ask, and which stands for all that they were
// granted; nothing where they ask as users do.
func (p Profile) DefaultScope() string {
	if p.get().appScope == "" {
		return ""
	}
	return ".default"
}

// mayMiss reports whether a claim may be missing.
func (p Profile) mayMiss(claim string) bool {
	return slices.Contains(strings.Fields(p.get().missing), claim)
}

// allowsType reports whether an access token may have this typ.
func (p Profile) allowsType(typ string) bool {
	switch mediaType(typ) {
	case "at+jwt":
		return p.get().opaque == ""
	case "jwt":
		return strings.Contains(p.get().types, "JWT")
	case "":
		return strings.Contains(p.get().types, "absent")
	}
	return false
}

// describeTypes says which typ an access token may have.
func (p Profile) describeTypes() string {
	r := p.get()
	switch {
	case r.opaque != "":
		return "no token: " + r.opaque
	case r.types == "JWT":
		return `"at+jwt" or "JWT"`
	case r.types != "":
		return `"at+jwt", "JWT" or absent`
	}
	return `"at+jwt"`
}

// list returns the members of a list in a row.
func list(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' })
}

// expand returns a text with each audience in place of {audience}.
func expand(text string, audience []string) []string {
	if !strings.Contains(text, "{audience}") {
		return []string{text}
	}
	all := make([]string, len(audience))
	for i, a := range audience {
		all[i] = strings.ReplaceAll(text, "{audience}", a)
	}
	return all
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
