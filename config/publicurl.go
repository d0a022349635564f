package config

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// DocsPath is the path of the documentation below PUBLIC_URL. It is one segment.
const DocsPath = "/docs"

// MetadataPath is the well-known path of the metadata of a protected resource (RFC 9728, section 3.1).
const MetadataPath = "/.well-known/oauth-protected-resource"

// What PUBLIC_PATH says of the proxy. By default either is accepted.
const (
	PathKept     = "kept"     // it passes the path of PUBLIC_URL on
	PathStripped = "stripped" // it has removed the path
)

// publicPath is a path that is written in one way only: without characters that have to be escaped, without dots at
// the start of a segment, and without a slash at its end.
var publicPath = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)

// CheckPublicURL reports what is wrong with the URL that callers see: an origin, perhaps with a path.
func CheckPublicURL(value string) error {
	origin, path := splitURL(value)
	if CheckOrigin(origin) != nil || !publicPath.MatchString(path) {
		return fmt.Errorf("%q is not a URL such as https://api.example.com or https://example.com/orders", value)
	}
	return nil
}

// splitURL splits a URL into its origin and its path.
func splitURL(value string) (origin, path string) {
	scheme, rest, _ := strings.Cut(value, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host, strings.TrimPrefix(rest, host)
}

// BasePath returns the path of PUBLIC_URL, such as /orders, or the empty string if it has none.
func (c *Config) BasePath() string {
	_, path := splitURL(c.PublicURL)
	return path
}

// DocsURL returns the address of Swagger UI. Its redirect URI is beside it: see [Config.RedirectURI].
func (c *Config) DocsURL() string { return c.PublicURL + DocsPath + "/" }

// RedirectURI returns where the provider sends users of Swagger UI after they signed in.
func (c *Config) RedirectURI() string { return c.DocsURL() + "oauth2-redirect.html" }

// MetadataURL returns where clients look for the metadata: the well-known path comes before the path of the resource
// (RFC 9728, section 3.1).
func (c *Config) MetadataURL() string {
	origin, path := splitURL(c.PublicURL)
	return origin + MetadataPath + path
}

// RoutePath returns the path by which routes know the escaped path of a request: without the path of PUBLIC_URL, if
// it begins with that. Segments are compared, so that neither /ordersX nor /orders%2Fa begins with /orders.
func (c *Config) RoutePath(escaped string) string {
	base := c.BasePath()
	if base == "" {
		return escaped
	}
	if path, err := url.PathUnescape(escaped); err == nil && path == MetadataPath+base {
		return MetadataPath
	}
	if c.PublicPath == PathStripped {
		return escaped
	}
	rest := escaped
	for want := range strings.SplitSeq(base[1:], "/") {
		segment, after, more := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		if got, err := url.PathUnescape(segment); err != nil || got != want {
			return escaped
		}
		if rest = ""; more {
			rest = "/" + after
		}
	}
	return cmp.Or(rest, "/")
}
