package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"example.com/gatehouse/problem"
)

// DefaultLimit is how many rows of a table an owner can have, unless the table has another limit.
const DefaultLimit = 1_000

// A Table stores the rows of one resource. Every row has an owner and a version. Lists are ordered by
// identifier, which is the order of creation. A Table is safe for concurrent use.
type Table[R any, P Row[R]] struct {
	Limit int // rows of one owner; set before use

	db           *DB
	name         string
	all, mutable columns
	references   columns // those of the mutable columns that identify rows of other tables
	filters      []Filter
	sql          statements
	creates      *queue // of transactions that create rows
	now          func() time.Time
}

// NewTable returns the table of that name, whose columns are the fields of R with a db tag.
func NewTable[R any, P Row[R]](db *DB, name string) *Table[R, P] {
	all := columnsOf(reflect.TypeFor[R]())
	mutable := all.without("id", "created_at", "issuer", "subject", "client")
	db.readiness.queries = append(db.readiness.queries, newStatements(name, all, mutable, "").probe)
	t := &Table[R, P]{
		Limit: DefaultLimit, db: db, name: name, all: all, mutable: mutable,
		sql:     newStatements(name, all, mutable, db.backend.forUpdate),
		creates: newQueue(db.backend.creates), now: time.Now,
	}
	for _, c := range mutable {
		t.filters = append(t.filters, c.filters...)
		if c.refers != "" {
			t.references = append(t.references, c)
		}
	}
	return t
}

// NewSharedTable returns a table whose rows belong to all callers alike. The owner of a row is who created it.
func NewSharedTable[R any, P Row[R]](db *DB, name string) *Table[R, P] {
	db.shared[name] = true
	return NewTable[R, P](db, name)
}

// Filters returns the parameters by which lists can be restricted.
func (t *Table[R, P]) Filters() []Filter { return t.filters }

// List returns the rows of an owner that meet all conditions and follow a cursor, at most limit, and the cursor of
// the next page, which is empty on the last page.
func (t *Table[R, P]) List(ctx context.Context, owner Owner, after Cursor, limit int, where ...Condition) ([]R, Cursor, error) {
	if err := owner.check(); err != nil {
		return nil, "", err
	}
	if t.db.shared[t.name] {
		return t.ListAll(ctx, after, limit, where...)
	}
	conditions, args := and(t.db.backend.decimal, where, []any{owner.Issuer, owner.Subject, owner.Client, after.id(), limit + 1})
	return t.page(ctx, limit, t.sql.list+conditions+t.sql.listPage, args...)
}

// ListAll is List for the rows of all owners.
func (t *Table[R, P]) ListAll(ctx context.Context, after Cursor, limit int, where ...Condition) ([]R, Cursor, error) {
	conditions, args := and(t.db.backend.decimal, where, []any{after.id(), limit + 1})
	return t.page(ctx, limit, t.sql.listAll+conditions+t.sql.listAllPage, args...)
}

// page returns the rows of a query that asks for one more than the limit, which tells whether a page follows.
func (t *Table[R, P]) page(ctx context.Context, limit int, query string, args ...any) ([]R, Cursor, error) {
	rows, err := t.query(ctx, limit+1, query, args...)
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	return rows[:limit], Cursor(P(&rows[limit-1]).key().ID), nil
}

// Get returns a row of an owner. The row of another owner is problem.NotFound (OWASP API1:2023).
func (t *Table[R, P]) Get(ctx context.Context, owner Owner, id string) (row R, err error) {
	found, err := t.Find(ctx, id)
	if err == nil && P(&found).key().Owner != owner && !t.db.shared[t.name] {
		return row, problem.RowAbsent
	}
	return found, err
}

// Find is Get for the row of any owner.
func (t *Table[R, P]) Find(ctx context.Context, id string) (row R, err error) {
	if id, err = canonicalID(id); err != nil {
		return row, err
	}
	rows, err := t.query(ctx, 1, t.sql.get, id)
	switch {
	case err != nil:
		return row, err
	case len(rows) == 0:
		return row, problem.RowAbsent
	}
	return rows[0], nil
}

