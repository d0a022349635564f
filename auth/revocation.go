package auth

import (
	"slices"
	"time"

	"example.com/gatehouse/problem"
)

// A Revocation ends tokens of an issuer before they expire.
type Revocation struct {
	Kind   RevocationKind
	Issuer string
	Value  string    // jti, sub or sid
	Before time.Time // tokens of a subject that were issued later are not revoked
	Until  time.Time // when the last of the tokens has expired
}

// A RevocationKind says which tokens a [Revocation] ends.
type RevocationKind string

// The kinds of revocations.
const (
	RevokeID      RevocationKind = "jti" // the token with that identifier
	RevokeSubject RevocationKind = "sub" // tokens of the subject, up to an instant; also those that do not say when they were issued
	RevokeSession RevocationKind = "sid" // tokens of the session

	// RevokeSessionless is RevokeSubject for tokens without sid: they may be of a session of the subject that ended.
	RevokeSessionless RevocationKind = "sub without sid"
)

var revocationKinds = []RevocationKind{RevokeID, RevokeSubject, RevokeSession, RevokeSessionless}

// known reports whether there is such a kind.
func (k RevocationKind) known() bool { return slices.Contains(revocationKinds, k) }

// covers reports whether a revocation of a token's subject is one of the token. A token that does not say when it was
// issued has the zero time, which is before every revocation.
func (r Revocation) covers(issuedAt time.Time) bool { return !issuedAt.After(r.Before) }

// describe says for the log what was revoked.
func (r Revocation) describe() string {
	what := "revoked by " + string(r.Kind)
	if r.Kind == RevokeSubject || r.Kind == RevokeSessionless {
		what += ", if issued until " + stamp(r.Before)
	}
	return what
}

// variant returns what the caller of a revoked token learns.
func (r Revocation) variant() *problem.Variant {
	switch r.Kind {
	case RevokeID:
		return problem.TokenRevoked
	case RevokeSubject:
		return problem.SubjectRevoked
	}
	return problem.SessionEnded
}
