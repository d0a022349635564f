package devidp

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// client returns the client with the id, or nil.
func (p *Provider) client(id string) *Client {
	i := slices.IndexFunc(p.cfg.Clients, func(c Client) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &p.cfg.Clients[i]
}

func (c *Client) public() bool { return c.Secret == "" }

// may reports whether the client may use the grant type.
func (c *Client) may(grant string) bool { return slices.Contains(c.Grants, grant) }

// redirects reports whether the client may be sent to uri. Anything but an exact comparison has
// been a way to steal codes (RFC 9700, section 4.1); the port of a program's own loopback listener,
// which no configuration can know, is the one exception.
func (c *Client) redirects(uri string) bool {
	return slices.Contains(c.RedirectURIs, uri) || c.Loopback && loopbackURI(uri)
}

func loopbackURI(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.User != nil || strings.Contains(uri, "#") {
		return false
	}
	return slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, u.Hostname())
}

// A call is an endpoint that a client uses itself, with no browser in between: it gets the
// authenticated client and the form, and returns what to answer as JSON.
type call func(c *Client, q url.Values) (any, error)

func (p *Provider) call(endpoint call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := p.answer(r, endpoint)
		if err != nil {
			p.writeError(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

func (p *Provider) answer(r *http.Request, endpoint call) (any, error) {
	q, err := strictForm(r)
	if err != nil {
		return nil, err
	}
	client, err := p.authenticate(r, q)
	if err != nil {
		return nil, err
	}
	return endpoint(client, q)
}

// authenticate returns the client that makes the request (RFC 6749, section 2.3.1). The empty secret
// of a public client is compared like any other, so one that sends a secret is refused as well.
func (p *Provider) authenticate(r *http.Request, q url.Values) (*Client, error) {
	id, secret, err := credentials(r, q)
	if err != nil {
		return nil, err
	}
	client := p.client(id)
	if client == nil || !equal(secret, client.Secret) {
		return nil, badClient("The client is unknown, or its secret is wrong.")
	}
	return client, nil
}

// credentials reads the client's name and secret from the Authorization header or from the form.
func credentials(r *http.Request, q url.Values) (id, secret string, err error) {
	if r.Header.Get("Authorization") == "" {
		return q.Get("client_id"), q.Get("client_secret"), nil
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		return "", "", badClient("The Authorization header is not well-formed Basic authentication.")
	}
	// Both parts are form-encoded before they are joined, which lets them contain a colon.
	id, err1 := url.QueryUnescape(id)
	secret, err2 := url.QueryUnescape(secret)
	if err1 != nil || err2 != nil {
		return "", "", badClient("The client's name and secret must be form-encoded.")
	}
	if q.Has("client_secret") || q.Has("client_id") && q.Get("client_id") != id {
		return "", "", refuse("invalid_request", "The client authenticates in more than one way.")
	}
	return id, secret, nil
}

// badClient is a refusal that names the way to authenticate, as every 401 must (RFC 9110, section
// 15.5.2).
func badClient(description string) error {
	return &refusal{status: http.StatusUnauthorized, code: "invalid_client", description: description,
		challenge: `Basic realm="devidp"`}
}

// equal compares in a time that depends on neither value, nor on their lengths.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
