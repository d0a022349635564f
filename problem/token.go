package problem

import "net/http"

// The types about an access token. Claims are validated after the signature, so that only the holder of
// a genuine token learns which of them is wrong.
var (
	TokenMalformed = &Type{
		Code: "token-malformed", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token malformed", About: Caller, AtFault: Client,
		Detail: "The access token is malformed.",
		Hint:   "Send the access token exactly as the provider issued it. An opaque token is not a JWT and is not accepted.",
		Causes: []string{
			"The token was truncated or changed in transit.",
			"The provider issued an opaque token, often because the client did not ask for an audience.",
			"Something else was sent: an authorization code, a refresh token, a cookie.",
		},
		Operator: "If all tokens are malformed, the provider issues opaque tokens to this client: configure it to issue JWTs for this API's audience.",
	}
	TokenEncrypted = &Type{
		Code: "token-encrypted", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token encrypted", About: Caller, AtFault: Provider,
		Detail: "Encrypted access tokens are not accepted.",
		Hint:   "Configure this API at the provider for signed access tokens.",
		Causes: []string{
			"The provider encrypts the access tokens of this API (five segments instead of three).",
			"At Auth0: the client did not ask for an audience, so that the token is for the provider itself.",
		},
		Operator: "Switch off token encryption for this API at the provider.",
	}
	AlgorithmNotAllowed = &Type{
		Code: "algorithm-not-allowed", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Algorithm not allowed", About: Caller, AtFault: Provider,
		Detail: "The token algorithm is not allowed.",
		Hint:   "Have the provider sign access tokens with an asymmetric algorithm that this API accepts, RS256 for example.",
		Causes: []string{
			"The provider signs with a shared secret (HS256), which an API must not have.",
			"The token's key is for another algorithm than the one that its header names.",
			"The token's header says that it has no signature (none), which is an attack.",
		},
		Operator: "Set the provider to RS256, PS256, ES256 or EdDSA for this API.",
	}
	KeyUnknown = &Type{
		Code: "key-unknown", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Signing key unknown", About: Caller, AtFault: Client,
		Detail: "The signing key is not known.",
		Hint:   "Check that the token comes from this environment's provider, and get a new one. If there is a Retry-After, first retry after it.",
		Causes: []string{
			"The provider published the key a few seconds ago, and the API fetches it with the next fetch. The response then has a Retry-After.",
			"The token comes from another environment, tenant or realm.",
			"The provider replaced its keys and withdrew the key of this token.",
			"In development: the provider was restarted with a new key, and the token is older.",
		},
		Operator: "Compare the issuer of the token in the log with OIDC_ISSUER, and the kid with the provider's key set.",
	}
	SignatureInvalid = &Type{
		Code: "signature-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Signature invalid", About: Caller, AtFault: Client,
		Detail: "The token signature is invalid.",
		Hint:   "Get a new token from the provider.",
		Causes: []string{
			"The token was changed after it was signed, or combined from two tokens.",
			"Two environments use the same key identifier for different keys.",
			"At Microsoft Entra ID: the token is for Microsoft Graph, whose tokens only Graph can verify.",
		},
		Operator: "Many of these from one address are an attack. A few from many addresses mean that two environments share a kid.",
	}
	IssuerWrong = &Type{
		Code: "issuer-wrong", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Issuer not trusted", About: Caller, AtFault: Client,
		Detail: "The token issuer is not trusted.",
		Hint:   "Use a token of the issuer that the metadata document names.",
		Causes: []string{
			"OIDC_ISSUER differs from the provider's issuer by a trailing slash, the scheme, the port, or localhost and 127.0.0.1.",
			"At Microsoft Entra ID: a v1 token, whose issuer is https://sts.windows.net/...",
			"The provider has several names and writes the one that the client used.",
		},
		Operator: "The log has both issuers. They are compared character by character.",
	}
	TokenTypeWrong = &Type{
		Code: "token-type-wrong", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Not an access token", About: Caller, AtFault: Client,
		Detail: "This is not an access token.",
		Hint:   "Send the access token, not the ID token or the refresh token.",
		Causes: []string{
			"The client sends id_token instead of access_token.",
			"The provider does not write typ at+jwt, and TOKEN_PROFILE is rfc9068.",
		},
		Operator: "If this rejects every access token of the provider, and not only ID tokens, switch the provider to RFC 9068 access tokens, or set TOKEN_PROFILE=jwt.",
	}
	AudienceWrong = &Type{
		Code: "audience-wrong", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token for another audience", About: Caller, AtFault: Client, Genuine: true,
		Detail: "The token is not intended for this API.",
		Hint:   "Ask the provider for a token with this API as its resource or audience.",
		Causes: []string{
			"The client did not say which API the token is for (resource, audience, or a scope of this API).",
			"At Keycloak: aud is account, or missing, because no audience mapper is configured.",
			"The token is for another API of the same provider.",
		},
		Operator: "The log has the aud of the token and OIDC_AUDIENCE. Configure the provider to write that audience. Never accept the audience of another API, nor a client, which is the audience of ID tokens.",
	}
	TokenExpired = &Type{
		Code: "token-expired", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token expired", About: Caller, AtFault: Client, Genuine: true,
		Detail: "The access token expired.",
		Hint:   "Refresh it and retry once.",
		Causes: []string{
			"The token is older than its lifetime, which is minutes with most providers.",
			"The clock of this API is ahead of the provider's.",
		},
		Operator: "If new tokens are rejected, compare the clocks. CLOCK_SKEW is at most 60s.",
	}
	TokenNotYetValid = &Type{
		Code: "token-not-yet-valid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token not yet valid", About: Caller, AtFault: Operator, Genuine: true,
		Detail:   "The access token is not valid yet.",
		Hint:     "Check the clocks of the provider and of this API.",
		Causes:   []string{"The clock of this API is behind the provider's: nbf or iat is in the future."},
		Operator: "Synchronize the clock of this machine. CLOCK_SKEW is at most 60s.",
	}
	ClaimMissing = &Type{
		Code: "claim-missing", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Claim missing", About: Caller, AtFault: Provider, Genuine: true,
		Detail:   "A required claim is missing.",
		Hint:     "Check the provider's access token profile: RFC 9068 asks for iss, exp, aud, sub, client_id, iat and jti.",
		Causes:   []string{"The provider does not follow RFC 9068: it writes azp or cid for client_id, or no jti."},
		Operator: "The log names the claim. For a provider from before RFC 9068, set TOKEN_PROFILE=jwt.",
	}
	ClaimInvalid = &Type{
		Code: "claim-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Claim invalid", About: Caller, AtFault: Provider, Genuine: true,
		Detail: "A claim is invalid.",
		Hint:   "Check the provider's access token profile.",
		Causes: []string{
			"A mapper at the provider writes a claim with another type: a number as a string, or roles as an object.",
			"The subject is longer than 255 characters (OpenID Connect Core, section 2).",
		},
		Operator: "The log names the claim and what was expected.",
	}
	TokenInactive = &Type{
		Code: "token-inactive", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token inactive", About: Caller, AtFault: Client,
		Detail: "The provider says that the access token is not active.",
		Hint:   "Sign in again: it expired, the user signed out, an administrator ended the session, or the provider did not issue it.",
		Causes: []string{
			"The provider revoked the token: the user signed out, or an administrator ended the session.",
			"An opaque token expired, or is not one of the provider.",
			"The provider lets the API introspect only tokens that are for it.",
		},
		Operator: "The provider returned 401 for a token whose signature and claims are valid, or answered its introspection with active: false. See the provider's log.",
	}
	BindingInvalid = &Type{
		Code: "binding-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token bound to a key", About: Caller, AtFault: Provider, Genuine: true,
		Detail:   "The token is bound to another key.",
		Hint:     "Get a token without a cnf claim: this API accepts plain bearer tokens only.",
		Causes:   []string{"The provider binds tokens of this client to its key (DPoP) or certificate (mTLS)."},
		Operator: "Switch off sender constraining for clients of this API, because the API cannot check the proof.",
	}
	TokenInvalid = &Type{
		Code: "token-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token invalid", About: Caller, AtFault: Client,
		Detail:   "The access token is invalid.",
		Hint:     "Get a new token. If that is rejected as well, send the instance to the operator of the API, whose log has the cause.",
		Causes:   []string{"Any other problem with a token: this API is configured to write the cause to its log only."},
		Operator: "ERROR_DETAIL is minimal. The log has the cause, under the instance of the problem.",
	}
)
