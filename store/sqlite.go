package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteConnections is how many connections a file has by default.
const sqliteConnections = 10

// A transaction takes its lock when it begins (_txlock), where it can wait; in the middle it could only
// fail. A commit survives a loss of power (_synchronous), and readers and the writer of a file do not wait
// for each other (_journal_mode).
const (
	sqliteOptions = "_busy_timeout=5000&_foreign_keys=on&_dqs=0&_time_format=sqlite&_txlock=immediate"
	fileOptions   = sqliteOptions + "&mode=rw&_journal_mode=WAL&_synchronous=FULL"
	memoryOptions = sqliteOptions + "&_pragma=max_page_count(16384)" // 64 MiB in pages of 4 KiB
)

// sqliteKinds are a database in memory, and a file.
func sqliteKinds() []kind {
	memory := kind{
		form: "memory:", schemes: []string{"memory"}, check: checkMemory,
		open: func(_ string, log *slog.Logger) (*DB, error) { return openMemory(log) },
	}
	file := kind{
		form: "sqlite:FILE", schemes: []string{"sqlite"},
		check: func(address string) error { return checkPath(pathOf(address)) },
		open:  func(address string, log *slog.Logger) (*DB, error) { return openSQLite(pathOf(address), log) },
		missing: func(address string) bool {
			_, err := os.Stat(pathOf(address))
			return errors.Is(err, os.ErrNotExist)
		},
	}
	return []kind{memory, file}
}

func pathOf(address string) string { return strings.TrimPrefix(address, "sqlite:") }

func checkMemory(address string) error {
	if address != "memory:" {
		return errors.New("memory: has nothing behind it")
	}
	return nil
}

// openSQLite opens a file, and creates one that only its owner can read if there is none.
func openSQLite(path string, log *slog.Logger) (*DB, error) {
	for _, name := range []string{path, path + lockSuffix} {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		file.Close()
	}
	b := sqliteBackend()
	opened, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	b.present = func() error { return checkPresent(path, opened) }
	b.connections = sqliteConnections
	b.lock = func(ctx context.Context, _ *sql.DB) (func(), error) { return lockFile(ctx, path) }
	read, errRead := openPrepared(dataSource(path, fileOptions+"&_query_only=on"))
	probe, errProbe := openPrepared(dataSource(path, fileOptions+"&_query_only=on"))
	write, errWrite := openPrepared(dataSource(path, fileOptions))
	d := newDB(b, read, write, probe, log)
	d.sharer = &batcher{db: d}
	return d, errors.Join(errRead, errProbe, errWrite)
}

// checkPresent reports whether a file has another identity than when it was opened. A change of a file that has no
// name any more would be lost.
func checkPresent(path string, opened os.FileInfo) error {
	found, err := os.Stat(path)
	if err != nil || !os.SameFile(opened, found) {
		return fmt.Errorf("%w: %s", errFileGone, path)
	}
	return nil
}

// openMemory opens a database in memory, which exists as long as its one connection.
func openMemory(log *slog.Logger) (*DB, error) {
	db, err := openPrepared("file::memory:?" + memoryOptions)
	if err != nil {
		return nil, err
	}
	b := sqliteBackend()
	b.full = func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_FULL }
	d := newDB(b, db, db, db, log)
	d.write = d.read // one queue for one connection
	return d, nil
}

func sqliteBackend() backend {
	return backend{
		migrations: "sqlite", dialect: goose.DialectSQLite3, creates: math.MaxInt,
		hasTables:   "SELECT coalesce(sum(name = $1), 0), coalesce(sum(name = $2), 0) FROM sqlite_master",
		decimal:     "CAST(replace(%s, '.', '') AS INTEGER)", // all of a column have the same number of digits after the point
		referenced:  func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY },
		writers:     func(int) int { return 1 }, // as SQLite has; waiting for a connection is cheaper than waiting for the lock
		present:     func() error { return nil },
		unavailable: sqliteUnavailable, forbidden: func(error) bool { return false },
	}
}

// dataSource returns the URI of a file. It escapes ?, # and %, which have a meaning there.
func dataSource(path, options string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options
}

// checkPath reports what is wrong with a path. For SQLite, :memory: is not a file.
func checkPath(path string) error {
	if path == "" || strings.HasPrefix(path, ":") {
		return errors.New("sqlite: is followed by the path of a file; memory: is a database in memory")
	}
	return nil
}

// sqliteUnavailable reports whether an error is about the file or its disk, and not about the query. An
// error that does not come from SQLite itself is about reaching the file.
func sqliteUnavailable(err error) bool {
	code := sqliteCode(err)
	if code == noSQLiteCode {
		return true
	}
	switch code & 0xff { // without its extension
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOMEM:
		return true
	}
	return false
}

const noSQLiteCode = -1

// sqliteCode returns the result code of an error.
func sqliteCode(err error) int {
	if failed, ok := errors.AsType[*sqlite.Error](err); ok {
		return failed.Code()
	}
	return noSQLiteCode
}
