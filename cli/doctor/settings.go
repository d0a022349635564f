package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
)

// variables reports the error of config.Read, a line for each variable, and typos.
func (r *report) variables(err error) {
	if err == nil {
		r.ok("configuration", "every variable can be read")
	} else {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			name, detail, _ := strings.Cut(line, ": ")
			r.fail(name, "Set it in the environment or in .env; .env.example describes it.", "%s", detail)
		}
	}
	for _, typo := range r.console.Env.Typos() {
		r.warn(typo.Name, "Did you mean "+typo.Meant+"?", "there is no such variable (%s)", typo.Where)
	}
}

// profile names the token profile.
func (r *report) profile() {
	const check = "TOKEN_PROFILE"
	p, why := r.Profile()
	if warning := p.Warning(); warning != "" {
		r.warn(check, "See docs/providers.md.", "%s: %s", p, warning)
		return
	}
	r.ok(check, "%s: %s", p, why)
}

// audience checks that the audience keeps out tokens for other APIs: nothing else does.
func (r *report) audience() {
	const check, remedy = "OIDC_AUDIENCE", "Give the API a name of its own at the provider."
	switch {
	case len(r.Audience) == 0 && len(r.Clients) > 0:
		r.ok("OIDC_CLIENTS", "tokens must be of any of %q", r.Clients)
	case len(r.Audience) == 0: // is reported by variables
	case slices.Contains(r.Audience, "account"):
		r.fail(check, "Give the API a name of its own: at Keycloak, by an Audience mapper.",
			"every token of a Keycloak realm can be for %q", "account")
	case slices.Contains(r.Audience, r.DocsClientID):
		r.warn(check, remedy, "%q is the client of the documentation, whose ID tokens are for it", r.DocsClientID)
	case slices.Contains(r.Audience, r.Issuer):
		r.warn(check, remedy, "%q is the provider itself", r.Issuer)
	default:
		r.ok(check, "tokens must be for any of %q", r.Audience)
	}
	if wrong, fix := r.ResourceMismatch(); wrong != "" {
		r.warn("resource", fix, "%s", wrong)
	}
}

// publicURL checks the URL that callers see, and says what it makes of the documentation's client.
func (r *report) publicURL(ctx context.Context) {
	const check = "PUBLIC_URL"
	switch _, err := r.get(ctx, r.PublicURL+"/healthz"); {
	case !local(r.PublicURL) && !strings.HasPrefix(r.PublicURL, "https://"):
		r.fail(check, "Use https.", "tokens for %s cross the network unencrypted", r.PublicURL)
	case err != nil:
		r.warn(check, "Start the API, or check the proxy in front of it.", "from here, %v", err)
	default:
		r.ok(check, "the API responds at %s", r.PublicURL)
	}
	if r.BasePath() != "" {
		r.metadata(ctx)
	}
	if r.Docs != config.DocsOff {
		r.ok("redirect URI", "register %s for the public client %q", r.RedirectURI(), r.DocsClientID)
	}
}

// metadata checks that the proxy passes on the metadata, whose address is not below the path of PUBLIC_URL (RFC 9728,
// section 3.1).
func (r *report) metadata(ctx context.Context) {
	const check, remedy = "metadata", "Let the proxy pass this address on to the API."
	var metadata struct{ Resource string }
	reply, err := r.get(ctx, r.MetadataURL())
	if err == nil {
		err = json.Unmarshal(reply.body, &metadata)
	}
	switch {
	case err != nil:
		r.warn(check, remedy, "from here, %v", err)
	case metadata.Resource != r.PublicURL:
		r.warn(check, remedy, "%s describes %q", r.MetadataURL(), metadata.Resource)
	default:
		r.ok(check, "%s describes the API", r.MetadataURL())
	}
}

// origins checks whose scripts may call the API.
func (r *report) origins() {
	const check = "CORS_ORIGINS"
	for _, origin := range r.CORSOrigins {
		switch {
		case !strings.HasPrefix(origin, "http"):
			r.ok(check, "scripts of the app %s may call the API", origin)
		case local(origin) && !local(r.PublicURL):
			r.warn(check, "Remove it in production.", "%s is any program on a caller's machine", origin)
		case !local(origin) && !strings.HasPrefix(origin, "https://"):
			r.warn(check, "Use https.", "scripts of %s can be changed in transit", origin)
		default:
			r.ok(check, "scripts of %s may call the API", origin)
		}
	}
}

// settings reports values that are dangerous in production.
func (r *report) settings() {
	public := !local(r.PublicURL)
	for _, s := range []struct {
		found         bool
		status        status
		check, detail string
		remedy        string
	}{
		{r.Development && r.Public(), failure, "DEVELOPMENT", "other machines reach the API, and every visitor can see why requests were rejected", "Remove it, or let ADDR and PUBLIC_URL be on localhost."},
		{public && slices.ContainsFunc(r.Issuers(), func(c *config.Config) bool { return local(c.Issuer) }), failure, "OIDC_ISSUER", "the provider of a public API is on this machine", "Name the provider that callers sign in at."},
		{public && r.Docs == config.DocsOn, warning, "DOCS", "the documentation is public", "Set DOCS=protected or DOCS=off, unless that is intended."},
		{r.ClockSkew == auth.MaxLeeway, warning, "CLOCK_SKEW", "expired tokens are accepted for the longest time possible", "Set the clocks (NTP), and CLOCK_SKEW=30s or less."},
		{r.FailureLimit == 0, warning, "FAILURE_LIMIT", "callers can try out any number of tokens", "Remove it, for 600 per minute."},
		{slices.ContainsFunc(r.TrustedProxies, func(p netip.Prefix) bool { return p.Bits() == 0 }), failure, "TRUSTED_PROXIES", "every caller is trusted as a proxy, and can choose the address that is logged and limited", "Name only the proxies."},
		{public && r.MetricsAddr != "" && !loopback(r.MetricsAddr), warning, "METRICS_ADDR", "every client that reaches " + r.MetricsAddr + " can read the metrics", "Let only Prometheus reach it, or bind it to localhost."}, // part:metrics
		{r.LogLevel < 0, warning, "LOG_LEVEL", "the log is for debugging", "Set LOG_LEVEL=info."},
		{!r.private(), warning, r.console.File, "other users of this machine can read it", "Run chmod 600 " + r.console.File + "."},
	} {
		if s.found {
			r.add(s.status, s.check, s.remedy, "%s", s.detail)
		}
	}
}

// private reports whether only its owner can read the file of variables, if it exists.
func (r *report) private() bool {
	info, err := os.Stat(r.console.File)
	return errors.Is(err, os.ErrNotExist) || err == nil && cli.Private(info)
}

// local reports whether a URL is on this machine.
func local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && auth.Loopback(u.Hostname())
}

// loopback reports whether an address to listen on is reached from this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && auth.Loopback(host)
}
