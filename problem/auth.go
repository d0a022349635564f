package problem

import (
	"net/http"
	"time"
)

// The types that are about the caller. Details and hints are constants: nothing that a caller sent is ever
// repeated to it. What stands in a token's claims is judged only after its signature, so a reason
// about claims is told to nobody but the holder of a genuine token.
var (
	CredentialsMissing = &Type{
		Code: "credentials-missing", Status: http.StatusUnauthorized, Title: "Credentials missing", About: Caller,
		Detail: "Authentication is required.",
		Hint:   "Send the header Authorization: Bearer <access token>. A token in the query or the body is not read.",
		Causes: []string{
			"The request has no Authorization header, or an empty one.",
			"A proxy, a redirect to another host, or a CORS preflight lost the header.",
			"The token was sent as access_token in the query or the body, or in a cookie.",
		},
		Operator: "If callers swear that they send it, look for a proxy in front of the API that drops or renames Authorization.",
	}
	SchemeUnsupported = &Type{
		Code: "scheme-unsupported", Status: http.StatusUnauthorized, Title: "Authentication scheme not supported", About: Caller,
		Detail: "The authentication scheme is not supported.",
		Hint:   "Use the Bearer scheme.",
		Causes: []string{
			"The header begins with Basic, Digest, DPoP, Token or another scheme.",
			"The token was sent without a scheme before it.",
		},
		Operator: "A user name and a password are for the provider, never for this API.",
	}
	CredentialsMalformed = &Type{
		Code: "credentials-malformed", Status: http.StatusBadRequest, OAuth: "invalid_request", Title: "Credentials malformed", About: Caller,
		Detail: "The Authorization header is malformed.",
		Hint:   "Send one scheme, one space and one token, without quotes: Authorization: Bearer <access token>.",
		Causes: []string{
			"A variable was empty, so that nothing stands behind Bearer.",
			"The token was copied with quotes, a line break, or a space within.",
			"A tab or a colon stands between the scheme and the token.",
		},
		Operator: "Nothing: the client has to mend its header.",
	}
	CredentialsMultiple = &Type{
		Code: "credentials-multiple", Status: http.StatusBadRequest, OAuth: "invalid_request", Title: "Credentials sent more than once", About: Caller,
		Detail: "Credentials were sent more than once.",
		Hint:   "Send the token once, in one Authorization header, and nowhere else.",
		Causes: []string{
			"Two parts of a client each add an Authorization header.",
			"The token stands in the header and in the query or a form as well.",
		},
		Operator: "If a gateway adds an Authorization header of its own, let it replace the client's and not add to it.",
	}
	CredentialsTooLarge = &Type{
		Code: "credentials-too-large", Status: http.StatusBadRequest, OAuth: "invalid_request", Title: "Access token too large", About: Caller,
		Detail: "The access token is too large.",
		Hint:   "Ask the provider for fewer claims in the access token.",
		Causes: []string{
			"The provider writes every group or role of the user into the token.",
		},
		Operator: "Tokens over 8 KiB are refused unread. Configure the provider to leave out groups that this API does not need.",
	}
	TokenMalformed = &Type{
		Code: "token-malformed", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token malformed", About: Caller,
		Detail: "The access token is malformed.",
		Hint:   "Send the access token exactly as the provider issued it. An opaque token is not a JWT and is not accepted.",
		Causes: []string{
			"The token was cut off, or changed on the way.",
			"The provider issued an opaque token: often because no audience was asked for.",
			"Something else was sent: an authorization code, a refresh token, a cookie.",
		},
		Operator: "If all tokens of a provider are malformed, it issues opaque tokens for this client: configure it to issue JWTs for this API's audience.",
	}
	TokenEncrypted = &Type{
		Code: "token-encrypted", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token encrypted", About: Caller,
		Detail: "Encrypted access tokens are not accepted.",
		Hint:   "Configure this API at the provider for signed access tokens.",
		Causes: []string{
			"The provider encrypts the access tokens of this API (five segments instead of three).",
			"At Auth0: no audience was asked for, so that the token is for the provider itself.",
		},
		Operator: "Switch off token encryption for this API at the provider.",
	}
	AlgorithmNotAllowed = &Type{
		Code: "algorithm-not-allowed", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Algorithm not allowed", About: Caller,
		Detail: "The token algorithm is not allowed.",
		Hint:   "Have the provider sign access tokens with an asymmetric algorithm that this API accepts, RS256 for example.",
		Causes: []string{
			"The provider signs with a shared secret (HS256), which an API must not have.",
			"The key of the token is for another algorithm than its header names.",
			"Somebody tries a token whose header says that it has no signature (none).",
		},
		Operator: "Set the provider to RS256, PS256, ES256 or EdDSA for this API.",
	}
	KeyUnknown = &Type{
		Code: "key-unknown", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Signing key unknown", About: Caller,
		Detail: "The signing key is not known.",
		Hint:   "Check that the token comes from this environment's provider, and get a new one.",
		Causes: []string{
			"The token is of another environment, tenant or realm.",
			"The provider replaced its keys and withdrew the one of this token.",
			"In development: the provider was started with a new key, and the token is from before.",
		},
		Operator: "Compare the issuer of the token in the log with OIDC_ISSUER, and the kid with the provider's key set.",
	}
	SignatureInvalid = &Type{
		Code: "signature-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Signature invalid", About: Caller,
		Detail: "The token signature is invalid.",
		Hint:   "Get a new token from the provider.",
		Causes: []string{
			"The token was changed after it was signed, or put together from two.",
			"Two environments use the same key identifier for different keys.",
			"At Microsoft Entra ID: the token is for Microsoft Graph, whose tokens only Graph can verify.",
		},
		Operator: "Many of these from one address are somebody trying. A few from everywhere mean two environments that share a kid.",
	}
	TokenTypeWrong = &Type{
		Code: "token-type-wrong", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Not an access token", About: Caller,
		Detail: "This is not an access token.",
		Hint:   "Send the access token, not the ID token or the refresh token.",
		Causes: []string{
			"The client sends id_token instead of access_token.",
			"The provider does not write typ at+jwt, and TOKEN_PROFILE is rfc9068.",
		},
		Operator: "If every token of the provider is refused so, set TOKEN_PROFILE=jwt, or switch the provider to RFC 9068 access tokens.",
	}
	IssuerWrong = &Type{
		Code: "issuer-wrong", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Issuer not trusted", About: Caller,
		Detail: "The token issuer is not trusted.",
		Hint:   "Use a token of the issuer that the metadata document names.",
		Causes: []string{
			"OIDC_ISSUER and the provider differ by a trailing slash, the scheme, the port, or localhost against 127.0.0.1.",
			"At Microsoft Entra ID: a v1 token, whose issuer is https://sts.windows.net/...",
			"The provider is reached by several names and writes the one by which the client came.",
		},
		Operator: "The log has both issuers. They are compared character by character.",
	}
	AudienceWrong = &Type{
		Code: "audience-wrong", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token for another audience", About: Caller,
		Detail: "The token is not intended for this API.",
		Hint:   "Ask the provider for a token with this API as its resource or audience.",
		Causes: []string{
			"The client did not say which API the token is for (resource, audience, or a scope of this API).",
			"At Keycloak: aud is account, or missing, because no audience mapper is configured.",
			"The token is for another API of the same provider.",
		},
		Operator: "The log has the aud of the token and OIDC_AUDIENCE. Configure the provider to write it; accept no audience that is not yours.",
	}
	TokenExpired = &Type{
		Code: "token-expired", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token expired", About: Caller,
		Detail: "The access token expired.",
		Hint:   "Refresh it and retry once.",
		Causes: []string{
			"The token is older than its lifetime, which is minutes with most providers.",
			"The clock of this API is ahead of the provider's.",
		},
		Operator: "If fresh tokens are refused so, compare the clocks. CLOCK_SKEW forgives at most 60s.",
	}
	TokenNotYetValid = &Type{
		Code: "token-not-yet-valid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token not yet valid", About: Caller,
		Detail: "The access token is not valid yet.",
		Hint:   "Check the clocks of the provider and of this API.",
		Causes: []string{
			"The clock of this API is behind the provider's: nbf or iat lie in the future.",
		},
		Operator: "Synchronise the clock of this machine. CLOCK_SKEW forgives at most 60s.",
	}
	ClaimMissing = &Type{
		Code: "claim-missing", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Claim missing", About: Caller,
		Detail: "A required claim is missing.",
		Hint:   "Check the provider's access token profile: RFC 9068 asks for iss, exp, aud, sub, client_id, iat and jti.",
		Causes: []string{
			"The provider does not follow RFC 9068: it writes azp or cid for client_id, or no jti.",
		},
		Operator: "The log names the claim. For a provider from before RFC 9068, set TOKEN_PROFILE=jwt.",
	}
	ClaimInvalid = &Type{
		Code: "claim-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Claim invalid", About: Caller,
		Detail: "A claim is invalid.",
		Hint:   "Check the provider's access token profile.",
		Causes: []string{
			"A mapper at the provider writes a claim with another type: a number as a string, or roles as an object.",
		},
		Operator: "The log names the claim and what was expected.",
	}
	TokenInactive = &Type{
		Code: "token-inactive", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token inactive", About: Caller,
		Detail: "The access token is not active.",
		Hint:   "Sign in again.",
		Causes: []string{
			"The provider does not honour the token any more: the user signed out, or an administrator ended the session.",
		},
		Operator: "The provider answered 401 to a token that is valid by itself. Its log says why.",
	}
	BindingInvalid = &Type{
		Code: "binding-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token bound to a key", About: Caller,
		Detail: "The token is bound to another key.",
		Hint:   "Get a token without a cnf claim: this API accepts plain bearer tokens only.",
		Causes: []string{
			"The provider binds tokens of this client to its key (DPoP) or certificate (mTLS).",
		},
		Operator: "Switch off sender constraining for clients of this API, which cannot check the proof.",
	}
	TokenInvalid = &Type{
		Code: "token-invalid", Status: http.StatusUnauthorized, OAuth: "invalid_token", Title: "Token invalid", About: Caller,
		Detail: "The access token is invalid.",
		Hint:   "Get a new token.",
		Causes: []string{
			"Any of the other reasons against a token: this API is set to tell them to its log only.",
		},
		Operator: "ERROR_DETAIL is minimal. The log has the reason, under the instance of the problem.",
	}
	ScopeInsufficient = &Type{
		Code: "scope-insufficient", Status: http.StatusForbidden, OAuth: "insufficient_scope", Title: "Scope insufficient", About: Caller,
		Detail: "The token lacks a required scope.",
		Hint:   "Ask for a token with every scope of required_scopes.",
		Causes: []string{
			"The client did not ask for the scope, or the user did not grant it.",
			"The provider does not let this client have the scope.",
		},
		Operator: "The log has the scopes asked for and held. Register the scope at the provider for this client.",
	}
	AccessDenied = &Type{
		Code: "access-denied", Status: http.StatusForbidden, Title: "Access denied", About: Caller,
		Detail: "Access is denied.",
		Hint:   "Ask an administrator for the role that this operation needs.",
		Causes: []string{
			"The caller does not hold the role.",
			"The provider does not write roles into access tokens.",
		},
		Operator: "The log has the roles asked for and held. They are read from the claim roles.",
	}
	StepUpRequired = &Type{
		Code: "step-up-required", Status: http.StatusUnauthorized, OAuth: "insufficient_user_authentication", Title: "Step-up required", About: Caller,
		Detail: "A stronger or fresher sign-in is required.",
		Hint:   "Send a new authorization request with the acr_values or max_age of the challenge.",
		Causes: []string{
			"The user signed in too long ago for this operation, or by too weak a method.",
		},
		Operator: "The provider has to write acr and auth_time into access tokens.",
	}
	TooManyFailures = &Type{
		Code: "too-many-failures", Status: http.StatusTooManyRequests, Title: "Too many failures", About: Caller,
		Detail: "Too many failed attempts.",
		Hint:   "Wait Retry-After seconds, and mend what failed before.",
		Causes: []string{
			"A client repeats a refused request without changing it.",
			"Many clients share one address, and one of them does so.",
		},
		Operator: "Valid tokens are not held up. If all callers seem to have one address, name your proxies in TRUSTED_PROXIES.",
	}
	AuthUnavailable = &Type{
		Code: "auth-unavailable", Status: http.StatusServiceUnavailable, Title: "Authentication unavailable", About: Caller, RetryAfter: 5 * time.Second,
		Detail: "Authentication is temporarily unavailable.",
		Hint:   "Retry after Retry-After seconds. The token was not judged.",
		Causes: []string{
			"The provider does not answer, and its keys were never fetched or are too old.",
		},
		Operator: "See /readyz and the log for what the provider answered. OIDC_ISSUER must be the issuer exactly as the provider writes it.",
	}
)
