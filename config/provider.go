package config

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
)

// autoProfile is the TOKEN_PROFILE that the issuer decides.
const autoProfile = "auto"

// Profile returns the token profile and why it is this one.
func (c *Config) Profile() (p auth.Profile, why string) {
	if c.TokenProfile != autoProfile && c.TokenProfile != "" {
		p, _ = auth.ProfileByName(c.TokenProfile) // an error is that of Read
		return p, "TOKEN_PROFILE says so"
	}
	p, known := auth.ProfileOfIssuer(c.Issuer)
	if !known {
		return p, "OIDC_ISSUER names no provider that is known; TOKEN_PROFILE can name it"
	}
	return p, "OIDC_ISSUER names this provider"
}

// Scopes returns the prefix of the scopes that clients ask for.
func (c *Config) Scopes() auth.ScopePrefix {
	p, _ := c.Profile()
	return auth.ScopePrefix(cmp.Or(c.ScopePrefix, p.ScopePrefix(c.Audience)))
}

// ClientScopes returns what a client asks for on its own behalf to get scopes of the API.
func (c *Config) ClientScopes(scopes []string) []string {
	if all := c.provider().DefaultScope(); all != "" {
		scopes = []string{all}
	}
	return c.Scopes().Add(scopes)
}

// AuthorizeParams returns what authorization requests have beside the usual parameters.
func (c *Config) AuthorizeParams() url.Values {
	if c.Authorize != "" {
		values, _ := url.ParseQuery(c.Authorize) // an error is that of Read
		return values
	}
	return c.provider().AuthorizeParams(c.Audience)
}

// NamesResource reports whether authorization requests may name the API as a resource (RFC 8707).
func (c *Config) NamesResource() bool { return c.provider().Resource() }

// provider returns the profile of the provider. A general profile says nothing of requests to a provider that is known.
func (c *Config) provider() auth.Profile {
	p, _ := c.Profile()
	if known, ok := auth.ProfileOfIssuer(c.Issuer); ok && (p == auth.RFC9068() || p == auth.PlainJWT()) {
		return known
	}
	return p
}

// Discovery returns the address of the provider's metadata.
func (c *Config) Discovery() string { return auth.DiscoveryURL(c.Issuer, c.DiscoveryURL) }

// A variableError is what is wrong with one variable.
type variableError struct {
	name string
	err  error
}

func (e variableError) Error() string { return e.name + ": " + e.err.Error() }

// checkProvider returns what is wrong with the variables of the provider together, unless one of them is wrong itself.
func (c *Config) checkProvider(wrong map[string]bool) (all []error) {
	add := func(name, format string, args ...any) {
		if !wrong[name] {
			all = append(all, variableError{name, fmt.Errorf(format, args...)})
		}
	}
	if c.Issuer != "" {
		c.checkIssuer(add)
	}
	const noAudience = "not set: what your provider writes into the aud of tokens for this API"
	p, _ := c.Profile() // a general one, which needs nothing, if TOKEN_PROFILE is wrong
	switch {
	case len(c.Audience) > 0, len(c.Clients) > 0 && (p.WithoutAudience() || wrong["TOKEN_PROFILE"]):
	case p.WithoutAudience():
		add("OIDC_AUDIENCE", noAudience+"; with the profile %s, OIDC_CLIENTS can be set in place of it", p)
	default:
		add("OIDC_AUDIENCE", noAudience)
	}
	switch needed := p.Needs(); {
	case needed == "OIDC_CLIENTS" && len(c.Clients) == 0:
		add(needed, "not set: the profile %s needs the clients whose tokens are accepted", p)
	case needed == "REQUIRED_CLAIMS" && len(c.RequiredClaims) == 0:
		add(needed, "not set: the issuer of the profile %s signs for all of its users: say whose tokens are accepted, such as %s", p, requiredExample(p))
	}
	return all
}

func requiredExample(p auth.Profile) string {
	if p.String() == "gitlab" {
		return "namespace_path=acme"
	}
	return "repository_owner=acme"
}

// checkIssuer checks the issuer with where its metadata is, and its tenants.
func (c *Config) checkIssuer(add func(name, format string, args ...any)) {
	template := strings.Contains(c.Issuer, auth.TenantTemplate)
	switch {
	case template && len(c.Tenants) == 0:
		add("OIDC_TENANTS", "not set: OIDC_ISSUER has %s in it, for which these stand: the identifiers of tenants, or * for any", auth.TenantTemplate)
	case !template && len(c.Tenants) > 0:
		add("OIDC_TENANTS", "OIDC_ISSUER has no %s in it, for which they could stand", auth.TenantTemplate)
	}
	err := auth.CheckURL(strings.ReplaceAll(c.Issuer, auth.TenantTemplate, "common"))
	if err != nil && c.DiscoveryURL == "" {
		add("OIDC_ISSUER", "%w", err)
	} else if shared := sharedTenant.FindStringSubmatch(c.Issuer); shared != nil {
		add("OIDC_ISSUER", "tokens name their own tenant and never %q: set OIDC_ISSUER=%s and OIDC_TENANTS, or the issuer of one tenant",
			shared[1], strings.Replace(c.Issuer, "/"+shared[1], "/"+auth.TenantTemplate, 1))
	}
}

// sharedTenant finds the name in an issuer of Entra ID that stands for several tenants.
var sharedTenant = regexp.MustCompile(`^https?://login\.microsoftonline\.[^/]+/(common|organizations|consumers)(?:/|$)`)

// checkQuery reports what is wrong with OIDC_AUTHORIZE_PARAMS.
func checkQuery(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil || strings.HasPrefix(query, "?") {
		return fmt.Errorf("%q is not a query such as audience=https://api.example.com", query)
	}
	for name := range values {
		if slices.Contains([]string{"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"}, name) {
			return fmt.Errorf("%s is set by the client itself", name)
		}
	}
	return nil
}
