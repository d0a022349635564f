package problem

import (
	"errors"
	"slices"
	"time"
)

// A Type is one kind of problem. Codes are part of the API: adding one is a minor version, changing one
// a major.
//
// A Type is an error, so that a handler can return it as it is or wrapped with %w, and a caller can ask
// errors.Is(err, problem.TokenExpired). Types are compared by address: use the declared ones.
type Type struct {
	Code   string `json:"code" example:"token-expired"`               // stable name, the last element of the problem's type
	Status int    `json:"status" example:"401"`                       // HTTP status
	OAuth  string `json:"error,omitempty" example:"invalid_token"`    // error code of the challenge (RFC 6750, section 3.1)
	Title  string `json:"title" example:"Token expired"`              // constant for the code (RFC 9457, section 3.1.3)
	Detail string `json:"detail" example:"The access token expired."` // what is wrong; also the challenge's error_description
	Hint   string `json:"hint" example:"Refresh it and retry once."`  // how to fix it

	AtFault Party `json:"at_fault" swaggertype:"string" enums:"client,provider,operator,server" example:"client"` // who can fix it, in most cases

	Causes   []string `json:"causes,omitempty"`   // the usual ones
	Operator string   `json:"operator,omitempty"` // what the operator of the API should look for

	Genuine    bool          `json:"-"` // only the holder of a genuine token gets it, and its variants
	About      About         `json:"-"` // which part of a request it is about
	Particular bool          `json:"-"` // about credentials beside tokens: only routes of an API that has them name it
	RetryAfter time.Duration `json:"-"` // when to retry, for a temporary problem; zero for the others
	variants   []*Variant
}

// About says which part of a request a problem is about. The OpenAPI document lists a problem only for
// operations that have that part.
type About uint8

// The parts of a request.
const (
	Request  About = iota // the request as a whole, or the state of what it names
	Caller                // the credentials, and what they allow
	Content               // the body
	Query                 // the parameters of the query
	Deletion              // the method DELETE
)

// Error returns the code, for the log.
func (t *Type) Error() string { return t.Code }

// Of returns the type of an error, or [Internal] for an error without one.
func Of(err error) *Type {
	if t, ok := errors.AsType[*Type](err); ok {
		return t
	}
	return Internal
}

// Types returns the registry: the types of [Auth], and then those of the API.
func Types() []*Type {
	return append(Auth(),
		NotFound, MethodNotAllowed, BodyMalformed, MemberUnknown, MemberTypeWrong, ParameterInvalid,
		LimitReached, InUse, RateLimited, PreconditionFailed, RequestTimeout, BodyTooLarge, MediaTypeUnsupported, ValidationFailed,
		PreconditionRequired, Internal, MethodNotImplemented, DatabaseUnavailable)
}

// Auth returns the types about the caller, in the order in which a request is checked.
func Auth() []*Type { return slices.Clone(auth) }

var auth = []*Type{
	CredentialsMissing, SchemeUnsupported, CredentialsMalformed, CredentialsMultiple, CredentialsTooLarge,
	TokenMalformed, TokenEncrypted, AlgorithmNotAllowed, KeyUnknown, SignatureInvalid,
	IssuerWrong, TokenTypeWrong, AudienceWrong, TokenExpired, TokenNotYetValid,
	ClaimMissing, ClaimInvalid, TokenInactive, BindingInvalid, TokenInvalid,
	CredentialsNotAccepted,
	APIKeyInvalid, APIKeyExpired, APIKeyRevoked, CredentialsIncorrect,
	ScopeInsufficient, AccessDenied, StepUpRequired, TooManyFailures, AuthUnavailable,
}
