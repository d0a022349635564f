package devidp

import (
	"net/url"
	"time"
)

// introspect returns the claims of an access token and whether it is active (RFC 7662). It needs a
// client with a secret, because it would help others to try stolen tokens (section 2.1).
func (p *Provider) introspect(c *Client, q url.Values) (any, error) {
	if c.public() {
		return nil, invalidClient("Introspection needs a client with a secret.")
	}
	token := q.Get("token")
	if token == "" {
		return nil, newError("invalid_request", "The token is missing.")
	}
	found, ok := p.active(token)
	if !ok {
		return map[string]bool{"active": false}, nil // without a reason (section 2.2)
	}
	return struct {
		Active    bool   `json:"active"`
		TokenType string `json:"token_type"`
		*claims
	}{true, "Bearer", found}, nil
}

// revoke revokes a token of the client (RFC 7009): with a refresh token the whole grant, with an access
// token that token only. An unknown token is a success, since it is worthless, as the client wanted
// (section 2.2).
func (p *Provider) revoke(c *Client, q url.Values) (any, error) {
	token := q.Get("token")
	if token == "" {
		return nil, newError("invalid_request", "The token is missing.")
	}
	g, isRefresh := p.refreshes.get(token)
	found, isAccess := p.active(token)
	switch {
	case isRefresh && g.client != c || isAccess && found.Client != c.ID:
		return nil, newError("invalid_grant", "The token was issued to another client.")
	case isRefresh:
		p.revokeGrant(g)
	case isAccess:
		p.revoked.put(found.ID, struct{}{}, time.Unix(found.Expires, 0))
	}
	return nil, nil
}
