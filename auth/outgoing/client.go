package outgoing

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/internal/cache"
	"example.com/gatehouse/problem"
	"golang.org/x/sync/singleflight"
)

// A Client calls one other API. It caches tokens, so create it once. It is safe for concurrent use.
type Client struct {
	config   Config
	origin   *url.URL
	provider *auth.Provider
	client   *http.Client                                 // of the token endpoint
	tokens   *cache.Cache[[sha256.Size]byte, issuedToken] // by the hash of the caller's token
	calls    singleflight.Group
}

// New returns a Client of the API at cfg.Origin. Its tokens come from the provider of this API's verifier. New sends
// no request: the error is about cfg. Until the provider's metadata is fetched, calls end with AuthUnavailable.
func New(provider *auth.Provider, cfg Config) (*Client, error) {
	origin, err := cfg.check()
	if err != nil {
		return nil, fmt.Errorf("outgoing: %w", err)
	}
	client := &http.Client{
		Timeout:   min(tokenTimeout, cfg.Timeout/2), // leaves time for the call, and to report the provider's error
		Transport: cfg.Transport,
		// A redirect would send the caller's token and the client's secret along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	tokens := cache.New[[sha256.Size]byte, issuedToken](int64(cfg.Tokens), int64(cfg.Tokens))
	return &Client{config: cfg, origin: origin, provider: provider, client: client, tokens: tokens}, nil
}

// AsSelf returns an http.Client whose requests have a token of this API itself, which is cached until it expires.
// Requests and redirects to another origin are errors.
func (c *Client) AsSelf() *http.Client { return c.with(&bearer{Client: c}) }

// OnBehalfOf returns an http.Client like that of AsSelf whose requests have a token with which this API acts for a
// caller: that of the request r. The token of r is sent to the provider only, which must be that of the caller. Without a token, for an anonymous
// caller, Do returns the [problem.Type].
func (c *Client) OnBehalfOf(caller *auth.Principal, r *http.Request) *http.Client {
	token, err := auth.BearerToken(r)
	if err != nil || caller == nil {
		return c.with(&bearer{Client: c, err: cmp.Or[error](err, problem.CredentialsMissing)})
	}
	if !c.serves(caller) {
		return c.with(&bearer{Client: c, err: fmt.Errorf("outgoing: the client at %s is not for callers of another issuer", c.provider.Issuer())})
	}
	return c.with(&bearer{Client: c, subject: subject{token, caller.ExpiresAt}})
}

// serves reports whether a caller is of the provider to which its token would be sent. One that was not made from a token is
// of none.
func (c *Client) serves(caller *auth.Principal) bool {
	return caller.Provider() == nil || caller.Provider().Issuer() == c.provider.Issuer()
}

// Clients are those of one API at several issuers, each with an id and a secret of its own. AsSelf is that of the first.
type Clients []*Client

// AsSelf is [Client.AsSelf] of the first client.
func (all Clients) AsSelf() *http.Client { return all[0].AsSelf() }

// OnBehalfOf is [Client.OnBehalfOf] of the client at the caller's own issuer. No token is sent to another one.
func (all Clients) OnBehalfOf(caller *auth.Principal, r *http.Request) *http.Client {
	if i := slices.IndexFunc(all, func(c *Client) bool { return caller != nil && c.serves(caller) }); i >= 0 {
		return all[i].OnBehalfOf(caller, r)
	}
	return all[0].OnBehalfOf(caller, r) // an error
}

func (c *Client) with(b *bearer) *http.Client {
	return &http.Client{Transport: auth.LimitResponses(b, c.config.MaxBody), Timeout: c.config.Timeout}
}

// Format writes the origin, whatever the verb, because fmt would print the secret and tokens.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "client of %s", c.config.Origin) }

// A bearer is a transport that sends requests with a token (RFC 6750, section 2.1).
type bearer struct {
	*Client
	subject subject
	err     error // why there is no subject
}

// RoundTrip sends a request with the token instead of any other credentials.
func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	token, err := b.authorize(request)
	if err != nil {
		if request.Body != nil {
			request.Body.Close() // as every transport must, also after an error
		}
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(token))
	return b.config.Transport.RoundTrip(request)
}

// authorize returns the token for a request. It checks the address first: neither a redirect nor an address from
// stored data may send a token to another origin.
func (b *bearer) authorize(request *http.Request) (auth.AccessToken, error) {
	if to := request.URL; to.Scheme != b.origin.Scheme || !strings.EqualFold(to.Host, b.origin.Host) {
		return "", fmt.Errorf("outgoing: tokens for %s are not for %s://%s", b.config.Origin, to.Scheme, to.Host)
	}
	if b.err != nil {
		return "", b.err
	}
	return b.token(request.Context(), b.subject)
}
