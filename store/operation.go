package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
)

// retryAfter is when a caller should try again that met a database in trouble.
const retryAfter = 5 * time.Second

var errUnprepared = errors.New("the schema of the database is not up to date yet")

// within runs an operation with a time limit. Trouble with the database comes back as
// handlers.DatabaseUnavailable.
func (d *Database) within(ctx context.Context, operation func(context.Context) error) error {
	if !d.prepared.Load() {
		return unavailable(errUnprepared)
	}
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	err := operation(limited)
	reason, _ := errors.AsType[*auth.Reason](err)
	switch {
	case err == nil || reason != nil:
		return err
	case ctx.Err() == nil && d.kind.trouble(err):
		return unavailable(wrap(err))
	}
	return wrap(err) // a mistake in a query, or a caller that is gone
}

func unavailable(err error) error {
	return &auth.Refusal{Reason: handlers.DatabaseUnavailable, RetryAfter: retryAfter, Err: err}
}

// change runs steps in a transaction, and returns when their effect is on disk.
func (d *Database) change(ctx context.Context, steps func(context.Context, *sql.Tx) error) error {
	return d.within(ctx, func(ctx context.Context) error {
		tx, err := d.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // which a commit leaves nothing to do
		if err := steps(ctx, tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// query returns the items that a query finds.
func (d *Database) query(ctx context.Context, query string, args ...any) ([]handlers.Item, error) {
	items := []handlers.Item{}
	err := d.within(ctx, func(ctx context.Context) error {
		rows, err := d.read.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			item, err := scan(rows)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		return rows.Err()
	})
	return items, err
}

// scan reads the columns.
func scan(rows *sql.Rows) (i handlers.Item, err error) {
	err = rows.Scan(&i.ID, &i.Name, &i.Description, &i.CreatedAt, &i.UpdatedAt, &i.Version,
		&i.Owner.Issuer, &i.Owner.Subject, &i.Owner.Client)
	i.CreatedAt, i.UpdatedAt = i.CreatedAt.UTC(), i.UpdatedAt.UTC()
	return i, err
}
