package devidp

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
)

// accessTokenURN names access tokens in an exchange (RFC 8693, section 3), the only kind supported here.
const accessTokenURN = "urn:ietf:params:oauth:token-type:access_token" //nolint:gosec // a name, not a credential

// An actor uses a token on behalf of its subject. The actor within it did so before (RFC 8693, section
// 4.1).
type actor struct {
	Subject string `json:"sub"`
	Actor   *actor `json:"act,omitempty"`
}

// exchange is RFC 8693, section 2: a client that is an API exchanges its caller's token for one with
// which it calls another API on behalf of that caller. The new token has the user's claims of the old
// one, and the client as actor. It expires with the old one, and allows no more.
func (p *Provider) exchange(c *Client, q url.Values) (any, error) {
	subject, err := p.subjectToken(c, q)
	if err != nil {
		return nil, err
	}
	requested, err := parseScopes(q.Get("scope"))
	if err != nil {
		return nil, err
	}
	scopes, err := narrow(strings.Fields(subject.Scope), requested, "invalid_scope")
	if err != nil {
		return nil, err
	}
	issued := *subject
	if issued.Audience, err = p.targets(q); err != nil {
		return nil, err
	}
	issued.ID = subject.grantID() + "." + rand.Text()
	issued.Client, issued.Scope = c.ID, strings.Join(scopes, " ")
	issued.Actor = &actor{c.ID, subject.Actor}
	issued.IssuedAt = p.now().Unix()
	access, err := p.sign(accessType, issued)
	if err != nil {
		return nil, err
	}
	p.logGrant(c.ID, issued.Subject, TokenExchange, issued.Scope)
	return &tokens{AccessToken: access, TokenType: "Bearer", ExpiresIn: int(issued.Expires - issued.IssuedAt),
		Scope: issued.Scope, IssuedTokenType: accessTokenURN}, nil
}

// subjectToken returns the claims of the token that the client wants to exchange. Only the API that a
// token is for may exchange it. Every unacceptable token is an invalid request (RFC 8693, section 2.2.2).
func (p *Provider) subjectToken(c *Client, q url.Values) (*claims, error) {
	requested := q.Get("requested_token_type")
	switch {
	case q.Get("subject_token") == "":
		return nil, newError("invalid_request", "The subject_token is missing.")
	case q.Get("subject_token_type") != accessTokenURN:
		return nil, newError("invalid_request", "The subject_token_type must be "+accessTokenURN+".")
	case requested != "" && requested != accessTokenURN:
		return nil, newError("invalid_request", "The requested_token_type must be "+accessTokenURN+".")
	case q.Has("actor_token") || q.Has("actor_token_type"):
		return nil, newError("invalid_request", "Actor tokens are not supported: the client is the actor.")
	}
	subject, ok := p.active(q.Get("subject_token"))
	if !ok {
		return nil, newError("invalid_request",
			"The subject_token is not an access token of this provider, expired or revoked.")
	}
	if !slices.Contains(subject.Audience, c.Resource) {
		return nil, newError("invalid_request", "The subject_token is not meant for this client, which is: "+c.Resource)
	}
	return subject, nil
}

// targets returns the APIs that the new token is for. This provider names APIs by their URIs, so audience
// and resource mean the same. One of them is required: without it the client would get the token that it
// has (RFC 8707, section 2).
func (p *Provider) targets(q url.Values) (audience, error) {
	requested := valuesOf(q, "resource", "audience")
	if len(requested) == 0 {
		return nil, newError("invalid_target", "The resource or audience is missing.")
	}
	return narrow(p.cfg.Resources, requested, "invalid_target")
}
