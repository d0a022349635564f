package devidp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"time"
)

// codeTTL is the lifetime of a code. RFC 6749, section 4.1.2, recommends ten minutes at most; a program
// needs seconds.
const codeTTL = time.Minute

// token exchanges what a client has for tokens (RFC 6749, section 3.2).
func (p *Provider) token(c *Client, q url.Values) (any, error) {
	kind := q.Get("grant_type")
	endpoint := map[string]clientEndpoint{
		AuthorizationCode: p.redeemCode,
		RefreshToken:      p.refresh,
		ClientCredentials: p.issueToClient,
		DeviceCode:        p.redeemDevice,
		TokenExchange:     p.exchange,
	}[kind]
	switch {
	case kind == "":
		return nil, newError("invalid_request", "The grant_type is missing.")
	case endpoint == nil:
		return nil, newError("unsupported_grant_type", "The grant_type is not supported.")
	case !c.may(kind):
		return nil, newError("unauthorized_client", "The client may not use this grant type.")
	}
	return endpoint(c, q)
}

// newCode returns the code that stands for the authorization, after the user agreed. It is stored for
// as long as its tokens can live, to detect that it is used again.
func (p *Provider) newCode(a *authorization, user *User) string {
	code := rand.Text()
	a.grant = p.begin(a.grant, user)
	a.expires = p.now().Add(codeTTL)
	p.codes.put(code, a, a.grant.expires())
	return code
}

// redeemCode is RFC 6749, section 4.1.3, and RFC 7636, section 4.6.
func (p *Provider) redeemCode(c *Client, q url.Values) (any, error) {
	code := q.Get("code")
	a, ok := p.codes.get(code)
	if !ok || a.grant.client != c {
		return nil, newError("invalid_grant", "The code is unknown, or another client's.")
	}
	// The first attempt uses the code, right or wrong. After a second one, two parties have the code, and
	// either may have the tokens (RFC 6749, section 4.1.2).
	if !p.codes.use(code) {
		p.revokeGrant(a.grant)
		return nil, newError("invalid_grant", "The code was used before; its tokens are revoked.")
	}
	switch {
	case !a.expires.After(p.now()):
		return nil, newError("invalid_grant", "The code expired.")
	case q.Get("redirect_uri") != a.redirectURI:
		return nil, newError("invalid_grant", "The redirect_uri is not the one of the authorization request.")
	case !verifierMatches(q.Get("code_verifier"), a.challenge):
		return nil, newError("invalid_grant", "The code_verifier does not match the code_challenge.")
	}
	return p.issue(AuthorizationCode, a.grant, q)
}

// verifierForm is RFC 7636, section 4.1.
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// verifierMatches reports whether the hash of the verifier is the challenge.
func verifierMatches(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return verifierForm.MatchString(verifier) && equal(base64.RawURLEncoding.EncodeToString(sum[:]), challenge)
}

// refresh is RFC 6749, section 6, with rotation: each refresh token is valid for one use, so that the
// second use, by the owner or by a thief, reveals that it was stolen (RFC 9700, section 4.14.2).
func (p *Provider) refresh(c *Client, q url.Values) (any, error) {
	token := q.Get("refresh_token")
	g, ok := p.refreshes.get(token)
	if !ok || g.client != c || p.revoked.has(g.id) {
		return nil, newError("invalid_grant", "The refresh token is unknown, expired, revoked or another client's.")
	}
	if _, err := g.narrow(q); err != nil {
		return nil, err // does not use the token
	}
	if !p.refreshes.use(token) {
		p.revokeGrant(g)
		return nil, newError("invalid_grant", "The refresh token was used before; all tokens of its login are revoked.")
	}
	return p.issue(RefreshToken, g, q)
}

// issueToClient is RFC 6749, section 4.4: the client acts for itself. It gets what it requests, and no
// refresh token, since it can request again at any time.
func (p *Provider) issueToClient(c *Client, q url.Values) (any, error) {
	requested, err := p.readGrant(c, q)
	if err != nil {
		return nil, err
	}
	return p.issue(ClientCredentials, p.begin(requested, nil), q)
}
