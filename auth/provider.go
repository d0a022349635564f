package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// A Provider has the metadata and the keys of an OpenID provider. They are fetched in the background, and stay in
// use for a bounded time when the provider is down. It is safe for concurrent use.
type Provider struct {
	issuer  string
	refresh time.Duration
	stale   time.Duration
	client  *http.Client
	now     func() time.Time // the clock that tokens are validated with
	log     *slog.Logger
	observe func(Event)
	ctx     context.Context // ends every fetch

	published   atomic.Pointer[published]   // nil before the first fetch
	wrongIssuer atomic.Pointer[wrongIssuer] // of the latest metadata; nil if its issuer is right

	mu      sync.Mutex
	call    *fetchCall // the fetch in progress, if any
	started time.Time  // of the latest fetch
	failure error      // of the latest fetch; nil if it succeeded
}

// published is what the provider had published when it was fetched.
type published struct {
	oidc     *oidc.Provider
	keys     keySet   // nil when they are too old
	unusable []string // why keys of the set cannot be used
	maxAge   time.Duration
	at       time.Time
	offset   time.Duration // by which this clock is ahead of the provider's
}

func newProvider(ctx context.Context, c *Config) *Provider {
	client := &http.Client{
		Timeout:   fetchTimeout,
		Transport: quiet{LimitResponses(c.Transport, maxResponse)},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("redirects are not followed")
		},
	}
	return &Provider{
		issuer: c.Issuer, refresh: c.Refresh, stale: c.Stale,
		client: client, now: c.Now, log: c.Log, observe: c.Observe, ctx: ctx,
	}
}

var (
	errNoKeys  = errors.New("no keys were fetched yet")
	errOldKeys = errors.New("the keys are too old")
)

// current returns what the provider has published. A request waits only for the very first fetch. Without usable
// keys the error is AuthUnavailable: nothing is known about the token.
func (p *Provider) current(ctx context.Context) (*published, error) {
	current := p.published.Load()
	if current == nil && p.lastFailure() == nil {
		if call := p.fetch(); call != nil {
			call.wait(ctx)
		}
		current = p.published.Load()
	}
	if current == nil {
		return nil, newError(problem.AuthUnavailable, "%w", errors.Join(errNoKeys, p.lastFailure()))
	}
	if current.keys == nil || time.Since(current.at) > p.stale {
		return nil, newError(problem.AuthUnavailable, "%w", errors.Join(errOldKeys, p.lastFailure()))
	}
	return current, nil
}

// usable reports whether there are keys to verify with.
func (p *Provider) usable() bool {
	current := p.published.Load()
	return current != nil && current.keys != nil
}

// candidates returns the keys that may have signed a token with this header. An unknown key is fetched within the
// budget: a rotation is noticed with the first new token, and forged key identifiers cost the provider nothing more.
func (p *Provider) candidates(ctx context.Context, h *header) ([]*key, error) {
	current, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := current.keys.candidates(h)
	if err == problem.KeyUnknown && printable(h.keyID.value) {
		if call := p.fetch(); call != nil && call.wait(ctx) == nil {
			keys, err = p.published.Load().keys.candidates(h)
		}
	}
	return keys, err
}

// check returns the key that signed a token. A key in the token itself is never used, and a token with one is
// rejected even if its signature is valid: no access token needs one (RFC 8725, section 3.10).
func (p *Provider) check(ctx context.Context, j jws, h *header) (*key, error) {
	keys, err := p.candidates(ctx, h)
	if err != nil {
		return nil, err
	}
	algorithm := algorithmByName(h.algorithm.value)
	for _, k := range keys {
		if !k.verify(algorithm, j.signed, j.signature) {
			continue
		}
		if h.hasKey {
			return nil, newError(problem.TokenMalformed, "header: it has jwk, jku or x5u").afterSignature(p.now())
		}
		return k, nil
	}
	return nil, problem.SignatureInvalid
}

// VerifySignature returns the payload of a token of any kind that the provider signed. It makes a Provider an
// [oidc.KeySet]: pass it to [oidc.NewVerifier] to verify ID tokens with the same keys.
func (p *Provider) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	j, err := parseJWS(token, nil)
	if err != nil {
		return nil, err
	}
	var h header
	if err := parseHeader(j.header, Algorithms(), &h); err != nil {
		return nil, err
	}
	if _, err := p.check(ctx, j, &h); err != nil {
		return nil, err
	}
	return j.payload, nil
}

// Endpoint returns the provider's endpoints, once its metadata was fetched.
func (p *Provider) Endpoint() (endpoint oauth2.Endpoint, known bool) {
	if current := p.published.Load(); current != nil {
		return current.oidc.Endpoint(), true
	}
	return oauth2.Endpoint{}, false
}

// clockOffset returns by how much this clock is ahead of the provider's, as of the latest fetch.
func (p *Provider) clockOffset() time.Duration {
	if current := p.published.Load(); current != nil {
		return current.offset
	}
	return 0
}
