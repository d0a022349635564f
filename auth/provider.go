package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
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
	issuer    string
	suffix    string // of the variables of the issuer
	discovery string // the address of the metadata, if it is not below the issuer
	refresh   time.Duration
	stale     time.Duration
	client    *http.Client
	now       func() time.Time // the clock that tokens are validated with
	log       *slog.Logger
	observe   func(Event)
	ctx       context.Context // ends every fetch

	published   atomic.Pointer[published]   // nil before the first fetch
	wrongIssuer atomic.Pointer[wrongIssuer] // of the latest metadata; nil if its issuer is right

	failed chan struct{} // receives after a fetch for a token failed

	mu        sync.Mutex
	call      *fetchCall // the fetch in progress, if any
	started   time.Time  // of the latest fetch
	begun     int        // how many fetches were started
	ended     int        // which of them ended last
	completed int        // which of those that fetched the metadata, too
	failure   error      // of that one; nil if it succeeded
	fruitless int        // fetches for tokens since one brought a new key
	asked     time.Time  // when a token last had an unknown key
	waiting   int        // requests with such a token
}

// published is what the provider had published when it was fetched.
type published struct {
	oidc    *oidc.Provider
	keysURL string

	accessTokenIssuer string
	keys              keySet
	withdrawn         []string // identifiers of keys that were published before
	unusable          unusableKeys
	expired           bool // a fetch failed when the keys were too old
	maxAge            time.Duration
	at                time.Time
	offset            time.Duration // by which this clock is ahead of the provider's
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
		issuer: c.Issuer, suffix: c.Suffix, discovery: c.DiscoveryURL, refresh: c.Refresh, stale: c.Stale,
		client: client, now: c.Now, log: c.Log, observe: c.Observe, ctx: ctx, failed: make(chan struct{}, 1),
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
		if call, _ := p.fetch(false, fetchInterval); call != nil {
			call.wait(ctx)
		}
		current = p.published.Load()
	}
	if current == nil {
		return nil, p.unavailable(errNoKeys)
	}
	if current.old(p.stale) {
		return nil, p.unavailable(errOldKeys)
	}
	return current, nil
}

// wasWithdrawn reports whether a key was published before, and is not any more.
func (p *Provider) wasWithdrawn(id string) bool {
	current := p.published.Load()
	return current != nil && id != "" && slices.Contains(current.withdrawn, id)
}

// unavailable returns the error of a token that cannot be verified, and why the latest fetch failed.
func (p *Provider) unavailable(why error) error {
	variant := map[error]*problem.Variant{errNoKeys: problem.KeysNotFetched, errOldKeys: problem.KeysOld, errNoFetch: problem.KeyNotFetched}[why]
	if p.wrongIssuer.Load() != nil {
		variant = problem.ProviderOther
	}
	return newError(problem.AuthUnavailable, "%w", errors.Join(why, p.lastFailure())).saying(variant)
}

// old reports whether the keys are too old to be used.
func (c *published) old(stale time.Duration) bool { return time.Since(c.at) > stale }

// usable reports whether there are keys to verify with. Requests whose token is cached compare no times: the next fetch
// that fails does.
func (p *Provider) usable() bool {
	current := p.published.Load()
	return current != nil && !current.expired
}

// candidates returns the keys that may have signed a token. An unknown key is fetched within the budget: a rotation is
// noticed with the first new token, and forged key identifiers cost the provider nothing more.
func (p *Provider) candidates(ctx context.Context, h *header, signature []byte) ([]*key, error) {
	current, err := p.current(ctx)
	if err != nil {
		return nil, err
	}
	keys, failed := current.keys.candidates(h, signature)
	switch {
	case failed == nil:
		return keys, nil
	case failed == problem.KeyUnknown && printable(h.keyID.value) && algorithmByName(h.algorithm.value).possible(signature):
		return p.awaitKey(ctx, h, signature)
	}
	return nil, p.keyError(failed, h)
}

// keyError returns the error of a token that no key can have signed.
func (p *Provider) keyError(failed *problem.Type, h *header) error {
	switch {
	case failed == problem.AlgorithmNotAllowed:
		return &observed{Variant: problem.KeyOtherAlgorithm, algorithm: h.algorithm.value}
	case failed == problem.SignatureInvalid:
		return problem.SignatureCut
	case p.wasWithdrawn(h.keyID.value):
		return problem.KeyWithdrawn
	case strings.HasPrefix(h.keyID.value, developmentKey):
		return problem.KeyDevelopment
	}
	return problem.KeyNeverSeen
}

// check returns the key that signed a token. A key in the token itself is never used, and a token with one is
// rejected even if its signature is valid: no access token needs one (RFC 8725, section 3.10).
func (p *Provider) check(ctx context.Context, j jws, h *header) (*key, error) {
	keys, err := p.candidates(ctx, h, j.signature)
	if err != nil {
		return nil, err
	}
	release, err := LimitOf(ctx).Acquire(ctx, len(keys))
	if err != nil {
		return nil, err
	}
	k := signer(keys, j, algorithmByName(h.algorithm.value))
	release(k != nil)
	switch {
	case k == nil && h.nonce:
		return nil, problem.SignatureGraph
	case k == nil:
		return nil, problem.SignatureOther
	case h.hasKey:
		return nil, newError(problem.TokenMalformed, "header: it has jwk, jku or x5u").saying(problem.KeyInside).AsGenuine(p.now())
	}
	return k, nil
}

// signer returns the key that signed a token, or nil.
func signer(keys []*key, j jws, a *algorithm) *key {
	for _, k := range keys {
		if k.verify(a, j.signed, j.signature) {
			return k
		}
	}
	return nil
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

// Issuer returns the issuer as it is configured, or nothing for nil.
func (p *Provider) Issuer() string {
	if p == nil {
		return ""
	}
	return p.issuer
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
