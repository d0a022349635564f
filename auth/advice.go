package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// advice returns how to fix a check that failed, if what was found is a known mistake.
func (c *candidate) advice(check *Check) string {
	switch check.Name {
	case "typ", "kind":
		return c.kindAdvice()
	case "key":
		return c.keyAdvice(check.Code)
	case "iss":
		return c.issuerAdvice()
	case "aud":
		return c.audienceAdvice()
	case "exp":
		return c.expiryAdvice()
	case "nbf":
		return c.futureAdvice(c.claims.NotBefore)
	case "iat":
		return cmp.Or(c.futureAdvice(c.claims.IssuedAt), c.settingsAdvice("iat", "The provider writes no iat"))
	case "client_id":
		return c.clientAdvice()
	case "jti":
		if c.claims.ID.state == absent {
			return c.settingsAdvice("jti", "The provider writes no jti")
		}
	case "scope", "roles":
		return c.settingsAdvice(check.Name, "The provider writes them in another form")
	case "sub":
		return c.subjectAdvice()
	case requiredClaims:
		return "REQUIRED_CLAIMS says what a token must have."
	case "cnf":
		return "The token is bound to its holder's key: switch off sender constraining (DPoP, mTLS) for this client at the provider."
	}
	return ""
}

func (c *candidate) kindAdvice() string {
	switch kind := c.kind(); {
	case kind == idToken && c.looksLikeIDToken():
		return "The audience names the client, and there is no scope, as in an ID token: send access_token, not id_token, and let the client ask for a scope of this API."
	case kind == idToken:
		return "The token is an ID token: send access_token, not id_token."
	case kind == unmarked && c.rules.needScope():
		return "The token has no scope, which tells the provider's access tokens from its ID tokens: send access_token, and let the client ask for a scope of this API."
	case kind != accessToken:
		return "The token is " + kind + ": send the access token."
	case c.rules.opaque != "":
		return c.rules.opaque + "."
	}
	if advice := c.settingsAdvice("kind", "The provider does not follow RFC 9068"); advice != "" {
		return strings.TrimSuffix(advice, ".") + ", or switch it to at+jwt access tokens."
	}
	return ""
}

// developmentKey is the prefix of the development provider's key identifiers.
const developmentKey = "dev-"

func (c *candidate) keyAdvice(code string) string {
	development := strings.HasPrefix(c.header.keyID.value, developmentKey)
	switch {
	case code == problem.AuthUnavailable.Code:
		return "The token was not validated: see the log for the provider's response, and check OIDC_ISSUER."
	case code == problem.AlgorithmNotAllowed.Code:
		return ""
	case development:
		return "The development provider was restarted with another key than the token's: sign in again."
	}
	return "The provider does not publish this key, or not any more: get a new token."
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

// microsoftGraph is the audience of Entra ID's tokens for clients that ask for no scope of an API.
const microsoftGraph = "00000003-0000-0000-c000-000000000000"

// audienceAdvice suggests another OIDC_AUDIENCE only for what is certainly an access token: the audience of an ID token
// is its client, and an API that accepts that audience is one step from accepting ID tokens.
func (c *candidate) audienceAdvice() string {
	const ask = "let the client ask for this API (resource or audience), or add an audience mapper at Keycloak."
	got := c.claims.Audience
	if advice := c.settingsAdvice("aud", "aud does not name this API"); advice != "" {
		return advice
	}
	switch {
	case got.state == absent && c.rules.noAudience:
		return "The provider writes no aud: set OIDC_CLIENTS to the clients of this API."
	case c.rules.audience != "" && len(got.values) == 0:
		return "The token is for no API. " + c.rules.expand(string(c.rules.audience))
	case got.state == absent:
		return "The token has no aud: " + ask
	case got.state == valid && len(got.values) == 0:
		return "aud is empty: " + ask
	case got.state != valid:
		return ""
	case slices.Contains(got.values, "account"):
		return "aud is account: add an audience mapper at Keycloak, to the client or to a client scope."
	case slices.Contains(got.values, microsoftGraph):
		return "The token is for Microsoft Graph: let the client ask for a scope of this API, such as api://ID/NAME."
	}
	const other = "The token is for another API: let the client ask for this one (resource or audience)."
	if !c.certain() || slices.ContainsFunc(got.values, c.claims.namesClient) {
		return other
	}
	for _, want := range c.config.Audience {
		for _, g := range got.values {
			if advice := compareAudiences(want, g); advice != "" {
				return advice
			}
		}
	}
	return other + " If aud is a name of this one, add it to OIDC_AUDIENCE."
}

func compareAudiences(want, got string) string {
	fix := "set OIDC_AUDIENCE=" + Brief(got) + ", or change it at the provider"
	if strings.TrimPrefix(want, "api://") == strings.TrimPrefix(got, "api://") {
		return "The audiences differ only by api://: " + fix + "."
	}
	return compareAddresses("audiences", want, got, fix)
}

func (c *candidate) expiryAdvice() string {
	if c.claims.Expiry.state != valid {
		return ""
	}
	ago := c.now.Sub(c.claims.Expiry.time).Round(time.Second)
	return fmt.Sprintf("It expired %s ago, and CLOCK_SKEW is %s.", ago, c.config.Leeway) + clockAdvice(c.provider.clockOffset(), "ahead of")
}

func (c *candidate) futureAdvice(claim dateClaim) string {
	if claim.state != valid {
		return ""
	}
	ahead := claim.time.Sub(c.now).Round(time.Second)
	return fmt.Sprintf("It is dated %s from now, and CLOCK_SKEW is %s.", ahead, c.config.Leeway) + clockAdvice(-c.provider.clockOffset(), "behind")
}

// maxOffset is how far apart two clocks may be without advice: a Date header has whole seconds.
const maxOffset = 2 * time.Second

// clockAdvice says whether the clock may be the cause: one that is ahead makes tokens expire early, and to one that
// is behind they are dated in the future.
func clockAdvice(offset time.Duration, side string) string {
	if offset <= maxOffset {
		return ""
	}
	return fmt.Sprintf(" This clock is %s %s the provider's: synchronize it.", offset, side)
}

// settingsAdvice says what to set so that a check accepts what it found, if there is something. For another token than an
// access token of the issuer there is not.
func (c *candidate) settingsAdvice(check, what string) string {
	if with := c.suggestionFor(check); with != nil && c.fromIssuer() {
		return fmt.Sprintf("%s: set %s.", what, c.settings(with))
	}
	return ""
}

func (c *candidate) clientAdvice() string {
	if len(c.config.Clients) > 0 && c.client.state == valid {
		return "OIDC_CLIENTS does not name this client: add it, if its tokens are for this API."
	}
	return c.settingsAdvice("client_id", "The client is in another claim")
}

// subjectAdvice is about a token without sub. That of a user does not get the identity of its client.
func (c *candidate) subjectAdvice() string {
	if c.claims.Subject.state != absent {
		return ""
	}
	if c.ofUser() {
		return "The token of a user has no sub. " + cmp.Or(c.rules.subject, "Let the provider write it.")
	}
	return cmp.Or(c.rules.subject, c.settingsAdvice("sub", "The provider writes no sub for machines"))
}

// fromIssuer reports whether the token says that it is from the issuer, except for a trailing slash.
func (c *candidate) fromIssuer() bool {
	return strings.TrimSuffix(c.claims.Issuer.value, "/") == strings.TrimSuffix(c.config.Issuer, "/")
}
