// Package outgoing calls other APIs, as this API itself or on behalf of a caller, and never with the
// token that the caller came with.
//
//	orders, err := outgoing.New(verifier.Provider(), outgoing.Config{
//		Origin:       "https://orders.example.com",
//		ClientID:     "gatehouse",
//		ClientSecret: outgoing.Secret(os.Getenv("CLIENT_SECRET")),
//		Resource:     "https://orders.example.com",
//		Scopes:       []string{"orders:read"},
//	})
//
//	response, err := orders.AsSelf().Do(request)
//	response, err := orders.OnBehalfOf(caller, c.Request).Do(request)
//
// Requests take c.Request.Context(), and not c itself, which gin gives to the next request.
//
// A caller's token is for this API alone. Another API has to refuse it, and one that did not could
// use it in turn, here and wherever else it is good (RFC 9700, section 2.3). So the provider is asked
// for another token: by the client credentials grant (RFC 6749, section 4.4), or in exchange for the
// caller's (RFC 8693). With that one the other API knows for whom this one acts, and can do no more
// than the scopes say.
//
// What goes wrong with a token is an error that a handler returns as it is:
//
//	problem.TokenInactive     the provider does not honour the caller's token any more: 401
//	problem.AuthUnavailable   the provider does not answer: 503
//	*ProviderError         the provider refuses this API's client: no fault of the caller's, so no reason
//
// What the other API answers, or that it does not, is for the handler to judge.
package outgoing

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"golang.org/x/sync/singleflight"
)

// A Client calls one other API. Make it once and keep it: it remembers tokens. It is safe for
// concurrent use.
type Client struct {
	config   Config
	origin   *url.URL
	provider *auth.Provider
	client   *http.Client // of the token endpoint
	tokens   *cache
	flights  singleflight.Group
}

// New returns a Client of the API at cfg.Origin, whose tokens come from the provider that the
// verifier of this API knows. The error is about cfg: nobody is asked for anything yet. Until the
// provider's metadata was fetched for the first time, calls end with AuthUnavailable.
func New(provider *auth.Provider, cfg Config) (*Client, error) {
	origin, err := cfg.check()
	if err != nil {
		return nil, fmt.Errorf("outgoing: %w", err)
	}
	client := &http.Client{
		Timeout:   min(tokenTimeout, cfg.Timeout/2), // the call itself is left some time, and what went wrong is told
		Transport: cfg.Transport,
		// A redirect would take the caller's token and the client's secret along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{config: cfg, origin: origin, provider: provider, client: client, tokens: newCache(cfg.Tokens)}, nil
}

// AsSelf returns an http.Client whose requests carry a token of this API itself, which is kept until
// it expires. Requests to another origin are refused, and so are redirects there. Beside the errors
// of the package, Do returns those of http.Client.
func (c *Client) AsSelf() *http.Client {
	return c.with(&bearer{Client: c})
}

// OnBehalfOf returns an http.Client like that of AsSelf whose requests carry a token of this API
// that acts for a caller: the one that was let in with the request r. The token of r is shown to the
// provider alone. Without one, for a stranger, Do returns the [problem.Type] why.
func (c *Client) OnBehalfOf(caller *auth.Principal, r *http.Request) *http.Client {
	token, err := auth.BearerToken(r)
	if err != nil || caller == nil {
		return c.with(&bearer{Client: c, err: cmp.Or[error](err, problem.CredentialsMissing)})
	}
	return c.with(&bearer{Client: c, subject: subject{token, caller.ExpiresAt}})
}

func (c *Client) with(b *bearer) *http.Client {
	return &http.Client{Transport: b, Timeout: c.config.Timeout}
}

// Format writes the origin, whatever the verb: fmt would print secret and tokens.
func (c *Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "client of %s", c.config.Origin) }

// A bearer is a transport that sends requests with a token (RFC 6750, section 2.1).
type bearer struct {
	*Client
	subject subject
	err     error // why there is no subject
}

// RoundTrip sends a request with the token in place of any other credentials.
func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.send(request)
	if err != nil {
		return nil, err
	}
	response.Body = http.MaxBytesReader(nil, response.Body, b.config.MaxBody)
	return response, nil
}

func (b *bearer) send(request *http.Request) (*http.Response, error) {
	token, err := b.authorize(request)
	if err != nil {
		if request.Body != nil {
			request.Body.Close() // a transport does, whatever happens
		}
		return nil, err
	}
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(token))
	return b.config.Transport.RoundTrip(request)
}

// authorize returns the token for a request. It looks at the address first: a redirect, or an address
// out of somebody's data, must not lead a token astray.
func (b *bearer) authorize(request *http.Request) (auth.Token, error) {
	if to := request.URL; to.Scheme != b.origin.Scheme || !strings.EqualFold(to.Host, b.origin.Host) {
		return "", fmt.Errorf("outgoing: tokens for %s are not for %s://%s", b.config.Origin, to.Scheme, to.Host)
	}
	if b.err != nil {
		return "", b.err
	}
	return b.token(request.Context(), b.subject)
}
