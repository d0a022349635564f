package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
)

// A DB is a database: its connections, its schema and its readiness. It is safe for concurrent use.
type DB struct {
	Timeout time.Duration // of an operation, from waiting for a connection to the commit; set before use

	backend             backend
	read, write, probes *pool // of which none waits for another; all the same for a database in memory
	log                 *slog.Logger
	sharer              sharer // of transactions; nil if each write has one of its own

	schema     result             // why the schema cannot be used
	background sync.WaitGroup     // migrations
	stop       context.CancelFunc // ends them
	readiness  readiness
	shared     map[string]bool // tables whose rows belong to all callers alike; set before use
}

// A backend is everything that differs between SQLite and PostgreSQL. The queries are the same.
type backend struct {
	migrations string        // their folder
	dialect    goose.Dialect // of the table in which goose records them
	hasTables  string        // a query that tells which of two tables there are
	forUpdate  string        // makes a SELECT lock the rows that it finds
	decimal    string        // the form in which decimals are compared, of a format with one %s
	begin      string        // the first statement of a transaction; may be empty
	creates    int           // how many transactions that create rows of one table run at once

	connections int                 // by default; 0 for a database that has only one
	writers     func(total int) int // how many of them are for writes

	present     func() error     // returns why the database is not where it was opened
	unavailable func(error) bool // whether an error means that the database cannot be used at the moment
	full        func(error) bool // whether an error means that the database has reached its limit; nil without one

	referenced func(error) bool // whether an error means that another row refers to a row that is deleted

	forbidden func(error) bool // whether an error means that the user of the database lacks a privilege

	// lock waits until no other instance migrates; nil for a database that has only one instance.
	lock func(context.Context, *sql.DB) (unlock func(), err error)
}

// Open opens the database at an address:
//
//	sqlite:items.db                             a file, which is created if it does not exist
//	postgres://user:password@host/database      a server; the query may have the parameters of libpq, such as sslmode
//	memory:                                     a database in memory, which is deleted when it is closed
//
// Open brings the schema up to date, under a lock, so several instances can start at once. It returns an
// error for an address, a file or a schema that cannot be used. A server that does not respond is no such
// error: Open retries in the background until ctx is done, and until then every operation is
// problem.DatabaseUnavailable and [DB.Ready] returns the reason.
func Open(ctx context.Context, address string, log *slog.Logger) (*DB, error) {
	d, err := connect(address, log)
	if err != nil {
		return nil, err
	}
	if err := d.startMigration(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// A kind is a kind of database.
type kind struct {
	form    string                                  // of its addresses, for messages
	schemes []string                                // of its addresses
	check   func(address string) error              // reports what is wrong with an address, without its password
	open    func(string, *slog.Logger) (*DB, error) // returns the DB at an address, without migrating it
	missing func(address string) bool               // reports whether it is a file that does not exist; may be nil
}

// kinds returns the kinds of databases that this program can use.
func kinds() []kind {
	return slices.Concat(
		sqliteKinds(),   // part:sqlite
		postgresKinds(), // part:postgres
	)
}

// kindOf returns the kind of database that an address names.
func kindOf(address string) (kind, error) {
	scheme, _, _ := strings.Cut(address, ":")
	var forms []string
	for _, k := range kinds() {
		if slices.Contains(k.schemes, scheme) && strings.Contains(address, ":") {
			return k, k.check(address)
		}
		forms = append(forms, k.form)
	}
	if last := len(forms) - 1; last > 0 {
		return kind{}, fmt.Errorf("it is none of %s and %s", strings.Join(forms[:last], ", "), forms[last])
	}
	return kind{}, fmt.Errorf("it is not %s", forms[0])
}

// CheckAddress reports what is wrong with an address. The error does not contain the password.
func CheckAddress(address string) error {
	_, err := kindOf(address)
	return err
}

// Missing reports whether an address is that of a file that does not exist, which Open would create.
func Missing(address string) bool {
	k, err := kindOf(address)
	return err == nil && k.missing != nil && k.missing(address)
}

// connect returns the DB at an address, without migrating it.
func connect(address string, log *slog.Logger) (*DB, error) {
	k, err := kindOf(address)
	if err != nil {
		return nil, err
	}
	return k.open(address, log)
}

// newDB returns a DB with connections for reads, writes and readiness.
func newDB(b backend, read, write, probe *sql.DB, log *slog.Logger) *DB {
	d := &DB{
		Timeout: 5 * time.Second, backend: b, read: newPool(read), write: newPool(write), probes: newPool(probe), log: log,
		shared: map[string]bool{}, stop: func() {}, readiness: readiness{now: time.Now, queries: []string{"SELECT count(*) FROM last_ids"}},
	}
	d.schema.set(errNotMigrated)
	d.SetConnections(b.connections)
	return d
}

// SetConnections sets how many connections there are, at least 3, before the DB is used. One is for readiness, and
// the others are for reads and writes. 0 is the default of the database. A database in memory has only one.
func (d *DB) SetConnections(total int) {
	if total > 0 && d.backend.connections > 0 {
		writers := d.backend.writers(total)
		d.write.resize(writers)
		d.read.resize(total - 1 - writers)
	}
}

// Close ends a migration in the background and closes every connection.
func (d *DB) Close() error {
	d.stop()
	d.background.Wait()
	return errors.Join(d.read.Close(), d.write.Close(), d.probes.Close())
}

// A result is the last error of something that is tried again and again, or nil.
type result struct{ last atomic.Pointer[error] }

func (r *result) set(err error) { r.last.Store(&err) }

func (r *result) get() error {
	if last := r.last.Load(); last != nil {
		return *last
	}
	return nil
}

// wrap adds to an error that it is the database's.
func wrap(err error) error { return fmt.Errorf("database: %w", err) }
