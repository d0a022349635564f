package auth

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// MaxLeeway is the largest clock difference that can be forgiven.
const MaxLeeway = time.Minute

// A Config says which access tokens are accepted. Issuer and Audience are required; every other
// zero value is the strict one.
type Config struct {
	Issuer     string        // exactly as the provider writes it; https unless on a loopback address
	Audience   []string      // a token must be meant for one of them
	Profile    Profile       // how the provider writes access tokens; zero is RFC 9068
	Algorithms []string      // what tokens may be signed with; nil means all of [Algorithms]
	Leeway     time.Duration // forgiven clock difference for exp, nbf and iat, at most MaxLeeway

	// CacheEntries is how many verified tokens are remembered, so that their signatures are not
	// checked again: zero means 100,000, and a negative number none.
	CacheEntries int

	Refresh   time.Duration     // how often keys are fetched, at least; less than Stale; zero means 5 minutes
	Stale     time.Duration     // how long keys serve while the provider is down; zero means 1 hour
	Transport http.RoundTripper // reaches the provider; nil means http.DefaultTransport
	Now       func() time.Time  // judges tokens; nil means time.Now
	Log       *slog.Logger      // hears of the provider's troubles; nil means nobody
	Observe   func(Event)       // receives events for metrics, from several goroutines at once; nil discards them
}

// check completes the configuration, or says all that is wrong with it. There is no way to leave
// out issuer or audience: a verifier without them would accept everybody's tokens.
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
	c.CacheEntries = cmp.Or(c.CacheEntries, 100_000)
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

// CheckURL reports what is wrong with the address of a provider: keys fetched in the clear are
// anybody's keys, so only a provider on this machine may do without https.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return err
	case u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "":
		return fmt.Errorf("%q is not an absolute URL without user, query and fragment", address)
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q must be https: plain http is for loopback addresses", address)
}

// CheckEndpoint is CheckURL for an address in the provider's metadata, which may have a query.
func CheckEndpoint(address string) error {
	path, _, _ := strings.Cut(address, "?")
	return CheckURL(path)
}

// Loopback reports whether a host name or address is this machine's own (RFC 8252, section 8.3).
func Loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
