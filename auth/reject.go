package auth

import (
	"context"
	"time"

	"example.com/gatehouse/problem"
)

// Reject returns the error of credentials of another kind than tokens. The hint, if it is not empty, takes the place of the
// type's, and err is for the log.
func Reject(t *problem.Type, hint string, err error) *Error {
	return &Error{Type: t, Hint: hint, Err: err}
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
