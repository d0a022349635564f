package apikey

import (
	"context"
	"fmt"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

// A Record is what is stored of a key.
type Record struct {
	ID            string
	Owner         auth.Identity
	Scopes        []string
	Hash          Hash
	PreviousHash  Hash      // of the secret before the last rotation; empty for none
	PreviousUntil time.Time // when that ends to work
	ExpiresAt     time.Time
	RevokedAt     time.Time // zero for a key that was not revoked
	LastUsedAt    time.Time // zero for never
}

// A Store has the keys.
type Store interface {
	// Hashes returns the hashes of a key's secrets, both empty for an unknown id. It takes the same time either way.
	Hashes(ctx context.Context, id string) (current, previous Hash, err error)
	// Find returns a key, or problem.NotFound.
	Find(ctx context.Context, id string) (Record, error)
	// Touch stores when a key was used, unless a use within the minute before is stored.
	Touch(ctx context.Context, id string, now time.Time) error
}

// match reports whether a secret with a hash works, and until when, if that is not as long as the key does.
func (r *Record) match(sent Hash, now time.Time) (until time.Time, matched bool) {
	switch {
	case sent.equals(r.Hash):
		return r.ExpiresAt, true
	case sent.equals(r.PreviousHash):
		return r.PreviousUntil, now.Before(r.PreviousUntil)
	}
	return time.Time{}, false
}

// check returns why a key whose secret matched is rejected.
func (r *Record) check(now time.Time, trusts func(issuer string) bool) error {
	genuine := func(said error, what string, at time.Time) error {
		return auth.Reject(said, fmt.Errorf("key %s: %s at %s", r.ID, what, at.UTC().Format(time.RFC3339))).AsGenuine(now)
	}
	switch {
	case !r.RevokedAt.IsZero():
		return genuine(problem.APIKeyRevoked, "revoked", r.RevokedAt)
	case !now.Before(r.ExpiresAt):
		return genuine(problem.APIKeyExpired, "expired", r.ExpiresAt)
	case !trusts(r.Owner.Issuer):
		return auth.Reject(ofOtherIssuer, fmt.Errorf("key %s: its owner is one of the issuer %q, which is not configured", r.ID, r.Owner.Issuer)).AsGenuine(now)
	}
	return nil
}
