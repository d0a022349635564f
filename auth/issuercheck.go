package auth

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// TenantTemplate stands for the tenant in the issuer of an API that accepts several of them, as Entra ID writes it.
const TenantTemplate = "{tenantid}"

// AnyTenant is the tenant that stands for all of them.
const AnyTenant = "*"

// checkIssuer compares byte for byte: no other prefix, case or trailing slash is accepted (RFC 9068, section 4).
func checkIssuer(c *candidate) *problem.Variant {
	switch issuer := c.claims.Issuer; {
	case issuer.state == absent && c.rules.mayMiss("iss"):
		return nil
	case issuer.state == absent:
		return problem.ClaimAbsent
	case issuer.state == invalid, !c.trusts(issuer.value):
		return c.otherIssuer()
	}
	return nil
}

// trusts reports whether an issuer is the configured one, or one that the profile derives from it.
func (c *candidate) trusts(issuer string) bool {
	switch {
	case strings.Contains(c.config.Issuer, TenantTemplate):
		return c.ofTenant(issuer)
	case issuer == c.config.Issuer, slices.Contains(c.rules.issuers, issuer):
		return true
	}
	other := c.provider.known().accessTokenIssuer
	return other != "" && issuer == other && slices.Contains(c.rules.issuers, metadataIssuer)
}

// tenant is what an issuer may have in place of the template: nothing that changes the rest of an address.
var tenant = regexp.MustCompile(`^[0-9A-Za-z.-]{1,128}$`)

// foreign reports whether the token says that it is from an issuer which this API cannot trust, so that no key is looked
// up for it. What it says is no proof: a token that is not foreign is checked in full. The tenants that are accepted, and
// the names that other profiles accept, are not sent to callers without a genuine token.
func (c *candidate) foreign() bool {
	issuer := c.claims.Issuer
	switch {
	case issuer.state == absent:
		return false // claim-missing, if it is genuine
	case issuer.state == invalid:
		return true
	}
	return !c.config.names(c.provider, issuer.value)
}

// Trusts reports whether tokens of an issuer can be accepted, by any name that iss can have.
func (v *Verifier) Trusts(issuer string) bool {
	return slices.ContainsFunc(v.Issuers(), func(one *Verifier) bool {
		c := &one.config
		before, after, template := strings.Cut(c.Issuer, TenantTemplate)
		tid := strings.TrimSuffix(strings.TrimPrefix(issuer, before), after)
		return issuer == c.Issuer || issuer != "" && c.names(one.provider, issuer) && (!template || c.acceptsTenant(tid))
	})
}

// names reports whether an issuer may be the configured one, by its name or by another one.
func (c *Config) names(p *Provider, issuer string) bool {
	switch {
	case strings.Contains(c.Issuer, TenantTemplate):
		before, after, _ := strings.Cut(c.Issuer, TenantTemplate)
		return strings.HasPrefix(issuer, before) && strings.HasSuffix(issuer, after)
	case issuer == c.Issuer, slices.Contains(c.aliases, issuer):
		return true
	}
	unknown := p.published.Load() == nil && slices.Contains(c.rules.issuers, metadataIssuer)
	return unknown || issuer == p.known().accessTokenIssuer
}

// otherIssuer says how the issuer of the token differs from that of the API.
func (c *candidate) otherIssuer() *problem.Variant {
	want, got := c.config.Issuer, c.claims.Issuer
	switch {
	case got.state != valid:
		return problem.IssuerNoText
	case strings.HasPrefix(got.value, v1Issuer) && !strings.HasPrefix(want, v1Issuer):
		return problem.IssuerV1
	}
	return issuerVariants[differenceOf(want, got.value)]
}

var issuerVariants = [...]*problem.Variant{
	different: problem.IssuerOther, bySlash: problem.IssuerSlash, byCase: problem.IssuerCase, byLoopback: problem.IssuerLoopback,
	byScheme: problem.IssuerScheme, byPort: problem.IssuerPort, byTenant: problem.IssuerTenant,
}

func (c *candidate) issuerAdvice() string {
	got := c.claims.Issuer
	switch {
	case got.state != valid:
		return ""
	case strings.HasPrefix(got.value, v1Issuer) && !strings.HasPrefix(c.config.Issuer, v1Issuer) && !slices.Contains(c.claims.Audience.values, microsoftGraph):
		return "The token has a v1 issuer of Entra ID: set requestedAccessTokenVersion to 2 in the API's manifest."
	case c.ofOtherTenant():
		return fmt.Sprintf("The token is of the tenant %s: add it to OIDC_TENANTS, if its users may call this API.", quote(c.tenant()))
	}
	return CompareIssuers(c.config.Issuer, got.value)
}

// v1Issuer is what the issuers of Entra ID's tokens of version 1 begin with.
const v1Issuer = "https://sts.windows.net/"

// fromIssuer reports whether the token says that it is from the issuer, except for a trailing slash.
func (c *candidate) fromIssuer() bool {
	return strings.TrimSuffix(c.claims.Issuer.value, "/") == strings.TrimSuffix(c.config.Issuer, "/")
}

// metadataIssuer stands in a row for the issuer that the provider's metadata names for access tokens.
const metadataIssuer = "{access_token_issuer}"

// issuerAliases returns the names that any profile accepts beside the issuer.
func issuerAliases(c *Config) (all []string) {
	for i := range profiles {
		if r := &profiles[i]; r.issuers != "" {
			all = append(all, newRules(c, profileOf(r)).issuers...)
		}
	}
	return all
}

// ofTenant reports whether an issuer is the template with the token's own tenant, which must be an accepted one. A key
// that names an issuer signs for that one alone: all tenants share the other keys.
func (c *candidate) ofTenant(issuer string) bool {
	tid := c.tenant()
	if tid == "" || !c.config.acceptsTenant(tid) {
		return false
	}
	return c.key == nil || c.key.issuer == "" || strings.ReplaceAll(c.key.issuer, TenantTemplate, tid) == issuer
}

// tenant returns the token's own tenant, if the issuer is the template with it.
func (c *candidate) tenant() string {
	tid := c.claims.member("tid").string().value
	if !tenant.MatchString(tid) || c.claims.Issuer.value != strings.ReplaceAll(c.config.Issuer, TenantTemplate, tid) {
		return ""
	}
	return tid
}

// ofOtherTenant reports whether the token is of a tenant that is not accepted.
func (c *candidate) ofOtherTenant() bool {
	return strings.Contains(c.config.Issuer, TenantTemplate) && c.tenant() != "" && !c.config.acceptsTenant(c.tenant())
}

func (c *Config) acceptsTenant(tid string) bool {
	return slices.Contains(c.Tenants, tid) || slices.Contains(c.Tenants, AnyTenant)
}

// expectedIssuer describes the issuers that are accepted.
func (c *candidate) expectedIssuer() string {
	if strings.Contains(c.config.Issuer, TenantTemplate) {
		return quote(c.config.Issuer) + " with the token's tid, any of " + quoteAll(c.config.Tenants)
	}
	return quote(c.config.Issuer)
}
