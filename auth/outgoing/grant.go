package outgoing

import (
	"net/url"

	"example.com/gatehouse/auth"
)

// A Grant returns the parameters of a token request on behalf of a caller. Client, target and scopes are added to them.
type Grant func(caller auth.Token) url.Values

// TokenExchange is RFC 8693, section 2.1.
func TokenExchange(caller auth.Token) url.Values {
	return url.Values{
		"grant_type":           {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"subject_token":        {string(caller)},
		"subject_token_type":   {"urn:ietf:params:oauth:token-type:access_token"},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
	}
}

// EntraOnBehalfOf is the grant of Microsoft Entra ID, which has an extension of RFC 7523 instead of RFC 8693. Select the
// other API by its scopes, "api://ID/.default" for example, and leave Resource and Audience empty.
func EntraOnBehalfOf(caller auth.Token) url.Values {
	return url.Values{
		"grant_type":          {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":           {string(caller)},
		"requested_token_use": {"on_behalf_of"},
	}
}
