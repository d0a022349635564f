package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many queries a file answers at once. Changes are made one after the other: SQLite
// has one writer at a time, and waiting for the connection costs less than many that knock.
const readers = 8

// openSQLite opens a file, and makes one that only its owner can read if there is none.
func openSQLite(path string, log *slog.Logger) (*Database, error) {
	for _, name := range []string{path, path + lockSuffix} {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		file.Close()
	}
	// What is acknowledged survives a loss of power (synchronous=FULL), and readers and the writer do
	// not wait for each other (WAL). A transaction takes the lock when it begins, where it can wait
	// for it, and not in its middle, where it could only fail.
	const options = "_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_dqs=0&_time_format=sqlite&_txlock=immediate"
	read, err := sql.Open("sqlite", dataSource(path, options+"&_query_only=on"))
	if err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dataSource(path, options))
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	write.SetMaxOpenConns(1)
	return newDatabase(kind{
		name: "sqlite", dialect: goose.DialectSQLite3, trouble: sqliteTrouble,
		exclusive: func(ctx context.Context, db *sql.DB) (goose.ProviderOption, error) {
			lock := &fileLock{path: path}
			return goose.WithLocker(lock), lock.connect(ctx, db)
		},
	}, read, write, log), nil
}

// dataSource returns the URI of a file, in which SQLite gives ?, # and % a meaning.
func dataSource(path, options string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options
}

// checkPath reports what is wrong with a path. SQLite would keep one that begins with a colon in memory.
func checkPath(path string) error {
	if path == "" || strings.HasPrefix(path, ":") {
		return errors.New("sqlite: is followed by the path of a file; memory: keeps items in memory")
	}
	return nil
}

// sqliteTrouble reports whether an error is of the file or its disk, and not of the query. Whatever
// SQLite itself did not say is of reaching it.
func sqliteTrouble(err error) bool {
	said, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return true
	}
	switch said.Code() & 0xff { // without the extension that tells kinds of the same apart
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOMEM:
		return true
	}
	return false
}

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
