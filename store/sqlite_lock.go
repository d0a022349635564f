package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const lockSuffix = ".lock"

// lockFile waits until no other process holds the lock of a file, or ctx is done. The lock is an exclusive
// transaction in a second database beside the file, because goose begins its own transactions in the file. It
// ends with the process, even when the process is killed.
//
// The first connection to the file is made while the lock is held. The connection sets the journal of a new file
// to WAL, which fails when two processes try it at once, whatever the timeout.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	db, err := sql.Open("sqlite", dataSource(path+lockSuffix, "_busy_timeout=300000"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // a transaction belongs to its connection
	if _, err := db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for another instance to migrate: %w", err), db.Close())
	}
	return func() { db.Close() }, nil
}
