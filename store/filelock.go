package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3/lock"
)

const lockSuffix = ".lock"

// A fileLock is what a process holds while it migrates a file: an exclusive transaction in a
// database beside it, because goose begins transactions of its own in the file itself. It ends with
// the process, however that ends.
type fileLock struct {
	path string // of the file
	db   *sql.DB
}

var _ lock.Locker = (*fileLock)(nil)

// connect makes the first connection to the file, under the lock: it turns the journal of a new file
// to WAL, and that fails where two try at once, however long they would wait.
func (l *fileLock) connect(ctx context.Context, db *sql.DB) error {
	if err := l.Lock(ctx, db); err != nil {
		return err
	}
	return errors.Join(db.PingContext(ctx), l.Unlock(ctx, db))
}

// Lock waits until no other process holds the lock, or ctx is done.
func (l *fileLock) Lock(ctx context.Context, _ *sql.DB) (err error) {
	if l.db, err = sql.Open("sqlite", dataSource(l.path+lockSuffix, "_busy_timeout=300000")); err != nil {
		return err
	}
	l.db.SetMaxOpenConns(1) // the transaction is the connection's
	if _, err := l.db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return errors.Join(fmt.Errorf("waiting for another instance to migrate: %w", err), l.db.Close())
	}
	return nil
}

// Unlock lets the next one in.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.db.Close() }
