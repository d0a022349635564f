package auth

import "slices"

// A Reason is why a request was refused: one entry of the registry that bodies, challenges, problem
// pages, metrics and the OpenAPI document are made from. Codes are part of the API: adding one is a
// minor version, changing one a major.
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

	Causes   []string // the usual ones
	Operator string   // what whoever runs the API should look for
}

// Error returns the reason's detail.
func (r *Reason) Error() string { return r.Detail }

// Reasons returns the registry of this package, in the order in which a request is judged.
func Reasons() []*Reason { return slices.Clone(registry) }

var registry = []*Reason{
	CredentialsMissing, SchemeUnsupported, CredentialsMalformed, CredentialsMultiple, CredentialsTooLarge,
	TokenMalformed, TokenEncrypted, AlgorithmNotAllowed, KeyUnknown, SignatureInvalid,
	IssuerWrong, TokenTypeWrong, AudienceWrong, TokenExpired, TokenNotYetValid,
	ClaimMissing, ClaimInvalid, TokenInactive, BindingInvalid, TokenInvalid,
	ScopeInsufficient, AccessDenied, StepUpRequired, TooManyFailures, AuthUnavailable,
}
