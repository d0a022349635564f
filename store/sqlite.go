package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many queries a file answers at once. Changes are made one after the other: SQLite
// has one writer at a time, and waiting for the connection costs less than many that knock.
const readers = 8

// A transaction takes the lock when it begins, where it can wait for it, and not in its middle, where it
// could only fail. What a file acknowledges survives a loss of power (synchronous=FULL), and its readers and
// its writer do not wait for each other (WAL).
const (
	sqliteOptions = "_busy_timeout=5000&_foreign_keys=on&_dqs=0&_time_format=sqlite&_txlock=immediate"
	fileOptions   = sqliteOptions + "&_journal_mode=WAL&_synchronous=FULL"
)

// openSQLite opens a file, and makes one that only its owner can read if there is none.
func openSQLite(path string, log *slog.Logger) (*DB, error) {
	for _, name := range []string{path, path + lockSuffix} {
		file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		file.Close()
	}
	read, err := sql.Open("sqlite", dataSource(path, fileOptions+"&_query_only=on"))
	if err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dataSource(path, fileOptions))
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	write.SetMaxOpenConns(1)
	return newDB(kind{
		name: "sqlite", dialect: goose.DialectSQLite3, trouble: sqliteTrouble,
		exclusive: func(ctx context.Context, db *sql.DB) (goose.ProviderOption, error) {
			lock := &fileLock{path: path}
			return goose.WithLocker(lock), lock.connect(ctx, db)
		},
	}, read, write, log), nil
}

// openMemory returns a DB that is gone when it is closed. Its one connection is the database.
func openMemory(log *slog.Logger) (*DB, error) {
	db, err := sql.Open("sqlite", "file::memory:?"+sqliteOptions)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return newDB(kind{name: "sqlite", dialect: goose.DialectSQLite3, trouble: sqliteTrouble}, db, db, log), nil
}

// dataSource returns the URI of a file, in which SQLite gives ?, # and % a meaning.
func dataSource(path, options string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options
}

// checkPath reports what is wrong with a path. SQLite would keep one that begins with a colon in memory.
func checkPath(path string) error {
	if path == "" || strings.HasPrefix(path, ":") {
		return errors.New("sqlite: is followed by the path of a file; memory: is a database in memory")
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
