package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/gatehouse/auth/internal/cache"
	"example.com/gatehouse/problem"
)

const (
	cacheSlot     = (sha256.Size + 17) * 16 / 7 // bytes of an entry of the cache beside its principal: a map may be 7/16 full
	minShare      = 4 << 10                     // bytes that an entry of the cache may take
	cacheShares   = 256                         // or one of so many parts of the cache, if that is more
	sweepInterval = time.Minute                 // how long the cache has a token at most that is outdated
)

// A Verifier turns access tokens into principals. It is safe for concurrent use.
type Verifier struct {
	config     Config
	provider   *Provider
	issuers    *issuers // nil if there is one
	tokenSize  int      // in bytes, of the issuer that allows the most
	cache      *cache.Cache[sum, *Principal]
	odd        sync.Map  // names of claims of an odd type that were logged
	asker      asker     // of the issuer that introspects tokens; nil if none does
	candidates sync.Pool // of *candidate: reuse makes a verification 7 % faster
}

// Connect returns a Verifier of the tokens that cfg accepts. It does not wait for the provider: metadata and keys
// are fetched in the background until ctx is done, and without usable keys every token is rejected with
// AuthUnavailable. The error is about cfg.
func Connect(ctx context.Context, cfg Config) (*Verifier, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	v := &Verifier{config: cfg, tokenSize: cfg.MaxTokenSize, cache: newCache(cfg.CacheSize)}
	v.provider = newProvider(ctx, &v.config)
	v.candidates.New = func() any { return &candidate{} }
	v.asker = v.config.connectAsker(ctx, v.provider)
	go v.provider.run(ctx)
	go v.sweep(ctx)
	return v, nil
}

func newCache(size int64) *cache.Cache[sum, *Principal] {
	return cache.New[sum, *Principal](size, max(size/cacheShares, minShare))
}

// Provider returns the provider whose tokens are verified.
func (v *Verifier) Provider() *Provider { return v.provider }

// Scopes returns the prefix of the scopes that clients of the provider ask for.
func (v *Verifier) Scopes() ScopePrefix { return ScopePrefix(v.config.rules.prefix) }

// Published returns what the metadata of API and provider says of tokens.
func (v *Verifier) Published() *problem.Published {
	endpoint, _ := v.provider.Endpoint()
	return &problem.Published{
		Issuer: v.config.Issuer, Suffix: v.config.Suffix, Audience: v.config.Audience, TokenEndpoint: endpoint.TokenURL, Scopes: v.Scopes().Add,
	}
}

// Authenticate returns the caller of a request. The error is that of [BearerToken] or of Verify.
func (v *Verifier) Authenticate(r *http.Request) (*Principal, error) {
	token, err := credentials(r, v.tokenSize)
	if err != nil {
		return nil, err
	}
	return v.authenticate(r.Context(), token)
}

// BearerToken is [BearerToken] with the configured size of tokens.
func (v *Verifier) BearerToken(r *http.Request) (AccessToken, error) {
	return bearerToken(r, v.tokenSize)
}

// authenticate is Verify for what follows Bearer.
func (v *Verifier) authenticate(ctx context.Context, token string) (*Principal, error) {
	p, err := v.Verify(ctx, AccessToken(token))
	if err != nil && !wellFormed(token) {
		return nil, malformed(token)
	}
	return p, err
}

// Verify returns the caller that an access token describes. The checks have a fixed order, and the first that
// fails is the error: a [problem.Variant] or an [Error] of one. Claims are validated only after the signature
// (RFC 8725, section 3), except that the issuer must be the one whose keys check it.
func (v *Verifier) Verify(ctx context.Context, token AccessToken) (*Principal, error) {
	if v.asker != nil {
		return v.asker.verify(ctx, token, v.verifyJWT)
	}
	return v.verifyJWT(ctx, token)
}

