package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"example.com/gatehouse/problem"
)

var errUnprepared = errors.New("the schema of the database is not up to date yet")

// within runs an operation with a time limit. Trouble with the database comes back as
// problem.DatabaseUnavailable.
func (d *DB) within(ctx context.Context, operation func(context.Context) error) error {
	if !d.prepared.Load() {
		return unavailable(errUnprepared)
	}
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	err := operation(limited)
	_, known := errors.AsType[*problem.Type](err)
	switch {
	case err == nil || known:
		return err
	case ctx.Err() == nil && d.kind.trouble(err):
		return unavailable(wrap(err))
	}
	return wrap(err) // a mistake in a query, or a caller that is gone
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", problem.DatabaseUnavailable, err) }

// change runs steps in a transaction, and returns when their effect is on disk.
func (d *DB) change(ctx context.Context, steps func(context.Context, *sql.Tx) error) error {
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
