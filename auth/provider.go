package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
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
	minRefresh    = time.Minute     // however short a time the provider lets its keys be kept
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
	now     func() time.Time // the clock that judges tokens
	log     *slog.Logger
	ctx     context.Context // ends every fetch

	known atomic.Pointer[published]

	fetched, failed atomic.Uint64 // fetches, by how they ended

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
	return &Provider{issuer: c.Issuer, refresh: c.Refresh, stale: c.Stale, client: client, now: c.Now, log: c.Log, ctx: ctx}
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
	found, err := p.discover(ctx)
	switch {
	case err == nil:
		p.fetched.Add(1)
		p.replace(found)
	case p.ctx.Err() == nil:
		p.failed.Add(1)
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
	found, err := p.getKeys(ctx, metadata.KeySetURL)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metadata.KeySetURL, err)
	}
	found.oidc = provider
	return found, nil
}

// getKeys fetches a key set.
func (p *Provider) getKeys(ctx context.Context, address string) (*published, error) {
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
		return nil, fmt.Errorf("answered %s", response.Status)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	keys, unusable, err := parseKeySet(data)
	if err != nil {
		return nil, err
	}
	return &published{
		keys: keys, unusable: unusable, maxAge: maxAge(response.Header.Get("Cache-Control")),
		at: time.Now(), offset: offset(response.Header, p.now()),
	}, nil
}

// offset returns how far this clock is ahead of the provider's, as far as its answer tells: to a
// second (RFC 9110, section 6.6.1). An answer from a cache says how old it is (RFC 9111, section 5.1).
func offset(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	age, _ := strconv.ParseUint(h.Get("Age"), 10, 31)
	return now.Sub(date.Add(time.Duration(age) * time.Second)).Truncate(time.Second)
}

// clockOffset returns the offset as of the latest fetch.
func (p *Provider) clockOffset() time.Duration {
	if known := p.known.Load(); known != nil {
		return known.offset
	}
	return 0
}

// maxAge returns the max-age of a Cache-Control header, or zero.
func maxAge(header string) time.Duration {
	for directive := range strings.SplitSeq(header, ",") {
		if value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(directive)), "max-age="); ok {
			seconds, _ := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
			return time.Duration(seconds) * time.Second
		}
	}
	return 0
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
	keys, err := known.keys.candidates(h)
	if err == KeyUnknown && printable(h.keyID) {
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
			return nil, refuse(TokenMalformed, "header: it has jwk, jku or x5u")
		}
		return k, nil
	}
	return nil, SignatureInvalid
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
