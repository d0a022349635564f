package auth

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// MaxLeeway is the largest clock difference that can be configured.
const MaxLeeway = time.Minute

// A Config says which access tokens are accepted. Issuer and Audience are required; every other
// zero value is the strict one.
type Config struct {
	Issuer     string        // exactly as the provider writes it; https unless on a loopback address
	Audience   []string      // a token must be meant for one of them
	Profile    Profile       // how the provider writes access tokens; zero is RFC 9068
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
}

// check sets the defaults, or returns everything that is wrong. Issuer and audience cannot be left out: a verifier
// without them would accept the tokens of other APIs.
func (c *Config) check() error {
	var wrong []error
	if err := CheckURL(c.Issuer); err != nil {
		wrong = append(wrong, fmt.Errorf("issuer: %w", err))
	}
	if len(c.Audience) == 0 || slices.Contains(c.Audience, "") {
		wrong = append(wrong, errors.New("audience: there must be one, and none may be empty"))
	}
	for _, name := range c.Algorithms {
		if algorithmByName(name) == nil {
			wrong = append(wrong, fmt.Errorf("algorithms: there is no %q, only %q", name, Algorithms()))
		}
	}
	if c.Leeway < 0 || c.Leeway > MaxLeeway {
		wrong = append(wrong, fmt.Errorf("leeway: %s is not between 0s and %s", c.Leeway, MaxLeeway))
	}
	c.CacheSize = cmp.Or(c.CacheSize, 64<<20)
	c.Refresh = cmp.Or(c.Refresh, 5*time.Minute)
	c.Stale = cmp.Or(c.Stale, time.Hour)
	if c.Refresh < fetchInterval || c.Refresh >= c.Stale {
		wrong = append(wrong, fmt.Errorf("refresh: %s is not between %s and stale, %s", c.Refresh, fetchInterval, c.Stale))
	}
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
	return errors.Join(wrong...)
}
