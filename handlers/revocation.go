package handlers

import (
	"context"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/store"
)

// A RevocationStore stores revocations: see [store.Revocations].
type RevocationStore interface {
	Add(ctx context.Context, by store.Owner, all ...store.Revocation) (fresh bool, err error)
	ListAll(ctx context.Context, after store.Cursor, limit int, where ...store.Condition) ([]store.Revocation, store.Cursor, error)
}

// A revoker stores revocations for every instance, and adds them to the list of this one.
type revoker struct {
	store RevocationStore
	list  *auth.RevocationList
}

// newRevoker returns the revoker for the revocations in the database. A test has a database that stores them itself.
func newRevoker(parts Parts) *revoker {
	r := &revoker{}
	switch db := parts.DB.(type) {
	case RevocationStore:
		r.store = db
	case *store.DB:
		r.store = store.NewRevocations(db)
	default:
		return r // of an API that does not serve
	}
	r.list = parts.Verifier.FollowRevocations(r)
	return r
}

// logOut stores what a logout token revokes. It returns false if the token was used before.
func (r *revoker) logOut(ctx context.Context, logout *auth.Logout, now time.Time) (fresh bool, err error) {
	rows := []store.Revocation{{Kind: store.LogoutToken, Issuer: logout.Issuer, Value: logout.ID, Before: logout.IssuedAt, Until: logout.Until}}
	revocations := logout.Revocations(now, r.list.Life())
	for _, one := range revocations {
		rows = append(rows, revocationRow(one))
	}
	by := store.Owner{Issuer: logout.Issuer, Subject: logout.Client, Client: true}
	if fresh, err = r.store.Add(ctx, by, rows...); fresh && err == nil {
		r.list.Add(revocations...)
	}
	return fresh, err
}

// revocationRow returns what is stored of a revocation.
func revocationRow(r auth.Revocation) store.Revocation {
	return store.Revocation{Kind: string(r.Kind), Issuer: r.Issuer, Value: r.Value, Before: r.Before, Until: r.Until}
}

// revocationPage is how many revocations are read at once.
const revocationPage = 1_000

// Revocations implements [auth.RevocationSource].
func (r *revoker) Revocations(ctx context.Context, after string) (found []auth.Revocation, last string, err error) {
	for last = after; ; {
		rows, next, err := r.store.ListAll(ctx, store.Cursor(last), revocationPage)
		if err != nil {
			return found, last, err
		}
		for _, row := range rows {
			found = append(found, auth.Revocation{
				Kind: auth.RevocationKind(row.Kind), Issuer: row.Issuer, Value: row.Value, Before: row.Before, Until: row.Until,
			})
			last = row.ID
		}
		if next == "" {
			return found, last, nil
		}
	}
}
