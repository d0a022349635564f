package auth

import (
	"context"
	"fmt"
	"net/http"
)

// A Verifier turns access tokens into principals. It is safe for concurrent use.
type Verifier struct {
	config   Config
	provider *Provider
}

// Connect returns a Verifier of the tokens that cfg accepts. It does not wait for the provider:
// discovery and keys are fetched in the background, again and again until ctx is done, and while
// there are no usable keys every token is refused with AuthUnavailable. The error is about cfg.
func Connect(ctx context.Context, cfg Config) (*Verifier, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	v := &Verifier{config: cfg, provider: newProvider(ctx, &cfg)}
	go v.provider.run(ctx)
	return v, nil
}

// Provider returns the provider whose tokens are verified.
func (v *Verifier) Provider() *Provider { return v.provider }

// Authenticate returns the caller of a request. The error is that of [BearerToken] or of Verify.
func (v *Verifier) Authenticate(r *http.Request) (*Principal, error) {
	token, err := BearerToken(r)
	if err != nil {
		return nil, err
	}
	return v.Verify(r.Context(), token)
}

// Verify returns the caller that an access token describes. The checks stand in a fixed order and
// the first that fails is the error: a [Reason], alone or in a [Refusal]. Claims are judged only
// after the signature (RFC 8725, section 3).
func (v *Verifier) Verify(ctx context.Context, token Token) (*Principal, error) {
	j, err := parseJWS(token)
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(j.header, v.config.Algorithms)
	if err != nil {
		return nil, err
	}
	if !v.config.Profile.allowsType(h.typ) {
		return nil, refuse(TokenTypeWrong, "typ: want that of profile %s, got %.40q", v.config.Profile, h.typ)
	}
	payload, err := v.provider.open(ctx, j, h)
	if err != nil {
		return nil, err
	}
	c, err := parseClaims(payload)
	if err != nil {
		return nil, err
	}
	t := &trial{claims: c, config: &v.config, now: v.config.Now()}
	if err := t.judge(); err != nil {
		return nil, err
	}
	return t.principal(payload), nil
}
