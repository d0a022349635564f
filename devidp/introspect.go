package devidp

import (
	"net/url"
	"time"
)

// introspect tells an API about an access token, and whether it is still good (RFC 7662). It is for
// confidential clients: answering anybody would help in trying out stolen tokens (section 2.1).
func (p *Provider) introspect(c *Client, q url.Values) (any, error) {
	if c.public() {
		return nil, badClient("Introspection needs a client with a secret.")
	}
	token := q.Get("token")
	if token == "" {
		return nil, refuse("invalid_request", "The token is missing.")
	}
	found, ok := p.active(token)
	if !ok {
		// Why not is nobody's business (section 2.2).
		return map[string]bool{"active": false}, nil
	}
	return struct {
		Active    bool   `json:"active"`
		TokenType string `json:"token_type"`
		*claims
	}{true, "Bearer", found}, nil
}

// revoke takes back a token of the client's own (RFC 7009): with a refresh token all that came of
// the same grant, with an access token that one alone. A token that means nothing here is a success,
// since the client's aim, that it be worthless, is met (section 2.2).
func (p *Provider) revoke(c *Client, q url.Values) (any, error) {
	token := q.Get("token")
	if token == "" {
		return nil, refuse("invalid_request", "The token is missing.")
	}
	if g, ok := p.refreshes.get(token); ok {
		if g.client != c {
			return nil, notYours()
		}
		p.withdraw(g)
		return nil, nil
	}
	if found, ok := p.active(token); ok {
		if found.Client != c.ID {
			return nil, notYours()
		}
		p.revoked.put(found.ID, struct{}{}, time.Unix(found.Expires, 0))
	}
	return nil, nil
}

func notYours() error {
	return refuse("invalid_grant", "The token was issued to another client.")
}
