package devidp

import (
	"crypto/rand"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// grantTTL is how long a login is worth anything, however often its tokens are refreshed.
const grantTTL = 12 * time.Hour

// A grant is what somebody allowed a client: everything that its tokens say.
type grant struct {
	id       string // begins the id of every token that comes of it, so that all can be revoked at once
	client   *Client
	user     *User // nil when the client acts for itself
	scopes   []string
	audience []string
	nonce    string
	acr      string
	begun    time.Time
}

// request reads the part of a grant that a client asks for.
func (p *Provider) request(c *Client, q url.Values) (grant, error) {
	scopes, err := parseScopes(q.Get("scope"))
	if err != nil {
		return grant{}, err
	}
	asked := resources(q)
	if len(asked) == 0 {
		asked = p.cfg.Resources[:1]
	}
	audience, err := narrow(p.cfg.Resources, asked, "invalid_target")
	return grant{client: c, scopes: scopes, audience: audience}, err
}

// begin makes the grant come true, for a user who just logged in or for the client itself (nil).
func (p *Provider) begin(g grant, user *User) *grant {
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

// part returns the grant with no more than the scopes and resources that a token request names. A
// request that names none gets all of it: what was said at the login is remembered, since a browser
// cannot be relied on to say it twice.
func (g *grant) part(q url.Values) (grant, error) {
	part := *g
	asked, err := parseScopes(q.Get("scope"))
	if err != nil {
		return grant{}, err
	}
	if part.scopes, err = narrow(g.scopes, asked, "invalid_scope"); err != nil {
		return grant{}, err
	}
	part.audience, err = narrow(g.audience, resources(q), "invalid_target")
	return part, err
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// withdraw ends the grant: none of its tokens is good any more.
func (p *Provider) withdraw(g *grant) { p.revoked.put(g.id, struct{}{}, g.expires()) }

func (p *Provider) withdrawn(g *grant) bool {
	_, gone := p.revoked.get(g.id)
	return gone
}

// scopeToken is RFC 6749, section 3.3.
var scopeToken = regexp.MustCompile(`^[!#-\[\]-~]+$`)

// parseScopes accepts any well-formed scope: a product invents its own, and need not teach them to
// its development provider. A production provider knows which client may have which.
func parseScopes(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	var scopes []string
	seen := map[string]bool{}
	for scope := range strings.SplitSeq(list, " ") {
		if !scopeToken.MatchString(scope) {
			return nil, refuse("invalid_scope", "The scope is not a list of names with one space between them.")
		}
		if !seen[scope] {
			seen[scope] = true
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

// narrow returns those of the granted names that were asked for; none asked for means all. The
// refusal of a name that was not granted has the given code.
func narrow(granted, asked []string, code string) ([]string, error) {
	if len(asked) == 0 {
		return granted, nil
	}
	for _, name := range asked {
		if !slices.Contains(granted, name) {
			return nil, refuse(code, "More is asked for than: "+strings.Join(granted, " "))
		}
	}
	return slices.DeleteFunc(slices.Clone(granted), func(name string) bool {
		return !slices.Contains(asked, name)
	}), nil
}
