package auth

import "net/http"

// A Reason is why a request was refused: one entry of the registry that bodies, challenges, problem
// pages and the OpenAPI document are made from. Codes are part of the API: adding one is a minor
// version, changing one a major.
//
// A Reason is an error, so that a handler can return it as it is or wrapped with %w, and a caller
// can ask errors.Is(err, auth.TokenExpired).
type Reason struct {
	Code   string // stable and machine-readable, the last element of the problem's type
	Status int    // HTTP status
	OAuth  string // error code of RFC 6750, section 3.1; empty where none applies
	Title  string // constant for the code (RFC 9457, section 3.1.3)
	Detail string // what is wrong; also the challenge's error_description
	Hint   string // how to mend it
}

// Error returns the reason's detail.
func (r *Reason) Error() string { return r.Detail }

// The reasons of this package. Details and hints are constants: nothing that a caller sent is ever
// repeated to it. What stands in a token's claims is judged only after its signature, so a reason
// about claims is told to nobody but the holder of a genuine token.
var (
	CredentialsMissing = &Reason{
		"credentials-missing", http.StatusUnauthorized, "", "Credentials missing",
		"Authentication is required.",
		"Send the header Authorization: Bearer <access token>. A token in the query or the body is not read.",
	}
	SchemeUnsupported = &Reason{
		"scheme-unsupported", http.StatusUnauthorized, "", "Authentication scheme not supported",
		"The authentication scheme is not supported.",
		"Use the Bearer scheme.",
	}
	CredentialsMalformed = &Reason{
		"credentials-malformed", http.StatusBadRequest, "invalid_request", "Credentials malformed",
		"The Authorization header is malformed.",
		"Send one scheme, one space and one token, without quotes: Authorization: Bearer <access token>.",
	}
	CredentialsMultiple = &Reason{
		"credentials-multiple", http.StatusBadRequest, "invalid_request", "Credentials sent more than once",
		"Credentials were sent more than once.",
		"Send the token once, in one Authorization header, and nowhere else.",
	}
	CredentialsTooLarge = &Reason{
		"credentials-too-large", http.StatusBadRequest, "invalid_request", "Access token too large",
		"The access token is too large.",
		"Ask the provider for fewer claims in the access token.",
	}
	TokenMalformed = &Reason{
		"token-malformed", http.StatusUnauthorized, "invalid_token", "Token malformed",
		"The access token is malformed.",
		"Send the access token exactly as the provider issued it. An opaque token is not a JWT and is not accepted.",
	}
	TokenEncrypted = &Reason{
		"token-encrypted", http.StatusUnauthorized, "invalid_token", "Token encrypted",
		"Encrypted access tokens are not accepted.",
		"Configure this API at the provider for signed access tokens.",
	}
	AlgorithmNotAllowed = &Reason{
		"algorithm-not-allowed", http.StatusUnauthorized, "invalid_token", "Algorithm not allowed",
		"The token algorithm is not allowed.",
		"Have the provider sign access tokens with an asymmetric algorithm that this API accepts, RS256 for example.",
	}
	KeyUnknown = &Reason{
		"key-unknown", http.StatusUnauthorized, "invalid_token", "Signing key unknown",
		"The signing key is not known.",
		"Check that the token comes from this environment's provider, and get a new one.",
	}
	SignatureInvalid = &Reason{
		"signature-invalid", http.StatusUnauthorized, "invalid_token", "Signature invalid",
		"The token signature is invalid.",
		"Get a new token from the provider.",
	}
	TokenTypeWrong = &Reason{
		"token-type-wrong", http.StatusUnauthorized, "invalid_token", "Not an access token",
		"This is not an access token.",
		"Send the access token, not the ID token or the refresh token.",
	}
	IssuerWrong = &Reason{
		"issuer-wrong", http.StatusUnauthorized, "invalid_token", "Issuer not trusted",
		"The token issuer is not trusted.",
		"Use a token of the issuer that the metadata document names.",
	}
	AudienceWrong = &Reason{
		"audience-wrong", http.StatusUnauthorized, "invalid_token", "Token for another audience",
		"The token is not intended for this API.",
		"Ask the provider for a token with this API as its resource or audience.",
	}
	TokenExpired = &Reason{
		"token-expired", http.StatusUnauthorized, "invalid_token", "Token expired",
		"The access token expired.",
		"Refresh it and retry once.",
	}
	TokenNotYetValid = &Reason{
		"token-not-yet-valid", http.StatusUnauthorized, "invalid_token", "Token not yet valid",
		"The access token is not valid yet.",
		"Check the clocks of the provider and of this API.",
	}
	ClaimMissing = &Reason{
		"claim-missing", http.StatusUnauthorized, "invalid_token", "Claim missing",
		"A required claim is missing.",
		"Check the provider's access token profile: RFC 9068 asks for iss, exp, aud, sub, client_id, iat and jti.",
	}
	ClaimInvalid = &Reason{
		"claim-invalid", http.StatusUnauthorized, "invalid_token", "Claim invalid",
		"A claim is invalid.",
		"Check the provider's access token profile.",
	}
	BindingInvalid = &Reason{
		"binding-invalid", http.StatusUnauthorized, "invalid_token", "Token bound to a key",
		"The token is bound to another key.",
		"Get a token without a cnf claim: this API accepts plain bearer tokens only.",
	}
	TokenInactive = &Reason{
		"token-inactive", http.StatusUnauthorized, "invalid_token", "Token inactive",
		"The access token is not active.",
		"Sign in again.",
	}
	TokenInvalid = &Reason{
		"token-invalid", http.StatusUnauthorized, "invalid_token", "Token invalid",
		"The access token is invalid.",
		"Get a new token.",
	}
	StepUpRequired = &Reason{
		"step-up-required", http.StatusUnauthorized, "insufficient_user_authentication", "Step-up required",
		"A stronger or fresher sign-in is required.",
		"Send a new authorization request with the acr_values or max_age of the challenge.",
	}
	ScopeInsufficient = &Reason{
		"scope-insufficient", http.StatusForbidden, "insufficient_scope", "Scope insufficient",
		"The token lacks a required scope.",
		"Ask for a token with every scope of required_scopes.",
	}
	AccessDenied = &Reason{
		"access-denied", http.StatusForbidden, "", "Access denied",
		"Access is denied.",
		"Ask an administrator for the role that this operation needs.",
	}
	AuthUnavailable = &Reason{
		"auth-unavailable", http.StatusServiceUnavailable, "", "Authentication unavailable",
		"Authentication is temporarily unavailable.",
		"Retry after Retry-After seconds. The token was not judged.",
	}
)

// Reasons returns the registry of this package, in the order in which a request is judged.
func Reasons() []*Reason {
	return []*Reason{
		CredentialsMissing, SchemeUnsupported, CredentialsMalformed, CredentialsMultiple, CredentialsTooLarge,
		TokenMalformed, TokenEncrypted, AlgorithmNotAllowed, KeyUnknown, SignatureInvalid,
		IssuerWrong, TokenTypeWrong, AudienceWrong, TokenExpired, TokenNotYetValid,
		ClaimMissing, ClaimInvalid, TokenInactive, BindingInvalid, TokenInvalid,
		ScopeInsufficient, AccessDenied, StepUpRequired, AuthUnavailable,
	}
}
