package auth

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// CheckURL returns what is wrong with an address of a provider. An attacker on the network could replace keys that
// are fetched over plain http, so that only a provider on this machine may use it.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return briefly(err)
	case u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "":
		return fmt.Errorf("%s is not an absolute URL without user, query and fragment", quote(address))
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s must be https: plain http is for loopback addresses", quote(address))
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

// CompareIssuers returns a sentence that says how two issuers differ and how to fix it, if they look alike: want is the
// configured one, and got that of the provider or of a token. It returns the empty string for other issuers.
func CompareIssuers(want, got string) string {
	if strings.Contains(got, "{") {
		return "The provider's issuer is a template for many tenants: set OIDC_ISSUER to that of one tenant, or to the template " + Brief(got) + " and OIDC_TENANTS to the accepted tenants."
	}
	return compareAddresses("issuers", want, got, "set OIDC_ISSUER="+Brief(got))
}

// compareAddresses is CompareIssuers for any addresses. The fix is for those that differ by their spelling.
func compareAddresses(plural, want, got, fix string) string {
	d := differenceOf(want, got)
	if d == different || d == byTenant {
		return ""
	}
	how := differences[d]
	switch d {
	case byLoopback:
		fix = "use one name for this machine everywhere"
		how = hostname(got) + " and " + hostname(want)
	case byScheme:
		fix = "one side does not know of the proxy in front of it"
		how = scheme(got) + " and " + scheme(want)
	}
	return fmt.Sprintf("The %s differ only by %s: %s.", plural, how, fix)
}

func hostname(address string) string {
	u, _ := url.Parse(address) // it was parsed before
	return Brief(u.Hostname())
}

func scheme(address string) string {
	name, _, _ := strings.Cut(address, ":")
	return Brief(name)
}

// A difference is the one property by which two addresses differ.
type difference uint8

const (
	different difference = iota // by more than one; the others begin with the smallest
	bySlash
	byCase
	byLoopback // local names
	byScheme
	byPort
	byTenant // the path
)

var differences = [...]string{bySlash: "a trailing slash", byCase: "upper and lower case", byPort: "the port", byTenant: ""}

// differenceOf compares two addresses that are not equal.
func differenceOf(want, got string) difference {
	switch {
	case strings.TrimSuffix(want, "/") == strings.TrimSuffix(got, "/"):
		return bySlash
	case strings.EqualFold(want, got):
		return byCase
	}
	w, wantErr := url.Parse(want)
	g, gotErr := url.Parse(got)
	if wantErr != nil || gotErr != nil || w.Host == "" || g.Host == "" {
		return different
	}
	sameHost, samePath := w.Hostname() == g.Hostname(), strings.TrimSuffix(w.Path, "/") == strings.TrimSuffix(g.Path, "/")
	switch {
	case w.Host == g.Host && w.Scheme == g.Scheme && !samePath:
		return byTenant
	case !samePath:
		return different
	case !sameHost && (Loopback(w.Hostname()) && isLocal(g.Hostname()) || isLocal(w.Hostname()) && Loopback(g.Hostname())):
		return byLoopback
	case sameHost && w.Scheme != g.Scheme:
		return byScheme
	case sameHost:
		return byPort
	}
	return different
}

// isLocal reports whether a host name is that of this machine, or one of a container: a single word, or below internal.
func isLocal(host string) bool {
	return Loopback(host) || !strings.ContainsAny(host, ".:") || strings.HasSuffix(host, ".internal")
}
