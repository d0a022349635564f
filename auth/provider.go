package auth

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/problem"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Limits of talking to the provider.
const (
	fetchTimeout  = 5 * time.Second // for one fetch, discovery and keys together
	fetchInterval = time.Second     // between the starts of two fetches, whatever callers send
	retryInterval = 5 * time.Second // after a fetch that failed
	minRefresh    = time.Minute     // however short a time the provider lets its keys be kept
)

// A Provider is the OpenID provider as this API knows it: its metadata and its keys, which are
// fetched in the background and serve for a bounded time when it is down. It is safe for
// concurrent use.
type Provider struct {
	issuer  string
	refresh time.Duration
	stale   time.Duration
	client  *http.Client
	now     func() time.Time // the clock that judges tokens
	log     *slog.Logger
	ctx     context.Context // ends every fetch

	known atomic.Pointer[published]

	fetched, failed atomic.Uint64 // fetches, by how they ended
	observe         func(Event)

	mu      sync.Mutex
	flight  *flight   // the fetch under way, if any
	started time.Time // of the latest fetch
	failure error     // of the latest fetch; nil when it was good
}

// published is what the provider had published at one time.
type published struct {
	oidc     *oidc.Provider
	keys     *keySet  // nil when they are too old to serve
	unusable []string // why members of the key set cannot be used
	maxAge   time.Duration
	at       time.Time
	offset   time.Duration // of this clock from the provider's
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
	return &Provider{issuer: c.Issuer, refresh: c.Refresh, stale: c.Stale, client: client, now: c.Now, log: c.Log, observe: c.Observe, ctx: ctx}
}

// run fetches until ctx is done.
func (p *Provider) run(ctx context.Context) {
	for {
		if f := p.fetch(); f != nil {
			f.wait(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(p.interval()):
		}
	}
}

// interval returns when to fetch next: sooner after a failure, else after the time for which the
// provider lets its keys be kept (RFC 9111, section 5.2.2.1), within bounds. A jitter keeps instances
// that started together from coming together.
func (p *Provider) interval() time.Duration {
	if p.lastFailure() != nil {
		return retryInterval
	}
	wait := p.refresh
	if known := p.known.Load(); known != nil && known.maxAge > 0 {
		wait = min(wait, max(known.maxAge, minRefresh))
	}
	return wait - rand.N(wait/10+1)
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
	start := time.Now()
	found, err := p.discover(ctx)
	switch {
	case err == nil:
		p.fetched.Add(1)
		p.observe(Event{Kind: Fetch, Duration: time.Since(start)})
		p.replace(found)
	case p.ctx.Err() == nil:
		p.failed.Add(1)
		p.observe(Event{Kind: Fetch, Duration: time.Since(start), Err: err})
		p.log.Warn("provider not reached", "issuer", p.issuer, "err", err)
		p.expire()
	}
	p.mu.Lock()
	p.flight, p.failure, f.err = nil, err, err
	p.mu.Unlock()
	close(f.done)
}

// replace makes found what is known. What cannot be used of it is logged when it changes.
func (p *Provider) replace(found *published) {
	old := p.known.Load()
	if old == nil || old.keys == nil {
		old = &published{keys: &keySet{}}
	}
	if !slices.Equal(found.unusable, old.unusable) {
		for _, why := range found.unusable {
			p.log.Warn("key not usable", "issuer", p.issuer, "err", why)
		}
	}
	found.keys = found.keys.succeed(old.keys)
	p.known.Store(found)
}

// expire takes keys out of service that are too old. Every failed fetch looks after that, so that no
// request has to look at a clock.
func (p *Provider) expire() {
	known := p.known.Load()
	if known != nil && known.keys != nil && time.Since(known.at) > p.stale {
		p.known.Store(&published{oidc: known.oidc, at: known.at})
	}
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

// clockOffset returns the offset as of the latest fetch.
func (p *Provider) clockOffset() time.Duration {
	if known := p.known.Load(); known != nil {
		return known.offset
	}
	return 0
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
	if known.keys == nil || time.Since(known.at) > p.stale {
		return nil, unavailable(errors.Join(errOldKeys, p.lastFailure()))
	}
	return known, nil
}

// usable reports whether there are keys that serve.
func (p *Provider) usable() bool {
	known := p.known.Load()
	return known != nil && known.keys != nil
}

var (
	errNoKeys  = errors.New("no keys were fetched yet")
	errOldKeys = errors.New("the keys are too old")
)

func unavailable(err error) error {
	return &Error{Type: problem.AuthUnavailable, RetryAfter: retryInterval, Err: err}
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
	keys, err := known.keys.candidates(h)
	if err == problem.KeyUnknown && printable(h.keyID) {
		if f := p.fetch(); f != nil && f.wait(ctx) == nil {
			keys, err = p.known.Load().keys.candidates(h)
		}
	}
	return keys, err
}

// check returns the key that signed a token. A key that the token itself carries is never used: a
// genuine token with one is refused too, for no access token has a reason to (RFC 8725, section 3.10).
func (p *Provider) check(ctx context.Context, j jws, h *header) (*key, error) {
	keys, err := p.candidates(ctx, h)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if !k.verify(h.algorithm, j.signed, j.signature) {
			continue
		}
		if h.foreign {
			return nil, newError(problem.TokenMalformed, "header: it has jwk, jku or x5u")
		}
		return k, nil
	}
	return nil, problem.SignatureInvalid
}

// VerifySignature returns the payload of a token that the provider signed, of any kind. With it a
// Provider is an [oidc.KeySet]: pass it to [oidc.NewVerifier] to verify ID tokens with the same keys.
func (p *Provider) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	s := newScratch()
	j, err := parseJWS(s, []byte(token))
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(s, j, Algorithms())
	if err != nil {
		return nil, err
	}
	if _, err := p.check(ctx, j, h); err != nil {
		return nil, err
	}
	return j.payload, nil
}

// Endpoint returns the provider's addresses, once they are known.
func (p *Provider) Endpoint() (endpoint oauth2.Endpoint, known bool) {
	if k := p.known.Load(); k != nil {
		return k.oidc.Endpoint(), true
	}
	return oauth2.Endpoint{}, false
}
