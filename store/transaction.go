package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"example.com/gatehouse/problem"
)

// run runs an operation within the time limit, after it has waited in every queue. A [problem.Type] is returned
// as it is. Any other error means that the database is unavailable, that the caller is gone, or that a query is
// wrong.
func (d *DB) run(ctx context.Context, operation func(context.Context) error, queues ...*queue) error {
	if err := d.notMigrated(); err != nil {
		return unavailable(err)
	}
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	err := inQueues(limited, func(ctx context.Context) error {
		if err := d.backend.present(); err != nil {
			return err
		}
		return operation(ctx)
	}, queues)
	switch {
	case err == nil || isProblem(err):
		return err
	case ctx.Err() == nil && d.backend.unavailable(err):
		return unavailable(wrap(err))
	}
	return wrap(err)
}

func isProblem(err error) bool {
	_, ok := errors.AsType[*problem.Type](err)
	return ok
}

// unavailable returns the error of a database that cannot be used at the moment.
func unavailable(err error) error { return fmt.Errorf("%w: %w", problem.DatabaseUnavailable, err) }

// internal returns the error of a row type that does not match its table.
func internal(err error) error { return fmt.Errorf("%w: %w", problem.Internal, wrap(err)) }

// Transact runs steps in a transaction, and returns when their effect is on disk. It is for what a [Table] does not
// do. The errors are those of a table.
func (d *DB) Transact(ctx context.Context, steps func(context.Context, *sql.Tx) error) error {
	return d.transact(ctx, steps)
}

// A sharer runs steps that change one row in their last statement, in a transaction that several writes share, and returns
// when their effect is on the disk.
type sharer interface {
	do(ctx context.Context, steps func(context.Context, *sql.Tx) error) error
}

// change is transact for steps that change one row in their last statement. They may share a transaction with others.
func (d *DB) change(ctx context.Context, steps func(context.Context, *sql.Tx) error, queues ...*queue) error {
	if d.sharer != nil {
		return d.run(ctx, func(ctx context.Context) error { return d.sharer.do(ctx, steps) })
	}
	return d.transact(ctx, steps, queues...)
}

// transact runs steps in a transaction, after it has waited in every queue, and returns when their effect is on
// disk.
func (d *DB) transact(ctx context.Context, steps func(context.Context, *sql.Tx) error, queues ...*queue) error {
	return d.run(ctx, func(ctx context.Context) error {
		tx, err := d.write.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // does nothing after a commit
		if d.backend.begin != "" {
			if _, err := tx.ExecContext(ctx, d.backend.begin); err != nil {
				return err
			}
		}
		if err := steps(ctx, tx); err != nil {
			return err
		}
		return tx.Commit()
	}, append(slices.Clip(queues), d.write.queue)...)
}
