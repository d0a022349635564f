package store

import (
	"context"
	"database/sql"
	"time"
)

// An APIKey is what is stored of an API key. It has hashes of secrets and no secret, and what callers see of it has
// neither.
type APIKey struct {
	Key
	Name          string     `db:"name" json:"-"`
	Scopes        []string   `db:"scopes" json:"-"`
	Hash          string     `db:"hash" json:"-"`
	PreviousHash  *string    `db:"previous_hash" json:"-"`
	PreviousUntil *time.Time `db:"previous_until" json:"-"`
	ExpiresAt     time.Time  `db:"expires_at" json:"-"`
	RevokedAt     *time.Time `db:"revoked_at" json:"-"`
	LastUsedAt    *time.Time `db:"last_used_at" json:"-"`
	Times
}

const (
	touchInterval = time.Minute         // between two times of use that are stored of a key
	expiredFor    = 30 * 24 * time.Hour // how long an expired key is stored, so that its caller learns why it is rejected
)

// APIKeys are the API keys of all owners. Each of their changes is one statement, so that concurrent ones do not undo
// each other.
type APIKeys struct{ *Table[APIKey, *APIKey] }

// NewAPIKeys returns the API keys in a database. Revoked ones are listed until they would have expired.
func NewAPIKeys(db *DB) *APIKeys {
	t := NewTable[APIKey](db, "api_keys")
	const listed = " AND (revoked_at IS NULL OR expires_at > CURRENT_TIMESTAMP)"
	t.sql.list += listed
	t.sql.listAll += listed
	return &APIKeys{t}
}

// Create is [Table.Create]. It also deletes keys that are not listed any more, and those that expired long ago.
func (k *APIKeys) Create(ctx context.Context, owner Owner, row APIKey) (APIKey, error) {
	now := k.now().UTC()
	if err := k.execute(ctx, `DELETE FROM api_keys WHERE expires_at <= $1 AND (revoked_at IS NOT NULL OR expires_at <= $2)`, now, now.Add(-expiredFor)); err != nil {
		return row, err
	}
	return k.Table.Create(ctx, owner, row)
}

// Hashes returns the hashes of a key's secrets, which are empty for an unknown identifier. The query has one row either
// way, so that it takes the same time.
func (k *APIKeys) Hashes(ctx context.Context, id string) (hash, previous string, err error) {
	if id, err = canonicalID(id); err != nil {
		return "", "", nil
	}
	err = k.db.run(ctx, func(ctx context.Context) error {
		row := k.db.read.QueryRowContext(ctx, `SELECT coalesce(max(hash), ''), coalesce(max(previous_hash), '') FROM api_keys WHERE id = $1`, id)
		return row.Scan(&hash, &previous)
	}, k.db.read.queue)
	return hash, previous, err
}

// Revoke revokes a key that has the version. One that is revoked stays as it is.
func (k *APIKeys) Revoke(ctx context.Context, id string, version Version) error {
	return k.change(ctx, id, version, `UPDATE api_keys SET revoked_at = $2, updated_at = $2, version = version + 1
		WHERE id = $1 AND revoked_at IS NULL`, k.now().UTC())
}

// RevokeOwned revokes all keys of a subject, of one issuer or, if that is empty, of every one.
func (k *APIKeys) RevokeOwned(ctx context.Context, issuer, subject string) error {
	return k.execute(ctx, `UPDATE api_keys SET revoked_at = $1, updated_at = $1, version = version + 1
		WHERE subject = $2 AND (issuer = $3 OR $3 = '') AND revoked_at IS NULL`, k.now().UTC(), subject, issuer)
}

// Rotate gives a key that has the version another secret, and returns the key. The secret before works until an
// instant, and one before that no longer. A revoked key stays as it is.
func (k *APIKeys) Rotate(ctx context.Context, id string, version Version, hash string, until time.Time) (APIKey, error) {
	err := k.change(ctx, id, version, `UPDATE api_keys SET previous_hash = hash, previous_until = $3, hash = $4,
		updated_at = $2, version = version + 1 WHERE id = $1 AND revoked_at IS NULL`, k.now().UTC(), until.UTC(), hash)
	if err != nil {
		return APIKey{}, err
	}
	return k.Find(ctx, id)
}

// Touch stores when a key was used, unless a use within the minute before is stored. It is no change of the key: its
// version stays.
func (k *APIKeys) Touch(ctx context.Context, id string, now time.Time) error {
	now = now.UTC().Truncate(time.Microsecond)
	return k.execute(ctx, `UPDATE api_keys SET last_used_at = $2
		WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)`, id, now, now.Add(-touchInterval))
}

// change executes a statement on a key that has the version. Its arguments are the identifier and more.
func (k *APIKeys) change(ctx context.Context, id string, version Version, statement string, more ...any) error {
	id, err := canonicalID(id)
	if err != nil {
		return err
	}
	return k.db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := k.match(ctx, tx, id, version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement, append([]any{id}, more...)...)
		return err
	})
}

// execute executes one statement.
func (k *APIKeys) execute(ctx context.Context, statement string, args ...any) error {
	return k.db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}
