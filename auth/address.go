package auth

import (
	"cmp"
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
	how, special := difference(want, got)
	if how == "" {
		return ""
	}
	return fmt.Sprintf("The %s differ only by %s: %s.", plural, how, cmp.Or(special, fix))
}

// difference returns the one property by which two addresses differ, and its fix if there is a special one.
func difference(want, got string) (how, fix string) {
	switch {
	case strings.TrimSuffix(want, "/") == strings.TrimSuffix(got, "/"):
		return "a trailing slash", ""
	case strings.EqualFold(want, got):
		return "upper and lower case", ""
	}
	w, wantErr := url.Parse(want)
	g, gotErr := url.Parse(got)
	if wantErr != nil || gotErr != nil || w.Host == "" || g.Host == "" || w.Path != g.Path {
		return "", ""
	}
	switch sameHost := w.Hostname() == g.Hostname(); {
	case !sameHost && Loopback(w.Hostname()) && Loopback(g.Hostname()):
		return Brief(g.Hostname()) + " and " + w.Hostname(), "use one name for this machine everywhere"
	case sameHost && w.Scheme != g.Scheme:
		return Brief(g.Scheme) + " and " + w.Scheme, "one side does not know of the proxy in front of it"
	case sameHost:
		return "the port", ""
	}
	return "", ""
}
