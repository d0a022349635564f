package devidp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

// tokenTTL is the lifetime of access and ID tokens. It is short, because APIs do not notice that an
// access token is revoked.
const tokenTTL = 5 * time.Minute

// tokens is a token response (RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3; RFC 8693,
// section 2.2.1).
type tokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`

	IssuedTokenType string `json:"issued_token_type,omitempty"`
}

// issue returns the tokens for the part of a grant that a token request names. The refresh token stands
// for the whole grant (RFC 6749, section 6).
func (p *Provider) issue(kind string, g *grant, q url.Values) (*tokens, error) {
	part, err := g.narrow(q)
	if err != nil {
		return nil, err
	}
	t := &tokens{TokenType: "Bearer", ExpiresIn: int(tokenTTL.Seconds()), Scope: strings.Join(part.scopes, " ")}
	if t.AccessToken, err = p.accessToken(part); err != nil {
		return nil, err
	}
	if g.user != nil && part.has("openid") {
		if kind == RefreshToken {
			part.nonce = "" // it belongs to the first ID token (OpenID Connect Core, section 12.2)
		}
		if t.IDToken, err = p.idToken(part, t.AccessToken); err != nil {
			return nil, err
		}
	}
	if g.user != nil && g.has("offline_access") && g.client.may(RefreshToken) {
		t.RefreshToken = rand.Text()
		p.refreshes.put(t.RefreshToken, g, g.expires())
	}
	p.logGrant(g.client.ID, g.subject(), kind, t.Scope)
	return t, nil
}

func (p *Provider) logGrant(client, user, kind, scopes string) {
	p.log.Info("granted", "client", client, "user", user, "grant", kind, "scopes", scopes)
}

// accessToken returns the token for APIs, with the claims of RFC 9068, section 2.2.
func (p *Provider) accessToken(g *grant) (string, error) {
	c := p.claims(g)
	c.ID = g.id + "." + rand.Text()
	c.Audience = g.audience
	c.Client = g.client.ID
	c.Scope = strings.Join(g.scopes, " ")
	if g.user != nil {
		c.Roles = append([]string{}, g.user.Roles...)
	}
	return p.sign(accessType, c)
}

// idToken returns the token that tells the client which user signed in (OpenID Connect Core, section 2).
func (p *Provider) idToken(g *grant, access string) (string, error) {
	c := p.claims(g)
	c.Audience = audience{g.client.ID}
	c.Nonce = g.nonce
	sum := sha256.Sum256([]byte(access))
	c.AccessHash = base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	return p.sign(idType, c)
}

// claims returns the claims that both kinds of token have.
func (p *Provider) claims(g *grant) claims {
	now := p.now()
	c := claims{Issuer: p.cfg.Issuer, Subject: g.subject(),
		IssuedAt: now.Unix(), Expires: now.Add(tokenTTL).Unix()}
	if g.user != nil {
		c.AuthTime, c.ACR = g.begun.Unix(), g.acr
	}
	return c
}
