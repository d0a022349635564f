package auth

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// discover fetches the provider's metadata, which must name exactly the configured issuer (OpenID Connect
// Discovery, section 4.3), and then its keys.
func (p *Provider) discover(ctx context.Context) (*published, error) {
	provider, err := Discover(ctx, p.client, p.config.Issuer, p.config.DiscoveryURL)
	if advice := p.config.wrongIssuerAdvice(err); advice == "" {
		p.wrongIssuer.Store(nil)
	} else {
		p.wrongIssuer.Store(&advice)
		err = fmt.Errorf("%s (%w)", advice, err)
	}
	if err != nil {
		return nil, fmt.Errorf("discovering %s: %w", p.config.Issuer, err)
	}
	var found struct {
		KeySetURL         string `json:"jwks_uri"`
		AccessTokenIssuer string `json:"access_token_issuer"` // of AD FS
	}
	if err := provider.Claims(&found); err != nil {
		return nil, fmt.Errorf("metadata of %s: %w", p.config.Issuer, err)
	}
	if err := CheckEndpoint(found.KeySetURL); err != nil {
		return nil, fmt.Errorf("jwks_uri of %s: %w", p.config.Issuer, err)
	}
	return p.getKeys(ctx, metadata{provider, found.KeySetURL, found.AccessTokenIssuer})
}

// Discover is [oidc.NewProvider] for metadata that may be elsewhere than below the issuer. The metadata must name exactly
// the issuer, wherever it is.
func Discover(ctx context.Context, client *http.Client, issuer, elsewhere string) (*oidc.Provider, error) {
	if elsewhere == "" && !strings.Contains(issuer, TenantTemplate) {
		return oidc.NewProvider(oidc.ClientContext(ctx, client), issuer)
	}
	address, err := url.Parse(DiscoveryURL(issuer, elsewhere))
	if err != nil {
		return nil, err
	}
	from := *client
	from.Transport = fixedAddress{address, client.Transport}
	ctx = oidc.InsecureIssuerURLContext(oidc.ClientContext(ctx, &from), issuer) // which does not compare the issuer
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, err
	}
	var metadata struct {
		Issuer string `json:"issuer"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, err
	}
	if metadata.Issuer != issuer {
		return nil, &oidc.IssuerMismatchError{Provided: issuer, Discovered: metadata.Issuer}
	}
	return provider, nil
}

// A fixedAddress sends every request to one address.
type fixedAddress struct {
	address *url.URL
	next    http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (f fixedAddress) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.URL, request.Host = f.address, ""
	return f.next.RoundTrip(request)
}

// getKeys fetches the key set from where the metadata says that it is.
func (p *Provider) getKeys(ctx context.Context, m metadata) (*published, error) {
	found := &published{metadata: m}
	if err := p.readKeys(ctx, found); err != nil {
		return nil, fmt.Errorf("%s: %w", m.keysURL, err)
	}
	return found, nil
}

// readKeys fetches the key set of what is published.
func (p *Provider) readKeys(ctx context.Context, found *published) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, found.keysURL, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the provider responded %s", response.Status)
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	found.keys, found.unusable, err = parseKeySet(data)
	found.maxAge, found.at = maxAge(response.Header.Get("Cache-Control")), time.Now()
	found.offset = offset(response.Header, p.config.Now())
	return err
}

// offset returns by how much this clock is ahead of the provider's, in whole seconds (RFC 9110, section 6.6.1). A
// response from a cache says how old it is (RFC 9111, section 5.1).
func offset(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	age, _ := strconv.ParseUint(h.Get("Age"), 10, 31)
	return now.Sub(date.Add(time.Duration(age) * time.Second)).Truncate(time.Second)
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
