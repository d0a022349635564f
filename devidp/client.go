package devidp

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (c *Client) public() bool { return c.Secret == "" }

// may reports whether the client may use the grant type.
func (c *Client) may(grant string) bool { return slices.Contains(c.Grants, grant) }

// redirects reports whether the client may be redirected to uri. The comparison is exact, since looser
// ones let attackers steal codes (RFC 9700, section 4.1). The one exception is the port of a program's
// loopback listener, which no configuration can know.
func (c *Client) redirects(uri string) bool {
	u, err := url.Parse(uri)
	return slices.Contains(c.RedirectURIs, uri) || c.Loopback && err == nil &&
		u.Scheme == "http" && u.User == nil && !strings.Contains(uri, "#") && loopback(u.Hostname())
}

// A clientEndpoint receives the authenticated client and its form, and returns the JSON to respond with.
type clientEndpoint func(c *Client, q url.Values) (any, error)

// client returns the handler of an endpoint that clients call directly, without a browser.
func (p *Provider) client(endpoint clientEndpoint) http.Handler {
	return p.json(func(r *http.Request) (any, error) {
		q, err := strictForm(r)
		if err != nil {
			return nil, err
		}
		c, err := p.authenticate(r, q)
		if err != nil {
			return nil, err
		}
		return endpoint(c, q)
	})
}

// authenticate returns the client that makes the request (RFC 6749, section 2.3.1). The empty secret of
// a public client is compared like any other: a public client that sends a secret is rejected.
func (p *Provider) authenticate(r *http.Request, q url.Values) (*Client, error) {
	id, secret, err := clientCredentials(r, q)
	if err != nil {
		return nil, err
	}
	client := p.clients[id]
	if client == nil || !equal(secret, client.Secret) {
		return nil, invalidClient("The client is unknown, or its secret is wrong.")
	}
	return client, nil
}

// clientCredentials reads the client's id and secret from the Authorization header or from the form.
func clientCredentials(r *http.Request, q url.Values) (id, secret string, err error) {
	if r.Header.Get("Authorization") == "" {
		return q.Get("client_id"), q.Get("client_secret"), nil
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		return "", "", invalidClient("The Authorization header is not well-formed Basic authentication.")
	}
	// Both parts are form-encoded before they are joined, so that they can contain a colon.
	id, err1 := url.QueryUnescape(id)
	secret, err2 := url.QueryUnescape(secret)
	if err1 != nil || err2 != nil {
		return "", "", invalidClient("The client's id and secret must be form-encoded.")
	}
	if q.Has("client_secret") || q.Has("client_id") && q.Get("client_id") != id {
		return "", "", newError("invalid_request", "The client authenticates in more than one way.")
	}
	return id, secret, nil
}

// invalidClient is an error that names the way to authenticate, as every 401 must (RFC 9110, section
// 15.5.2).
func invalidClient(description string) error {
	return &oauthError{http.StatusUnauthorized, "invalid_client", description, `Basic realm="devidp"`}
}

// equal compares in a time that depends neither on the values nor on their lengths.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
