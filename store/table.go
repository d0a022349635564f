package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"example.com/gatehouse/problem"
	"github.com/google/uuid"
)

// DefaultLimit is how many rows of one table an owner may have, unless the table says otherwise.
const DefaultLimit = 1_000

// A Table stores rows of one type. Lists are ordered by identifier. It is safe for concurrent use.
type Table[R any, P row[R]] struct {
	Limit int // how many rows one owner may have; set before use

	db      *DB
	name    string
	columns columns
	now     func() time.Time
}

func newTable[R any, P row[R]](db *DB, name string) *Table[R, P] {
	return &Table[R, P]{Limit: DefaultLimit, db: db, name: name, columns: columnsOf[R](), now: time.Now}
}

// List returns the rows of an owner that follow a cursor, at most limit of them, and the cursor for the
// next page, which is empty on the last.
func (t *Table[R, P]) List(ctx context.Context, owner Owner, after Cursor, limit int) ([]R, Cursor, error) {
	rows, err := t.query(ctx, `WHERE issuer = $1 AND subject = $2 AND client = $3 AND id > $4 ORDER BY id LIMIT $5`,
		owner.Issuer, owner.Subject, owner.Client, after.id(), limit+1)
	return page[R, P](rows, limit, err)
}

// ListAll is List for the rows of all owners.
func (t *Table[R, P]) ListAll(ctx context.Context, after Cursor, limit int) ([]R, Cursor, error) {
	rows, err := t.query(ctx, `WHERE id > $1 ORDER BY id LIMIT $2`, after.id(), limit+1)
	return page[R, P](rows, limit, err)
}

// page shortens rows that may be one more than a page, and returns where the next page begins.
func page[R any, P row[R]](rows []R, limit int, err error) ([]R, Cursor, error) {
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	return rows[:limit], Cursor(P(&rows[limit-1]).key().ID), nil
}

// Get returns a row of an owner. Another owner's is NotFound (OWASP API1:2023).
func (t *Table[R, P]) Get(ctx context.Context, owner Owner, id string) (R, error) {
	var none R
	if !canonical(id) {
		return none, problem.NotFound
	}
	rows, err := t.query(ctx, `WHERE id = $1`, id)
	if err == nil && (len(rows) == 0 || P(&rows[0]).key().Owner != owner) {
		err = problem.NotFound
	}
	if err != nil {
		return none, err
	}
	return rows[0], nil
}

// Create stores a new row for an owner, and returns it with its identifier, version and times. The error
// is LimitReached when the owner has as many as one may have.
//
// Creates wait for each other until they are committed: so the limit holds, and identifiers appear in
// their order.
func (t *Table[R, P]) Create(ctx context.Context, owner Owner, r R) (R, error) {
	key, times := P(&r).key(), P(&r).times()
	key.Owner, key.Version = owner, 1
	times.CreatedAt = t.now().UTC().Truncate(time.Microsecond)
	times.UpdatedAt = times.CreatedAt
	err := t.db.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if key.ID, err = t.nextID(ctx, tx); err != nil {
			return err
		}
		if err := t.checkLimit(ctx, tx, owner); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO `+t.name+` (`+t.columns.names()+`) VALUES (`+t.columns.placeholders()+`)`,
			t.columns.values(&r)...)
		return err
	})
	return r, err
}

// nextID takes the next identifier of the table, and holds the lock on it until the transaction ends.
func (t *Table[R, P]) nextID(ctx context.Context, tx *sql.Tx) (string, error) {
	var last string
	row := tx.QueryRowContext(ctx, `SELECT id FROM last_ids WHERE name = $1`+t.db.kind.lock, t.name)
	if err := row.Scan(&last); err != nil {
		return "", err
	}
	id, err := NextID(last)
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `UPDATE last_ids SET id = $1 WHERE name = $2`, id, t.name)
	return id, err
}

// checkLimit reports whether the owner may have one more row. It runs after the row lock is taken, so the
// count includes concurrent commits. Only the owner's rows are counted; a global count would get slower as
// the table grows.
func (t *Table[R, P]) checkLimit(ctx context.Context, tx *sql.Tx, owner Owner) error {
	var count int
	row := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name+` WHERE issuer = $1 AND subject = $2 AND client = $3`,
		owner.Issuer, owner.Subject, owner.Client)
	if err := row.Scan(&count); err != nil {
		return err
	}
	if count >= t.Limit {
		return problem.LimitReached
	}
	return nil
}

// Update changes what callers say of a row, and returns it with its next version. The row has the version
// that the change is for; PreconditionFailed says that it is another by now, so that no change is lost
// unseen.
func (t *Table[R, P]) Update(ctx context.Context, r R) (R, error) {
	key, times := P(&r).key(), P(&r).times()
	err := t.db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		current, err := t.match(ctx, tx, key.ID, key.Version)
		if err != nil {
			return err
		}
		key.Version, times.UpdatedAt = current+1, t.now().UTC().Truncate(time.Microsecond)
		set := t.columns.without("id", "created_at", "issuer", "subject", "client")
		_, err = tx.ExecContext(ctx, `UPDATE `+t.name+` SET `+set.assignments()+` WHERE id = $1`,
			append([]any{key.ID}, set.values(&r)...)...)
		return err
	})
	return r, err
}

// Delete deletes a row that has the version.
func (t *Table[R, P]) Delete(ctx context.Context, id string, version Version) error {
	return t.db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := t.match(ctx, tx, id, version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM `+t.name+` WHERE id = $1`, id)
		return err
	})
}

// match returns the present version of a row, which stays so until the transaction ends.
func (t *Table[R, P]) match(ctx context.Context, tx *sql.Tx, id string, version Version) (Version, error) {
	if !canonical(id) {
		return 0, problem.NotFound
	}
	var current Version
	err := tx.QueryRowContext(ctx, `SELECT version FROM `+t.name+` WHERE id = $1`+t.db.kind.lock, id).Scan(&current)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, problem.NotFound
	}
	if err == nil && !version.Matches(current) {
		err = problem.PreconditionFailed
	}
	return current, err
}

// query returns the rows that a condition selects.
func (t *Table[R, P]) query(ctx context.Context, condition string, args ...any) ([]R, error) {
	all := []R{}
	err := t.db.within(ctx, func(ctx context.Context) error {
		rows, err := t.db.read.QueryContext(ctx, `SELECT `+t.columns.names()+` FROM `+t.name+` `+condition, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r R
			if err := rows.Scan(t.columns.pointers(&r)...); err != nil {
				return err
			}
			times := P(&r).times()
			times.CreatedAt, times.UpdatedAt = times.CreatedAt.UTC(), times.UpdatedAt.UTC()
			all = append(all, r)
		}
		return rows.Err()
	})
	return all, err
}

// canonical reports whether an identifier is written as NextID writes them. PostgreSQL would take
// other forms for the same, and fail on what is none.
func canonical(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}

// id returns the identifier that rows follow: that of the row before, or one that is less than all.
func (c Cursor) id() string { return cmp.Or(string(c), uuid.Nil.String()) }