// Create stores a new row for an owner, and returns it with its identifier, version and times. It returns
// problem.LimitReached when the owner has as many rows as the limit, or when a database in memory is full.
//
// Transactions that create rows of one table run one after the other, so the limit holds, and rows become
// visible in the order of their identifiers.
func (t *Table[R, P]) Create(ctx context.Context, owner Owner, row R) (R, error) {
	fields, err := t.prepare(owner, &row)
	if err != nil {
		return row, err
	}
	err = t.db.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if P(&row).key().ID, err = t.nextID(ctx, tx); err != nil {
			return err
		}
		if err := t.checkLimit(ctx, tx, owner); err != nil {
			return err
		}
		if err := t.checkReferences(ctx, tx, &row); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, t.sql.insert, fields...)
		if t.db.backend.full != nil && t.db.backend.full(err) {
			return problem.LimitReached
		}
		return err
	}, t.creates)
	return row, err
}

// prepare checks a new row, completes it but for its identifier, and returns its bound fields.
func (t *Table[R, P]) prepare(owner Owner, row P) (fields []any, err error) {
	if err := errors.Join(owner.check(), t.mutable.check(row)); err != nil {
		return nil, err
	}
	key, times := row.key(), row.times()
	key.Owner, key.Version = owner, 1
	times.CreatedAt = t.now()
	times.UpdatedAt = times.CreatedAt
	fields = t.all.bind(row)
	t.all.normalize(fields)
	return fields, nil
}

// checkLimit reports whether the owner may have one more row. It runs after the row lock is taken, so the
// count includes concurrent commits. Only the owner's rows are counted; a global count would get slower as
// the table grows.
func (t *Table[R, P]) checkLimit(ctx context.Context, tx *sql.Tx, owner Owner) error {
	var count int
	row := tx.QueryRowContext(ctx, t.sql.count, owner.Issuer, owner.Subject, owner.Client)
	if err := row.Scan(&count); err != nil {
		return err
	}
	if count >= t.Limit {
		return problem.LimitReached
	}
	return nil
}

// Update stores a row that has changed, and returns it with its next version. row.Version is the version
// that the change is based on; when the stored one differs, Update returns problem.PreconditionFailed, so
// that no other change is lost.
func (t *Table[R, P]) Update(ctx context.Context, row R) (R, error) {
	key, times := P(&row).key(), P(&row).times()
	var err error
	if key.ID, err = canonicalID(key.ID); err != nil {
		return row, err
	}
	if err := t.mutable.check(&row); err != nil {
		return row, err
	}
	times.UpdatedAt = t.now()
	mutable := t.mutable.bind(&row)
	t.mutable.normalize(mutable)
	err = t.db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		current, err := t.match(ctx, tx, key.ID, key.Version)
		if err != nil {
			return err
		}
		if err := t.checkReferences(ctx, tx, &row); err != nil {
			return err
		}
		key.Version = current + 1
		_, err = tx.ExecContext(ctx, t.sql.update, append([]any{&key.ID}, mutable...)...)
		return err
	})
	return row, err
}

// Delete deletes a row that has the version. It returns problem.InUse while rows of another table refer to it.
func (t *Table[R, P]) Delete(ctx context.Context, id string, version Version) error {
	id, err := canonicalID(id)
	if err != nil {
		return err
	}
	return t.db.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := t.match(ctx, tx, id, version); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, t.sql.delete, id)
		if err != nil && t.db.backend.referenced(err) {
			return problem.InUse
		}
		return err
	})
}

// match locks a row that has the version until the transaction ends, and returns its current version.
func (t *Table[R, P]) match(ctx context.Context, tx *sql.Tx, id string, version Version) (current Version, err error) {
	err = tx.QueryRowContext(ctx, t.sql.version, id).Scan(&current)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, problem.RowAbsent
	}
	if err == nil && !version.Matches(current) {
		err = problem.TagOther
	}
	return current, err
}

// query returns the rows that a query finds, which are at most so many. Without an error, they are not nil.
func (t *Table[R, P]) query(ctx context.Context, most int, query string, args ...any) ([]R, error) {
	var all []R
	err := t.db.run(ctx, func(ctx context.Context) error {
		rows, err := t.db.read.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		all = make([]R, 0, min(most, 128))
		var row R
		fields := t.all.bind(&row)
		for rows.Next() {
			if err := rows.Scan(fields...); err != nil {
				return internal(err)
			}
			t.all.normalize(fields)
			all = append(all, row)
		}
		return rows.Err()
	}, t.db.read.queue)
	return all, err
}
