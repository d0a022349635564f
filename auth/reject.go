package auth

import (
	"context"
	"time"

	"example.com/gatehouse/problem"
)

// Reject returns the error of credentials of another kind than tokens. What is said is a type or a variant of one, and err
// is for the log.
func Reject(said, err error) *Error {
	variant, _ := said.(*problem.Variant)
	return &Error{Type: problem.Of(said), Variant: variant, Err: err}
}

// AsGenuine marks the error of credentials that were proven, at a time: see Genuine.
func (e *Error) AsGenuine(now time.Time) *Error { return e.afterSignature(now) }

// LimitOf returns what limits the checks of credentials in a context: that of [LimitSignatures], or no limit.
func LimitOf(ctx context.Context) SignatureLimit { return signatureLimit(ctx) }

// Principal returns a caller that acts for an identity with other credentials than a token. It has no roles and no claims.
func (i Identity) Principal(scheme Credential, clientID string, scopes []string, expires time.Time) *Principal {
	kind := user
	if i.Client {
		kind = client
	}
	return &Principal{Issuer: i.Issuer, Subject: i.Subject, ClientID: clientID, Scopes: scopes, ExpiresAt: expires, scheme: scheme, caller: kind}
}
