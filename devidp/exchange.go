package devidp

import (
	"crypto/rand"
	"net/url"
	"slices"
	"strings"
)

// accessURN is what an exchange calls access tokens (RFC 8693, section 3), the one kind that is traded.
const accessURN = "urn:ietf:params:oauth:token-type:access_token"

// An actor is who uses a token in place of its subject. Within it is who did so before (RFC 8693,
// section 4.1).
type actor struct {
	Subject string `json:"sub"`
	Actor   *actor `json:"act,omitempty"`
}

// exchange is RFC 8693, section 2: a client that is an API trades its caller's token for one with
// which it calls another API on that caller's behalf. The new token says all that the old one said
// of the user, and who acts for them. It ends with the old one, and allows no more.
func (p *Provider) exchange(c *Client, q url.Values) (any, error) {
	subject, err := p.subjectToken(c, q)
	if err != nil {
		return nil, err
	}
	asked, err := parseScopes(q.Get("scope"))
	if err != nil {
		return nil, err
	}
	scopes, err := narrow(strings.Fields(subject.Scope), asked, "invalid_scope")
	if err != nil {
		return nil, err
	}
	issued := *subject
	if issued.Audience, err = p.targets(q); err != nil {
		return nil, err
	}
	grant, _, _ := strings.Cut(subject.ID, ".")
	issued.ID = grant + "." + rand.Text() // revoked with the rest of the grant
	issued.Client, issued.Scope = c.ID, strings.Join(scopes, " ")
	issued.Actor = &actor{c.ID, subject.Actor}
	issued.IssuedAt = p.now().Unix()
	access, err := p.sign(accessType, issued)
	if err != nil {
		return nil, err
	}
	p.log.Info("granted", "client", c.ID, "user", issued.Subject, "grant", TokenExchange, "scopes", issued.Scope)
	return &tokens{AccessToken: access, TokenType: "Bearer", ExpiresIn: int(issued.Expires - issued.IssuedAt),
		Scope: issued.Scope, IssuedTokenType: accessURN}, nil
}

// subjectToken returns what the token says that the client wants to exchange. One that it cannot is
// an invalid request, whatever the reason (RFC 8693, section 2.2.2). Only the API that a token is for
// may exchange it: it is the one that was called.
func (p *Provider) subjectToken(c *Client, q url.Values) (*claims, error) {
	wanted := q.Get("requested_token_type")
	switch {
	case q.Get("subject_token") == "":
		return nil, refuse("invalid_request", "The subject_token is missing.")
	case q.Get("subject_token_type") != accessURN:
		return nil, refuse("invalid_request", "The subject_token_type must be "+accessURN+".")
	case wanted != "" && wanted != accessURN:
		return nil, refuse("invalid_request", "The requested_token_type must be "+accessURN+".")
	case q.Has("actor_token") || q.Has("actor_token_type"):
		return nil, refuse("invalid_request", "Actor tokens are not supported: the client is the actor.")
	}
	subject, ok := p.active(q.Get("subject_token"))
	if !ok {
		return nil, refuse("invalid_request",
			"The subject_token is not an access token of this provider, expired or revoked.")
	}
	if !slices.Contains(subject.Audience, c.Resource) {
		return nil, refuse("invalid_request", "The subject_token is not meant for this client, which is: "+c.Resource)
	}
	return subject, nil
}

// targets returns the APIs that the new token is to be for. Here their names are their URIs, so
// audience and resource are two words for one thing, and one of them has to be said: without a
// target the client would get what it has (RFC 8707, section 2).
func (p *Provider) targets(q url.Values) (audience, error) {
	asked := slices.Concat(q["resource"], q["audience"])
	asked = slices.DeleteFunc(asked, func(name string) bool { return name == "" })
	if len(asked) == 0 {
		return nil, refuse("invalid_target", "The resource or audience is missing.")
	}
	return narrow(p.cfg.Resources, asked, "invalid_target")
}
