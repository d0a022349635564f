package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"example.com/gatehouse/problem"
)

// A Revocation is what is stored of tokens that were revoked. Its owner is who revoked them.
type Revocation struct {
	Key
	Kind   string    `db:"kind"`
	Issuer string    `db:"token_issuer"`
	Value  string    `db:"value"`
	Before time.Time `db:"revoked_before"`
	Until  time.Time `db:"expires_at"` // when it is not needed any more
	Times
}

// LogoutToken is the kind of a logout token that was used, and its value the identifier. There is one of each.
const LogoutToken = "logout"

// Revocations are the tokens that were revoked, as all instances read them. Each is stored until it is not needed.
type Revocations struct {
	*Table[Revocation, *Revocation]
}

// NewRevocations returns the revocations in a database.
func NewRevocations(db *DB) *Revocations {
	return &Revocations{NewTable[Revocation](db, "revocations")}
}

// revokedSubject is the kind of revocations of all tokens of a subject.
const revokedSubject = "sub"

// Add stores revocations together, and deletes those that have expired. Nothing is stored, and fresh is false, if their
// first is a logout token that was used before. Without a logout token, the API keys of subjects are revoked as well: a user
// who signs out keeps them.
func (r *Revocations) Add(ctx context.Context, by Owner, all ...Revocation) (fresh bool, err error) {
	for i := range all {
		if size := len(all[i].Issuer) + len(all[i].Value); size > maxOwner {
			return false, &problem.InputError{Type: problem.ValidationFailed, Errors: []problem.FieldError{{
				Message: fmt.Sprintf("has %d bytes with the issuer, and must have at most %d", size, maxOwner),
			}}}
		}
		if _, err := r.prepare(by, &all[i]); err != nil {
			return false, err
		}
	}
	err = r.db.transact(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM revocations WHERE expires_at <= $1`, r.now().UTC()); err != nil {
			return err
		}
		if fresh, err = r.insert(ctx, tx, all); err != nil || all[0].Kind == LogoutToken {
			return err
		}
		return r.revokeKeys(ctx, tx, all)
	}, r.creates)
	return fresh && err == nil, err
}

// insert stores revocations up to a logout token that was used before: that is the first of them, if there is one. The
// unique index decides, so that of two instances with the same token one stores it.
func (r *Revocations) insert(ctx context.Context, tx *sql.Tx, all []Revocation) (fresh bool, err error) {
	for i := range all {
		if all[i].ID, err = r.nextID(ctx, tx); err != nil {
			return false, err
		}
		stored, err := tx.ExecContext(ctx, r.sql.insert+" ON CONFLICT DO NOTHING", r.all.bind(&all[i])...)
		if err != nil {
			return false, err
		}
		if count, err := stored.RowsAffected(); err != nil || count == 0 {
			return false, err
		}
	}
	return true, nil
}

// revokeKeys revokes the API keys of subjects, if the database has any.
func (r *Revocations) revokeKeys(ctx context.Context, tx *sql.Tx, all []Revocation) error {
	var keys, revocations bool
	if err := tx.QueryRowContext(ctx, r.db.backend.hasTables, "api_keys", "revocations").Scan(&keys, &revocations); err != nil || !keys {
		return err
	}
	for i := range all {
		if all[i].Kind != revokedSubject {
			continue
		}
		_, err := tx.ExecContext(ctx, `UPDATE api_keys SET revoked_at = $1, updated_at = $1, version = version + 1
			WHERE issuer = $2 AND subject = $3 AND created_at <= $4 AND revoked_at IS NULL`, all[i].CreatedAt, all[i].Issuer, all[i].Value, all[i].Before)
		if err != nil {
			return err
		}
	}
	return nil
}
