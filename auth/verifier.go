package auth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"time"

	"example.com/gatehouse/problem"
)

// A Verifier turns access tokens into principals. It is safe for concurrent use.
type Verifier struct {
	config    Config
	provider  *Provider
	cache     *cache
	headers   headers
	scratches scratches
	verified  histogram
}

// Connect returns a Verifier of the tokens that cfg accepts. It does not wait for the provider:
// discovery and keys are fetched in the background, again and again until ctx is done, and while
// there are no usable keys every token is refused with AuthUnavailable. The error is about cfg.
func Connect(ctx context.Context, cfg Config) (*Verifier, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	v := &Verifier{config: cfg, provider: newProvider(ctx, &cfg), cache: newCache(cfg.CacheEntries)}
	go v.provider.run(ctx)
	return v, nil
}

// Provider returns the provider whose tokens are verified.
func (v *Verifier) Provider() *Provider { return v.provider }

// Authenticate returns the caller of a request. The error is that of [BearerToken] or of Verify.
func (v *Verifier) Authenticate(r *http.Request) (*Principal, error) {
	token, err := credentials(r)
	if err != nil {
		return nil, err
	}
	return v.authenticate(r.Context(), token)
}

// authenticate is Verify for what came after Bearer.
func (v *Verifier) authenticate(ctx context.Context, token string) (*Principal, error) {
	p, err := v.Verify(ctx, Token(token))
	if err != nil && !wellFormed(token) {
		return nil, problem.CredentialsMalformed
	}
	return p, err
}

// Verify returns the caller that an access token describes. The checks stand in a fixed order and
// the first that fails is the error: a [Reason], alone or in a [Error]. Claims are judged only
// after the signature (RFC 8725, section 3).
func (v *Verifier) Verify(ctx context.Context, token Token) (*Principal, error) {
	s := v.scratches.get()
	defer v.scratches.put(s)
	s.token = append(s.token[:0], token...)
	h := v.headers.get(s.token[:max(0, bytes.IndexByte(s.token, '.'))])
	if h == nil || v.cache.limit == 0 {
		return v.verify(ctx, s, h)
	}
	s.sum = sha256.Sum256(s.token)
	if p := v.remembered(&s.sum); p != nil {
		v.config.Observe(Event{Kind: CacheHit})
		return p, nil
	}
	return v.verify(ctx, s, h)
}

// verify judges a token that is not remembered, though its header h may be.
func (v *Verifier) verify(ctx context.Context, s *scratch, h *header) (p *Principal, err error) {
	defer v.verified.since(time.Now())
	defer func(start time.Time) {
		v.config.Observe(Event{Kind: Verification, Duration: time.Since(start), Err: err})
	}(time.Now())
	j, err := parseJWS(s, s.token)
	if err != nil {
		return nil, err
	}
	fresh := h == nil
	if fresh {
		if h, err = v.header(s, j); err != nil {
			return nil, err
		}
	}
	key, err := v.provider.check(ctx, j, h)
	if err != nil {
		return nil, err
	}
	if fresh {
		v.headers.put(h)
	}
	payload := string(j.payload)
	c, err := parseClaims(s, payload)
	if err != nil {
		return nil, err
	}
	s.trial = trial{claims: c, config: &v.config, provider: v.provider, now: v.config.Now()}
	if err := s.trial.judge(); err != nil {
		return nil, err
	}
	p = s.trial.principal(payload, key)
	if fresh {
		s.sum = sha256.Sum256(s.token)
	}
	if v.cache.limit > 0 {
		v.cache.put(s.sum, p)
	}
	return p, nil
}

// header reads and judges a token's header.
func (v *Verifier) header(s *scratch, j jws) (*header, error) {
	h, err := parseHeader(s, j, v.config.Algorithms)
	if err == nil && !v.config.Profile.allowsType(h.typ) {
		return nil, problem.TokenTypeWrong
	}
	return h, err
}

// remembered returns the caller of a token that was verified before, if it would be again: it has
// not expired, its key was not withdrawn, and there still are usable keys.
func (v *Verifier) remembered(sum *[sha256.Size]byte) *Principal {
	p := v.cache.get(sum)
	if p == nil || !v.provider.usable() {
		return nil
	}
	if p.key.withdrawn.Load() || !v.config.Now().Before(p.ExpiresAt.Add(v.config.Leeway)) {
		v.cache.drop(sum)
		return nil
	}
	v.cache.hit(sum)
	return p
}
