package auth

import (
	"cmp"
	"fmt"
	"strings"

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
