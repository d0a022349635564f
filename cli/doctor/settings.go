package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
)

// complete reports everything that readConfig found.
func (e *examination) complete(err error) {
	if err == nil {
		e.ok("configuration", "every variable can be read")
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		name, detail, _ := strings.Cut(line, ": ")
		e.found(failure, name, "Set it in the environment or in .env; .env.example describes it.", "%s", detail)
	}
}

// tokens judges the audience, which is all that keeps tokens for other APIs out.
func (e *examination) tokens() {
	const check = "OIDC_AUDIENCE"
	switch {
	case len(e.Audience) == 0: // is reported by complete
	case slices.Contains(e.Audience, "account"):
		e.found(failure, check, "Give the API a name of its own: at Keycloak, by an Audience mapper.",
			"every token of a Keycloak realm can be for %q", "account")
	case slices.Contains(e.Audience, e.DocsClientID):
		e.found(warning, check, "Give the API a name of its own at the provider.",
			"%q is the client of the documentation, whose ID tokens are for it", e.DocsClientID)
	case slices.Contains(e.Audience, e.Issuer):
		e.found(warning, check, "Give the API a name of its own at the provider.", "%q is the provider itself", e.Issuer)
	default:
		e.ok(check, "tokens must be for any of %q", e.Audience)
	}
}

// publicURL judges the origin that callers see, and what is made from it.
func (e *examination) publicURL(ctx context.Context) {
	const check = "PUBLIC_URL"
	switch answer, err := e.get(ctx, e.PublicURL+"/healthz"); {
	case !local(e.PublicURL) && !strings.HasPrefix(e.PublicURL, "https://"):
		e.found(failure, check, "Use https.", "tokens for %s cross the network in the clear", e.PublicURL)
	case err != nil:
		e.found(warning, check, "Start the API, or look at what stands before it.", "nobody answers at %s from here: %v", e.PublicURL, err)
	case answer.status != http.StatusOK:
		e.found(warning, check, "Look at what stands before the API.", "%s/healthz answers %d from here", e.PublicURL, answer.status)
	default:
		e.ok(check, "the API answers at %s", e.PublicURL)
	}
	if e.Docs != config.DocsOff {
		e.ok("redirect URI", "register %s/docs/oauth2-redirect.html for the public client %q", e.PublicURL, e.DocsClientID)
	}
	for _, origin := range e.CORSOrigins {
		switch {
		case local(origin) && !local(e.PublicURL):
			e.found(warning, "CORS_ORIGINS", "Remove it in production.", "%s is whatever runs on a caller's machine", origin)
		case !local(origin) && !strings.HasPrefix(origin, "https://"):
			e.found(warning, "CORS_ORIGINS", "Use https.", "scripts of %s can be changed on their way", origin)
		default:
			e.ok("CORS_ORIGINS", "scripts of %s may call the API", origin)
		}
	}
}

// settings names those that are dangerous where the API is in the open.
func (e *examination) settings() {
	open := !local(e.PublicURL)
	for _, s := range []struct {
		is            bool
		mark          mark
		check, detail string
		remedy        string
	}{
		{open && e.Development, failure, "DEVELOPMENT", "the documentation tells everybody how to sign in", "Remove it."},
		{open && local(e.Issuer), failure, "OIDC_ISSUER", "the provider of a public API is on this machine", "Name the provider that callers sign in at."},
		{open && e.Docs == config.DocsOn, warning, "DOCS", "everybody can read the documentation", "Set DOCS=protected or DOCS=off, unless they are meant to."},
		{e.ClockSkew == auth.MaxLeeway, warning, "CLOCK_SKEW", "tokens are accepted for the longest time possible after they expired", "Set the clocks (NTP), and CLOCK_SKEW=30s or less."},
		{e.FailureLimit == 0, warning, "FAILURE_LIMIT", "nobody is slowed down who tries out tokens", "Remove it, for 600 a minute."},
		{slices.ContainsFunc(e.TrustedProxies, everybody), failure, "TRUSTED_PROXIES", "every caller is believed to be a proxy, and can choose the address that it is known by", "Name the proxies alone."},
		{open && e.MetricsAddr != "" && !loopback(e.MetricsAddr), warning, "METRICS_ADDR", "whoever reaches " + e.MetricsAddr + " can read the metrics", "Let only what collects them reach it, or bind it to localhost."},
		{e.LogLevel < 0, warning, "LOG_LEVEL", "the log is for debugging", "Set LOG_LEVEL=info."},
		{!e.owned(), warning, e.console.File, "others on this machine can read it", "Run chmod 600 " + e.console.File + "."},
	} {
		if s.is {
			e.found(s.mark, s.check, s.remedy, "%s", s.detail)
		}
	}
}

// owned reports whether the file of variables, if there is one, is its owner's alone.
func (e *examination) owned() bool {
	info, err := os.Stat(e.console.File)
	return errors.Is(err, os.ErrNotExist) || err == nil && cli.Private(info)
}

// local reports whether an address is on this machine.
func local(address string) bool {
	u, err := url.Parse(address)
	return err == nil && auth.Loopback(u.Hostname())
}

// everybody reports whether a network has every address.
func everybody(network string) bool { return strings.HasSuffix(network, "/0") }

// loopback reports whether an address to listen on is reached from this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && auth.Loopback(host)
}