// verifyJWT is Verify for a JWT.
func (v *Verifier) verifyJWT(ctx context.Context, token AccessToken) (*Principal, error) {
	if err := checkForm(string(token)); err != nil { // before it is hashed
		v.config.Observe(Event{Kind: Verification, Err: err})
		return nil, err
	}
	var key sum
	caching := v.config.CacheSize > 0 && !strings.HasSuffix(string(token), ".") // without a signature it is never accepted
	if caching {
		key = token.sum()
		if p := v.cached(key); p != nil {
			v.config.Observe(Event{Kind: CacheHit})
			return p, nil
		}
	}
	start := time.Now()
	p, err := v.verify(ctx, token)
	v.config.Observe(Event{Kind: Verification, Duration: time.Since(start), Err: err})
	if caching && err == nil {
		v.cache.Put(key, p, p.size()+cacheSlot)
	}
	return p, err
}

// cached returns the caller of a token that was verified before, if it would be accepted again: it has not
// expired, its key was not withdrawn, and there still are usable keys.
func (v *Verifier) cached(key sum) *Principal {
	p, found := v.cache.Get(key)
	if !found || !p.provider.usable() {
		return nil
	}
	if v.outdated(p) {
		v.cache.Delete(key)
		return nil
	}
	return p
}

// outdated reports whether the token of a caller would be rejected now.
func (v *Verifier) outdated(p *Principal) bool {
	return p.revoked() || p.key.withdrawn.Load() || !v.config.Now().Before(p.ExpiresAt.Add(p.config.Leeway))
}

// sweep removes outdated tokens from the cache until ctx is done.
func (v *Verifier) sweep(ctx context.Context) {
	for v.config.CacheSize > 0 && ctx.Err() == nil {
		sleep(ctx, sweepInterval)
		v.cache.Sweep(v.outdated)
	}
}

// verify verifies a token that is not in the cache.
func (v *Verifier) verify(ctx context.Context, token AccessToken) (*Principal, error) {
	c := v.candidates.Get().(*candidate)
	defer v.candidates.Put(c)
	if len(token) > v.tokenSize {
		return nil, overSize(len(token), v.tokenSize)
	}
	j, err := parseJWS(string(token), c.buffer)
	if err != nil && err != problem.SignatureAbsent {
		return nil, err
	}
	if v = v.named(j.payload); len(token) > v.config.MaxTokenSize {
		return nil, overSize(len(token), v.config.MaxTokenSize)
	}
	v.reset(c, j.signed)
	if wrong := parseHeader(j.header, v.config.Algorithms, &c.header); wrong == problem.Unsigned || wrong != nil && err == nil {
		return nil, c.lookingAt(wrong, j.payload)
	}
	if err != nil {
		return nil, err
	}
	if !v.config.Profile.allowsType(c.header.typ.value) {
		return nil, v.otherType(ctx, c, j)
	}
	unreadable := c.parse(j.payload)
	if unreadable == nil && c.foreign() {
		return nil, c.otherIssuer()
	}
	if c.key, err = v.provider.check(ctx, j, &c.header); err != nil {
		return nil, err
	}
	c.now = v.config.Now()
	if unreadable != nil {
		return nil, newError(problem.ClaimsDamaged, "claims: %w", briefly(unreadable)).AsGenuine(c.now)
	}
	if err := c.validateClaims(); err != nil {
		return nil, c.withSettingsHint(err)
	}
	v.logOdd(c.odd)
	return c.principal(c.key), nil
}

func overSize(size, limit int) error {
	return &observed{Variant: problem.OverSize, size: size, limit: limit}
}

// reset makes a candidate of another token.
func (v *Verifier) reset(c *candidate, buffer []byte) {
	members := c.claims.members
	clear(members)
	*c = candidate{buffer: buffer, config: &v.config, rules: v.config.rules, provider: v.provider}
	c.claims.members = members[:0]
}

// logOdd logs claims of an odd type that grant nothing, each once. Their names are those of the configuration.
func (v *Verifier) logOdd(names []string) {
	for _, name := range names {
		if _, logged := v.odd.LoadOrStore(name, true); !logged {
			v.config.Log.Warn("a claim of an odd type grants nothing", "claim", name, "profile", v.config.Profile)
		}
	}
}
