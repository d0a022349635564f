package auth

import (
	"context"
	"errors"
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
	config *Config
	client *http.Client
	ctx    context.Context // ends every fetch

	published   atomic.Pointer[published] // nil before the first fetch
	wrongIssuer atomic.Pointer[string]    // the advice on the issuer in the latest metadata; nil if it is right

	failed chan struct{} // receives after a fetch for a token failed

	mu sync.Mutex
	fetches
}

// published is what the provider had published when it was fetched.
type published struct {
	metadata
	keys      keySet
	withdrawn []string // identifiers of keys that were published before
	unusable  unusableKeys
	expired   bool // a fetch failed when the keys were too old
	maxAge    time.Duration
	at        time.Time
	offset    time.Duration // by which this clock is ahead of the provider's
}

// metadata is what is used of a provider's metadata.
type metadata struct {
	oidc              *oidc.Provider
	keysURL           string
	accessTokenIssuer string
}

func newProvider(ctx context.Context, c *Config) *Provider {
	client := &http.Client{
		Timeout:   fetchTimeout,
		Transport: quiet{LimitResponses(c.Transport, maxResponse)},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("redirects are not followed")
		},
	}
	return &Provider{config: c, client: client, ctx: ctx, failed: make(chan struct{}, 1)}
}

var (
	errNoKeys  = errors.New("no keys were fetched yet")
	errOldKeys = errors.New("the keys are too old")
)

// current returns what the provider has published. A request waits only for the very first fetch. Without usable
// keys the error is AuthUnavailable: nothing is known about the token.
func (p *Provider) current(ctx context.Context) (*published, error) {
	current := p.published.Load()
	if current == nil && p.latest().failure == nil {
		if call, _ := p.fetch(false, fetchInterval); call != nil {
			call.wait(ctx)
		}
		current = p.published.Load()
	}
	if current == nil {
		return nil, p.unavailable(errNoKeys)
	}
	if current.old(p.config.Stale) {
		return nil, p.unavailable(errOldKeys)
	}
	return current, nil
}

// known returns what the provider has published, as far as that was fetched.
func (p *Provider) known() *published {
	if current := p.published.Load(); current != nil {
		return current
	}
	return &published{}
}

// wasWithdrawn reports whether a key was published before, and is not any more.
func (p *Provider) wasWithdrawn(id string) bool {
	return id != "" && slices.Contains(p.known().withdrawn, id)
}

// unavailable returns the error of a token that cannot be verified, and why the latest fetch failed.
func (p *Provider) unavailable(why error) error {
	variant := map[error]*problem.Variant{errNoKeys: problem.KeysNotFetched, errOldKeys: problem.KeysOld, errNoFetch: problem.KeyNotFetched}[why]
	if p.wrongIssuer.Load() != nil {
		variant = problem.ProviderOther
	}
	return newError(variant, "%w", errors.Join(why, p.latest().failure))
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
	k, err := signer(ctx, keys, j, h)
	switch {
	case err != nil:
		return nil, err
	case k == nil && h.nonce:
		return nil, problem.SignatureGraph
	case k == nil:
		return nil, problem.SignatureOther
	case h.hasKey:
		return nil, newError(problem.KeyInside, "header: it has jwk, jku or x5u").AsGenuine(p.config.Now())
	}
	return k, nil
}

// signer returns the key that signed a token, or nil. The error is that of the limit of the signatures.
func signer(ctx context.Context, keys []*key, j jws, h *header) (*key, error) {
	release, err := LimitOf(ctx).Acquire(ctx, len(keys))
	if err != nil {
		return nil, err
	}
	algorithm := algorithmByName(h.algorithm.value)
	i := slices.IndexFunc(keys, func(k *key) bool { return k.verify(algorithm, j.signed, j.signature) })
	if release(i >= 0); i < 0 {
		return nil, nil
	}
	return keys[i], nil
}

// VerifySignature returns the payload of a token of any kind that the provider signed. It makes a Provider an
// [oidc.KeySet]: pass it to [oidc.NewVerifier] to verify ID tokens with the same keys.
func (p *Provider) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, _, err := p.open(ctx, token, Algorithms())
	return payload, err
}

// open returns the payload and the header of a token of any kind that the provider signed with one of the algorithms.
func (p *Provider) open(ctx context.Context, token string, algorithms []string) (payload []byte, h header, err error) {
	j, err := parseJWS(token, nil)
	if err != nil {
		return nil, h, err
	}
	if err := parseHeader(j.header, algorithms, &h); err != nil {
		return nil, h, err
	}
	if _, err := p.check(ctx, j, &h); err != nil {
		return nil, h, err
	}
	return j.payload, h, nil
}

// Issuer returns the issuer as it is configured, or nothing for nil.
func (p *Provider) Issuer() string {
	if p == nil {
		return ""
	}
	return p.config.Issuer
}

// Endpoint returns the provider's endpoints, once its metadata was fetched.
func (p *Provider) Endpoint() (endpoint oauth2.Endpoint, known bool) {
	if current := p.published.Load(); current != nil {
		return current.oidc.Endpoint(), true
	}
	return oauth2.Endpoint{}, false
}
