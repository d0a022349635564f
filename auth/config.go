package auth

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// MaxLeeway is the largest clock difference that can be configured.
const MaxLeeway = time.Minute

// A Config says which access tokens are accepted. Issuer and, for most profiles, Audience are required; every other
// zero value is the strict one.
type Config struct {
	Issuer   string   // exactly as the provider writes it; https unless on a loopback address
	Suffix   string   // of the variables that this was read from, such as _2, for advice; empty for those of the first issuer
	Audience []string // a token must be meant for one of them
	Profile  Profile  // how the provider writes access tokens; zero is RFC 9068

	Clients        []string // whose tokens are accepted; nil means any client
	RequiredClaims []string // what a token must have, each as NAME=VALUE
	ScopesClaim    []string // where scopes stand, and roles: names of claims, or dotted paths; nil means as the profile says
	RolesClaim     []string // not nil and empty: no token has roles
	ScopePrefix    string   // cut from scopes; empty means as the profile says
	DiscoveryURL   string   // of the provider's metadata; empty means below the issuer
	Tenants        []string // for an issuer with {tenantid}: those that are accepted, or AnyTenant
	MaxTokenSize   int      // in bytes, at most MaxTokenSize; zero means DefaultTokenSize

	Introspection Introspector // whether and how the provider is asked about tokens; nil means that it is not

	Algorithms []string      // what tokens may be signed with; nil means all of [Algorithms]
	Leeway     time.Duration // accepted clock difference for exp, nbf and iat, at most MaxLeeway

	// CacheSize is how many bytes the cache of verified tokens takes, whose signatures are not checked again: zero
	// means 64 MiB, and a negative number no cache.
	CacheSize int64

	Refresh   time.Duration     // how often keys are fetched, at least; less than Stale; zero means 5 minutes
	Stale     time.Duration     // how long keys are used while the provider is down; zero means 1 hour
	Transport http.RoundTripper // reaches the provider; nil means http.DefaultTransport
	Now       func() time.Time  // the clock that tokens are validated with; nil means time.Now
	Log       *slog.Logger      // logs provider errors; nil discards them
	Observe   func(Event)       // receives events for metrics, from several goroutines at once; nil discards them

	rules   *rules
	aliases []string // of the issuer, in any profile

	revocations *revocations // of a Verifier
}

// Suffixed returns a text in which the variables of an issuer have the suffix of this one.
func (c Config) Suffixed(text string) string { return problem.Suffixed(text, c.Suffix) }

// check sets the defaults, or returns everything that is wrong. Issuer and audience cannot be left out: a verifier
// without them would accept the tokens of other APIs.
func (c *Config) check() error {
	wrong := []error{c.checkProvider(), c.checkAudience(), c.checkNeeds()}
	if c.Introspection != nil {
		wrong = append(wrong, c.Introspection.check(c))
	}
	if c.MaxTokenSize < 0 || c.MaxTokenSize > MaxTokenSize {
		wrong = append(wrong, fmt.Errorf("token size: %d is more than %d", c.MaxTokenSize, MaxTokenSize))
	}
	for _, name := range c.Algorithms {
		if algorithmByName(name) == nil {
			wrong = append(wrong, fmt.Errorf("algorithms: there is no %q, only %q", name, Algorithms()))
		}
	}
	if c.Leeway < 0 || c.Leeway > MaxLeeway {
		wrong = append(wrong, fmt.Errorf("leeway: %s is not between 0s and %s", c.Leeway, MaxLeeway))
	}
	c.setDefaults()
	if c.Refresh < fetchInterval || c.Refresh >= c.Stale {
		wrong = append(wrong, fmt.Errorf("refresh: %s is not between %s and stale, %s", c.Refresh, fetchInterval, c.Stale))
	}
	c.rules, c.aliases = newRules(c, c.Profile), issuerAliases(c)
	return errors.Join(wrong...)
}

// setDefaults replaces zero values.
func (c *Config) setDefaults() {
	c.CacheSize = cmp.Or(c.CacheSize, 64<<20)
	c.Refresh = cmp.Or(c.Refresh, 5*time.Minute)
	c.Stale = cmp.Or(c.Stale, time.Hour)
	c.MaxTokenSize = cmp.Or(c.MaxTokenSize, DefaultTokenSize)
	if c.Algorithms == nil {
		c.Algorithms = Algorithms()
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Observe == nil {
		c.Observe = func(Event) {}
	}
	c.revocations = cmp.Or(c.revocations, &revocations{})
}

// checkProvider checks the issuer and where its metadata is. An issuer that is no URL needs the address of the metadata.
func (c *Config) checkProvider() error {
	template := strings.Contains(c.Issuer, TenantTemplate)
	switch {
	case c.Issuer == "" && c.DiscoveryURL != "":
		return errors.New("issuer: there must be one")
	case template && len(c.Tenants) == 0:
		return fmt.Errorf("tenants: the issuer %q is a template: there must be one, or %q", c.Issuer, AnyTenant)
	case !template && len(c.Tenants) > 0:
		return fmt.Errorf("tenants: the issuer %q has no %s", c.Issuer, TenantTemplate)
	}
	if c.DiscoveryURL != "" {
		if err := CheckEndpoint(c.DiscoveryURL); err != nil {
			return fmt.Errorf("discovery: %w", err)
		}
		return nil
	}
	issuer := strings.ReplaceAll(c.Issuer, TenantTemplate, "common")
	if err := CheckURL(issuer); err != nil { // without a query, which would stand in the midst of the metadata's address
		return fmt.Errorf("issuer: %w", err)
	}
	return nil
}

func (c *Config) checkAudience() error {
	byClient := len(c.Clients) > 0 && c.Profile.WithoutAudience()
	if len(c.Audience) == 0 && !byClient || slices.Contains(c.Audience, "") {
		return errors.New("audience: there must be one, and none may be empty")
	}
	return nil
}

// checkNeeds checks what the profile requires beside an audience.
func (c *Config) checkNeeds() error {
	switch needs := c.Profile.Needs(); {
	case needs == "OIDC_CLIENTS" && len(c.Clients) == 0:
		return fmt.Errorf("clients: the profile %s needs them", c.Profile)
	case needs == "REQUIRED_CLAIMS" && len(c.RequiredClaims) == 0:
		return fmt.Errorf("required claims: the profile %s needs them: its issuer signs for all of its users", c.Profile)
	}
	return nil
}

// DiscoveryURL returns the address of an issuer's metadata (OpenID Connect Discovery, section 4), unless it is elsewhere.
// The metadata of a template for tenants is that of the tenant common.
func DiscoveryURL(issuer, elsewhere string) string {
	below := strings.TrimSuffix(strings.ReplaceAll(issuer, TenantTemplate, "common"), "/") + "/.well-known/openid-configuration"
	return cmp.Or(elsewhere, below)
}

// An Event is something that a Verifier did, for metrics.
type Event struct {
	Kind     EventKind
	Duration time.Duration // of a Verification, a Fetch or an introspection
	Err      error         // nil if it succeeded
}

// An EventKind says what a Verifier did.
type EventKind uint8

// The kinds of events.
const (
	CacheHit     EventKind = iota // a token was accepted from the cache
	Verification                  // a token was verified that was not in the cache; the time includes waiting for keys
	Fetch                         // the provider's metadata and keys were fetched
	Introspected                  // the provider was asked about a token
)
