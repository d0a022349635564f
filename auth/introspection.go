package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/gatehouse/auth/internal/cache"
	"example.com/gatehouse/problem"
	"golang.org/x/sync/singleflight"
)

// An IntrospectionMode says about which tokens the provider is asked (RFC 7662).
type IntrospectionMode string

// The three modes. The empty mode is off.
const (
	IntrospectionOff    IntrospectionMode = "off"    // none: opaque tokens are rejected
	IntrospectOpaque    IntrospectionMode = "opaque" // those that do not have the form of a JWT
	IntrospectAllTokens IntrospectionMode = "always" // JWTs as well, after their own checks, so that a revoked one is noticed
)

// An Introspection says how a provider is asked about tokens. A client and its secret are required, unless it is off: the
// provider must know who asks (RFC 7662, section 2.1).
type Introspection struct {
	Mode         IntrospectionMode
	URL          string // of the endpoint; empty means as the metadata says
	ClientID     string
	ClientSecret Secret
	Cache        time.Duration // how long an answer is used; zero means 30 seconds, and a negative time not at all
}

// on reports whether the provider is asked about any token.
func (of Introspection) on() bool { return of.Mode != "" && of.Mode != IntrospectionOff }

// check implements [Introspector].
func (of Introspection) check(c *Config) error {
	var wrong []error
	switch {
	case !of.on():
		return nil
	case of.Mode != IntrospectOpaque && of.Mode != IntrospectAllTokens:
		wrong = append(wrong, fmt.Errorf("introspection: there is no mode %q", of.Mode))
	case of.ClientID == "" || of.ClientSecret == "":
		wrong = append(wrong, errors.New("introspection: client id and secret are required"))
	case strings.Contains(c.Issuer, TenantTemplate):
		wrong = append(wrong, fmt.Errorf("introspection: the issuer %q is a template, so that no answer could be without iss", c.Issuer))
	}
	if err := CheckEndpoint(of.URL); of.URL != "" && err != nil {
		wrong = append(wrong, fmt.Errorf("introspection: %w", err))
	}
	return errors.Join(wrong...)
}

// Limits of introspection.
const (
	defaultIntrospectionCache = 30 * time.Second
	inactiveCache             = 10 * time.Second // how long a token is rejected unasked that was rejected
	activeCacheSize           = 16 << 20         // bytes of accepted answers
	inactiveCacheSize         = 4 << 20          // and of the others, which do not replace those
	maxAnswer                 = 64 << 10         // bytes of one answer
	maxAsking                 = 64               // requests to the provider at once
)

// An introspector asks the provider about tokens. It is safe for concurrent use.
type introspector struct {
	settings   Introspection
	config     Config // of the verifier, with the rules for answers
	confirming Config // the same with the rules for answers about a JWT
	provider   *Provider
	client     *http.Client
	accepted   *cache.Cache[sum, answer]
	rejected   *cache.Cache[sum, answer]
	questions  singleflight.Group // that are being asked, by the token's sum
	guard      *guard
}

// connect implements [Introspector].
func (of Introspection) connect(ctx context.Context, c *Config, p *Provider) asker {
	if !of.on() {
		return nil
	}
	of.Cache = cmp.Or(of.Cache, defaultIntrospectionCache)
	client := *p.client
	client.Transport = quiet{LimitResponses(c.Transport, maxAnswer)}
	i := &introspector{
		settings: of, config: *c, confirming: *c, provider: p, client: &client,
		accepted: cache.New[sum, answer](activeCacheSize, activeCacheSize/cacheShares),
		rejected: cache.New[sum, answer](inactiveCacheSize, inactiveCacheSize/cacheShares),
		guard:    newGuard(c),
	}
	i.config.rules, i.confirming.rules = newAnswerRules(c), newConfirmingRules(c)
	go i.sweep(ctx)
	return i
}

// verify returns the caller of a token: of an opaque one as the provider describes it, and of a JWT by its own claims, after
// which the provider says whether it is still active.
func (i *introspector) verify(ctx context.Context, token AccessToken, jwt func(context.Context, AccessToken) (*Principal, error)) (*Principal, error) {
	switch {
	case isOpaque(string(token)) && len(token) > i.config.MaxTokenSize:
		return nil, overSize(len(token), i.config.MaxTokenSize)
	case isRefreshToken(string(token)):
		return nil, problem.RefreshToken
	case isOpaque(string(token)):
		return i.ask(ctx, token, nil)
	}
	caller, err := jwt(ctx, token)
	if err != nil || caller.provider != i.provider || i.settings.Mode != IntrospectAllTokens && !IsFresh(ctx) {
		return caller, err
	}
	caller, err = i.ask(LimitSignatures(ctx, unlimited{}), token, caller) // it is genuine: no client can make it up
	if failed, ok := err.(*Error); ok && !failed.Genuine() {
		copied := *failed // which others have as well
		return nil, copied.AsGenuine(i.config.Now())
	}
	return caller, err
}

// isRefreshToken reports whether a token has a prefix with which Hydra and Authelia, whose answers are the same for both
// kinds, begin refresh tokens.
func isRefreshToken(token string) bool {
	return strings.HasPrefix(token, "ory_rt_") || strings.HasPrefix(token, "authelia_rt_")
}

// isOpaque reports whether a token does not have the form of a JWT: segments with dots between them, of which the first is a
// JOSE header (RFC 7519, section 7.2). A text that no credentials can have, and a word of a program without a token, are no
// tokens at all.
func isOpaque(token string) bool {
	first, _, dotted := strings.Cut(token, ".")
	switch {
	case !isToken68(token), len(token) > MaxTokenSize, noToken.MatchString(token):
		return false
	case !dotted:
		return true
	}
	decoded, err := appendSegment(nil, []byte(first))
	if err != nil {
		return true
	}
	_, err = decodeObject(decoded, &header{})
	return err != nil
}
