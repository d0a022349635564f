package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3/lock"
)

const lockSuffix = ".lock"

// A fileLock is held by the process that migrates a file. It is an exclusive transaction in a second
// database beside the file, because goose begins its own transactions in the file. The lock ends with the
// process, even when the process is killed.
type fileLock struct {
	path string // of the file
	db   *sql.DB
}

var _ lock.Locker = (*fileLock)(nil)

// connect makes the first connection to the file while it holds the lock. The connection sets the journal of
// a new file to WAL, which fails when two processes try it at once, whatever the timeout.
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
	l.db.SetMaxOpenConns(1) // a transaction belongs to its connection
	if _, err := l.db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return errors.Join(fmt.Errorf("waiting for another instance to migrate: %w", err), l.db.Close())
	}
	return nil
}

// Unlock releases the lock.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.db.Close() }
