package devidp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"
)

// tokenTTL is how long access and ID tokens are good: the API cannot take an access token back, so
// it is short.
const tokenTTL = 5 * time.Minute

// tokens is a successful token response (RFC 6749, section 5.1; OpenID Connect Core, section
// 3.1.3.3; RFC 8693, section 2.2.1).
type tokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`

	IssuedTokenType string `json:"issued_token_type,omitempty"`
}

// issue makes the tokens for a part of the grant g. The refresh token stands for all of g (RFC 6749,
// section 6).
func (p *Provider) issue(kind string, g *grant, part grant) (*tokens, error) {
	access, err := p.accessToken(&part)
	if err != nil {
		return nil, err
	}
	t := &tokens{AccessToken: access, TokenType: "Bearer", ExpiresIn: int(tokenTTL.Seconds()),
		Scope: strings.Join(part.scopes, " ")}
	if g.user != nil && part.has("openid") {
		if t.IDToken, err = p.idToken(&part, access); err != nil {
			return nil, err
		}
	}
	if g.user != nil && g.has("offline_access") && g.client.may(RefreshToken) {
		t.RefreshToken = rand.Text()
		p.refreshes.put(t.RefreshToken, g, g.expires())
	}
	p.log.Info("granted", "client", g.client.ID, "user", g.subject(), "grant", kind, "scopes", t.Scope)
	return t, nil
}

// accessToken is what the API reads: the profile of RFC 9068, section 2.2.
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

// idToken tells the client who logged in (OpenID Connect Core, section 2). It is not for the API.
func (p *Provider) idToken(g *grant, access string) (string, error) {
	c := p.claims(g)
	c.Audience = audience{g.client.ID}
	c.Nonce = g.nonce
	sum := sha256.Sum256([]byte(access))
	c.AccessHash = base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	return p.sign(idType, c)
}

// claims returns what both kinds of token say.
func (p *Provider) claims(g *grant) claims {
	now := p.now()
	c := claims{Issuer: p.cfg.Issuer, Subject: g.subject(),
		IssuedAt: now.Unix(), Expires: now.Add(tokenTTL).Unix()}
	if g.user != nil {
		c.AuthTime, c.ACR = g.begun.Unix(), g.acr
	}
	return c
}
