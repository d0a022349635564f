package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A DB is a database. It is safe for concurrent use.
//
// Everything that two kinds of database say differently is in its kind; the queries are the same.
type DB struct {
	Timeout time.Duration // of an operation, from waiting for a connection to the commit; set before use

	kind        kind
	read, write *sql.DB // may be the same
	log         *slog.Logger

	prepared   atomic.Bool // whether the schema is up to date
	background sync.WaitGroup
	stop       context.CancelFunc // ends what is in the background
	pulse      pulse
}

// newDB returns a DB that is yet to be prepared.
func newDB(k kind, read, write *sql.DB, log *slog.Logger) *DB {
	return &DB{
		Timeout: 5 * time.Second, kind: k, read: read, write: write, log: log, stop: func() {}, pulse: pulse{now: time.Now},
	}
}

// Close ends what is in the background and closes every connection.
func (d *DB) Close() error {
	d.stop()
	d.background.Wait()
	return errors.Join(d.read.Close(), d.write.Close())
}

// Open opens the database at an address:
//
//	sqlite:items.db                             a file, which is made if it is not there
//	postgres://user:password@host/database      a server; the query may have what libpq knows, sslmode for example
//	memory:                                     nothing that outlives the program
//
// It brings the schema up to date, under a lock: several instances may be started at once. A server
// that does not answer is asked again until ctx is done. Meanwhile every operation is
// problem.DatabaseUnavailable, and Ready says so. The error is that of an address, a file or a
// schema that cannot be used.
func Open(ctx context.Context, address string, log *slog.Logger) (*DB, error) {
	d, err := connect(address, log)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// CheckAddress reports what is wrong with an address. The error has no password in it.
func CheckAddress(address string) error {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return checkPath(rest)
	case "postgres", "postgresql":
		_, err := parsePostgres(address)
		return err
	}
	if address != "memory:" {
		return errors.New("it is none of memory:, sqlite:FILE and postgres://USER:PASSWORD@HOST/DATABASE")
	}
	return nil
}

func connect(address string, log *slog.Logger) (*DB, error) {
	if err := CheckAddress(address); err != nil {
		return nil, err
	}
	if address == "memory:" {
		return openMemory(log)
	}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return openSQLite(path, log)
	}
	return openPostgres(address, log)
}

// wrap says of an error where it comes from.
func wrap(err error) error { return fmt.Errorf("database: %w", err) }
