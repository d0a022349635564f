package docs

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"
)

// policy returns the Content-Security-Policy of Swagger UI: no code but our own files, and no connection but
// to this API and to its providers.
func (c *Config) policy(endpoints []oauth2.Endpoint) string {
	var addresses []string
	for _, issuer := range c.Issuers {
		addresses = append(addresses, issuer.URL)
	}
	for _, endpoint := range endpoints {
		addresses = append(addresses, endpoint.TokenURL)
	}
	connect := []string{"'self'"}
	for _, address := range addresses {
		if o := origin(address); o != "" && o != origin(c.PublicURL) && !slices.Contains(connect, o) {
			connect = append(connect, o)
		}
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src " +
		strings.Join(connect, " ") + "; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}

// origin returns scheme, host and port of a URL, or the empty string if it has none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// stylePolicy returns the policy of a page that has one style sheet inside and needs nothing else.
func stylePolicy(style string) string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}

// protect sets the headers that every page has. An opener policy is removed: the sign-in popup, which comes
// from the provider, must reach the page that opened it.
func protect(w http.ResponseWriter, policy string) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Del("Cross-Origin-Opener-Policy")
}
