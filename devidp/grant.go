package devidp

import (
	"crypto/rand"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// grantTTL bounds a login, however often its tokens are refreshed.
const grantTTL = 12 * time.Hour

// A grant is what a user allowed a client: everything that its tokens say.
type grant struct {
	id       string // the first part of the id of every token of the grant, to revoke all of them at once
	client   *Client
	user     *User // nil when the client acts for itself
	scopes   []string
	audience []string
	nonce    string
	acr      string
	begun    time.Time
}

// readGrant reads what a client requests.
func (p *Provider) readGrant(c *Client, q url.Values) (*grant, error) {
	scopes, err := parseScopes(q.Get("scope"))
	if err != nil {
		return nil, err
	}
	requested := valuesOf(q, "resource")
	if len(requested) == 0 {
		requested = p.cfg.Resources[:1]
	}
	audience, err := narrow(p.cfg.Resources, requested, "invalid_target")
	return &grant{client: c, scopes: scopes, audience: audience}, err
}

// begin returns the requested grant as one that begins now, for a user who just signed in or for the
// client itself (nil).
func (p *Provider) begin(requested *grant, user *User) *grant {
	g := *requested
	g.id, g.user, g.begun = rand.Text(), user, p.now()
	return &g
}

func (g *grant) expires() time.Time { return g.begun.Add(grantTTL) }

func (g *grant) subject() string {
	if g.user == nil {
		return g.client.ID
	}
	return g.user.Subject
}

// narrow returns the grant with the scopes and resources that a token request names. A request that
// names none gets all of them: browsers need not repeat what they requested at the login.
func (g *grant) narrow(q url.Values) (*grant, error) {
	part := *g
	requested, err := parseScopes(q.Get("scope"))
	if err != nil {
		return nil, err
	}
	if part.scopes, err = narrow(g.scopes, requested, "invalid_scope"); err != nil {
		return nil, err
	}
	part.audience, err = narrow(g.audience, valuesOf(q, "resource"), "invalid_target")
	return &part, err
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// revokeGrant ends the grant: all its tokens are inactive from now on.
func (p *Provider) revokeGrant(g *grant) { p.revoked.put(g.id, struct{}{}, g.expires()) }

// scopeToken is RFC 6749, section 3.3.
var scopeToken = regexp.MustCompile(`^[!#-\[\]-~]+$`)

// parseScopes accepts every well-formed scope: a product defines its own, and does not have to register
// them here. A production provider knows which client may have which scopes.
func parseScopes(list string) (scopes []string, err error) {
	if list == "" {
		return nil, nil
	}
	for scope := range strings.SplitSeq(list, " ") {
		if !scopeToken.MatchString(scope) {
			return nil, newError("invalid_scope", "The scope is not a list of names with one space between them.")
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

// narrow returns the granted names that were requested; if none were requested, it returns all. For a
// requested name that is not granted it returns an error with the code.
func narrow(granted, requested []string, code string) ([]string, error) {
	if len(requested) == 0 {
		return granted, nil
	}
	for _, name := range requested {
		if !slices.Contains(granted, name) {
			return nil, newError(code, "The request may name no more than: "+strings.Join(granted, " "))
		}
	}
	return slices.DeleteFunc(slices.Clone(granted), func(name string) bool {
		return !slices.Contains(requested, name)
	}), nil
}
