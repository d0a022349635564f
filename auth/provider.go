package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Limits of talking to the provider.
const (
	fetchTimeout  = 5 * time.Second // for one fetch, discovery and keys together
	fetchInterval = time.Second     // between the starts of two fetches, whatever callers send
	retryInterval = 5 * time.Second // after a fetch that failed
	maxDocument   = 512 << 10       // bytes of one answer
)

// A Provider is the OpenID provider as this API knows it: its metadata and its keys, which are
// fetched in the background and serve for a bounded time when it is down. It is safe for
// concurrent use.
type Provider struct {
	issuer  string
	refresh time.Duration
	stale   time.Duration
	client  *http.Client
	log     *slog.Logger
	ctx     context.Context // ends every fetch

	known atomic.Pointer[published]

	mu      sync.Mutex
	flight  *flight   // the fetch under way, if any
	started time.Time // of the latest fetch
	failure error     // of the latest fetch; nil when it was good
}

// published is what the provider had published at one time.
type published struct {
	oidc *oidc.Provider
	keys *keySet
	at   time.Time
}

// A flight is one fetch, which any number of requests may wait for.
type flight struct {
	done chan struct{}
	err  error // to be read when done is closed
}

func newProvider(ctx context.Context, c *Config) *Provider {
	client := &http.Client{
		Timeout:   fetchTimeout,
		Transport: limited{c.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("redirects are not followed")
		},
	}
	return &Provider{issuer: c.Issuer, refresh: c.Refresh, stale: c.Stale, client: client, log: c.Log, ctx: ctx}
}

// run fetches until ctx is done: after the refresh interval, less a jitter so that instances which
// started together do not come together, and sooner after a failure.
func (p *Provider) run(ctx context.Context) {
	for {
		if f := p.fetch(); f != nil {
			f.wait(ctx)
		}
		wait := p.refresh - rand.N(p.refresh/10+1)
		if p.lastFailure() != nil {
			wait = retryInterval
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// fetch returns the fetch under way, or starts one; it returns nil when the latest started less
// than fetchInterval ago. That is the budget that no flood of tokens can exceed.
func (p *Provider) fetch() *flight {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.flight != nil {
		return p.flight
	}
	if !p.started.IsZero() && time.Since(p.started) < fetchInterval {
		return nil
	}
	p.flight, p.started = &flight{done: make(chan struct{})}, time.Now()
	go p.fly(p.flight)
	return p.flight
}

// fly carries out a fetch. What it finds replaces what was known; when it fails, that stays.
func (p *Provider) fly(f *flight) {
	ctx, cancel := context.WithTimeout(p.ctx, fetchTimeout)
	defer cancel()
	found, err := p.discover(ctx)
	if err == nil {
		p.known.Store(found)
	} else if p.ctx.Err() == nil {
		p.log.Warn("provider not reached", "issuer", p.issuer, "err", err)
	}
	p.mu.Lock()
	p.flight, p.failure, f.err = nil, err, err
	p.mu.Unlock()
	close(f.done)
}

// wait returns the flight's error when it is done, or that of ctx.
func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// discover reads the provider's metadata, which must name the very issuer that was configured
// (OpenID Connect Discovery, section 4.3), and then its keys.
func (p *Provider) discover(ctx context.Context) (*published, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.issuer)
	if err != nil {
		return nil, fmt.Errorf("discovering %s: %w", p.issuer, err)
	}
	var metadata struct {
		KeySetURL string `json:"jwks_uri"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, fmt.Errorf("metadata of %s: %w", p.issuer, err)
	}
	if err := checkEndpoint(metadata.KeySetURL); err != nil {
		return nil, fmt.Errorf("jwks_uri of %s: %w", p.issuer, err)
	}
	data, err := p.get(ctx, metadata.KeySetURL)
	if err != nil {
		return nil, err
	}
	keys, unusable, err := parseKeySet(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metadata.KeySetURL, err)
	}
	for _, err := range unusable {
		p.log.Warn("key not usable", "issuer", p.issuer, "err", err)
	}
	return &published{provider, keys, time.Now()}, nil
}

func (p *Provider) get(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, response.Status)
	}
	return io.ReadAll(response.Body)
}

// limited is a transport whose answers are cut off with an error at maxDocument. The text of an
// error is left out: it would reach the log, and may repeat the token that was sent.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		response.Body = http.NoBody
	}
	response.Body = http.MaxBytesReader(nil, response.Body, maxDocument)
	return response, nil
}

// current returns what is known of the provider. A request waits only for the very first fetch;
// without usable keys it is told AuthUnavailable, and that is nobody's fault but ours.
func (p *Provider) current(ctx context.Context) (*published, error) {
	known := p.known.Load()
	if known == nil && p.lastFailure() == nil {
		if f := p.fetch(); f != nil {
			f.wait(ctx)
		}
		known = p.known.Load()
	}
	if known == nil {
		return nil, unavailable(errors.Join(errNoKeys, p.lastFailure()))
	}
	if time.Since(known.at) > p.stale {
		return nil, unavailable(errors.Join(errOldKeys, p.lastFailure()))
	}
	return known, nil
}

var (
	errNoKeys  = errors.New("no keys were fetched yet")
	errOldKeys = errors.New("the keys are too old")
)

func unavailable(err error) error {
	return &Refusal{Reason: AuthUnavailable, RetryAfter: retryInterval, Err: err}
}

func (p *Provider) lastFailure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

// candidates returns the keys that may have signed a token with this header. A key that is not
// known is looked for at the provider, within the budget: a rotation is noticed with the first new
// token, and a forged kid costs the provider nothing more.
func (p *Provider) candidates(ctx context.Context, h *header) ([]*key, error) {
	known, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	if !printable(h.keyID) {
		return nil, KeyUnknown // no key of a set has such a name, so nobody need be asked
	}
	keys, err := known.keys.candidates(h)
	if !errors.Is(err, KeyUnknown) {
		return keys, err
	}
	f := p.fetch()
	if f == nil || f.wait(ctx) != nil {
		return nil, err
	}
	return p.known.Load().keys.candidates(h)
}

// open returns the payload of a token whose signature is good. A key that the token itself carries
// is never used: a genuine token with one is refused too, for no access token has a reason to
// (RFC 8725, section 3.10).
func (p *Provider) open(ctx context.Context, j jws, h *header) ([]byte, error) {
	keys, err := p.candidates(ctx, h)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.verify(h.algorithm, j.signed, j.signature) {
			if h.foreign {
				return nil, refuse(TokenMalformed, "header: it has jwk, jku or x5u")
			}
			return j.payload, nil
		}
	}
	return nil, refuse(SignatureInvalid, "kid %q: no key of the issuer made this signature", h.keyID)
}

// VerifySignature returns the payload of a token that the provider signed, of any kind. With it a
// Provider is an [oidc.KeySet]: pass it to [oidc.NewVerifier] to verify ID tokens with the same keys.
func (p *Provider) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	j, err := parseJWS(Token(token))
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(j.header, Algorithms())
	if err != nil {
		return nil, err
	}
	return p.open(ctx, j, h)
}

// Endpoint returns the provider's addresses, once they are known.
func (p *Provider) Endpoint() (endpoint oauth2.Endpoint, known bool) {
	if k := p.known.Load(); k != nil {
		return k.oidc.Endpoint(), true
	}
	return oauth2.Endpoint{}, false
}
