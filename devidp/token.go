package devidp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"time"
)

// codeTTL is how long a code is good. RFC 6749, section 4.1.2, recommends ten minutes at most; a
// program needs seconds.
const codeTTL = time.Minute

// token trades what a client holds for tokens (RFC 6749, section 3.2).
func (p *Provider) token(c *Client, q url.Values) (any, error) {
	kind := q.Get("grant_type")
	endpoints := map[string]call{
		AuthorizationCode: p.redeemCode,
		RefreshToken:      p.refresh,
		ClientCredentials: p.credentialsGrant,
		DeviceCode:        p.redeemDevice,
		TokenExchange:     p.exchange,
	}
	switch endpoint := endpoints[kind]; {
	case kind == "":
		return nil, refuse("invalid_request", "The grant_type is missing.")
	case endpoint == nil:
		return nil, refuse("unsupported_grant_type", "The grant_type is not supported.")
	case !c.may(kind):
		return nil, refuse("unauthorized_client", "The client may not use this grant type.")
	default:
		return endpoint(c, q)
	}
}

// newCode returns the code that stands for the authorization, now that the user agreed. It is kept
// as long as what it gives can live, to notice that it is used again.
func (p *Provider) newCode(a *authorization, user *User) string {
	code := rand.Text()
	a.grant = p.begin(*a.grant, user)
	a.expires = p.now().Add(codeTTL)
	p.codes.put(code, a, a.grant.expires())
	return code
}

// redeemCode is RFC 6749, section 4.1.3, and RFC 7636, section 4.6.
func (p *Provider) redeemCode(c *Client, q url.Values) (any, error) {
	code := q.Get("code")
	a, ok := p.codes.get(code)
	if !ok || a.grant.client != c {
		return nil, refuse("invalid_grant", "The code is unknown, or another client's.")
	}
	// The first attempt spends the code, right or wrong. A second one means that two parties hold it,
	// and nobody can tell which of them has the tokens (RFC 6749, section 4.1.2).
	if !p.codes.spend(code) {
		p.withdraw(a.grant)
		return nil, refuse("invalid_grant", "The code was used before; what it gave is revoked.")
	}
	switch {
	case !a.expires.After(p.now()):
		return nil, refuse("invalid_grant", "The code expired.")
	case q.Get("redirect_uri") != a.redirectURI:
		return nil, refuse("invalid_grant", "The redirect_uri is not the one of the authorization request.")
	case !proves(q.Get("code_verifier"), a.challenge):
		return nil, refuse("invalid_grant", "The code_verifier does not match the code_challenge.")
	}
	part, err := a.grant.part(q)
	if err != nil {
		return nil, err
	}
	return p.issue(AuthorizationCode, a.grant, part)
}

// verifierForm is RFC 7636, section 4.1.
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// proves reports whether the verifier is the one whose hash was sent as the challenge.
func proves(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return verifierForm.MatchString(verifier) && equal(base64.RawURLEncoding.EncodeToString(sum[:]), challenge)
}

// refresh is RFC 6749, section 6, with rotation: each refresh token is good for one use, so that of
// a thief and its owner the second to come gives both away (RFC 9700, section 4.14.2).
func (p *Provider) refresh(c *Client, q url.Values) (any, error) {
	token := q.Get("refresh_token")
	g, ok := p.refreshes.get(token)
	if !ok || g.client != c || p.withdrawn(g) {
		return nil, refuse("invalid_grant", "The refresh token is unknown, expired, revoked or another client's.")
	}
	part, err := g.part(q)
	if err != nil {
		return nil, err
	}
	part.nonce = "" // it proved the first ID token fresh (OpenID Connect Core, section 12.2)
	if !p.refreshes.spend(token) {
		p.withdraw(g)
		return nil, refuse("invalid_grant", "The refresh token was used before; all that came of it is revoked.")
	}
	return p.issue(RefreshToken, g, part)
}

// credentialsGrant is RFC 6749, section 4.4: the client acts for itself. It gets what it asks for
// and, unlike a user's client, no refresh token, for it can always ask again.
func (p *Provider) credentialsGrant(c *Client, q url.Values) (any, error) {
	asked, err := p.request(c, q)
	if err != nil {
		return nil, err
	}
	g := p.begin(asked, nil)
	return p.issue(ClientCredentials, g, *g)
}
