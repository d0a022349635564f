package store

import (
	"context"
	"database/sql"
	"time"
)

// SetClock sets the clock of CreatedAt and UpdatedAt.
func (t *Table[R, P]) SetClock(now func() time.Time) { t.now = now }

// SetClock sets the clock of the probe.
func (d *DB) SetClock(now func() time.Time) { d.readiness.now = now }

// Query returns the one value that a query on the writing connection finds.
func (d *DB) Query(ctx context.Context, query string) (value string, err error) {
	err = d.write.QueryRowContext(ctx, query).Scan(&value)
	return value, err
}

// Execute executes a statement on the writing connection.
func (d *DB) Execute(ctx context.Context, statement string) error {
	_, err := d.write.ExecContext(ctx, statement)
	return err
}

// Occupy occupies the writing connections until the returned function is called.
func (d *DB) Occupy(ctx context.Context) (release func()) {
	occupied, done, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		ended <- d.transact(ctx, func(context.Context, *sql.Tx) error {
			close(occupied)
			<-done
			return nil
		})
	}()
	<-occupied
	return func() {
		close(done)
		<-ended
	}
}

// Connections returns how many connections there are for reads, writes and readiness.
func (d *DB) Connections() (all [3]int) {
	for i, p := range []*pool{d.read, d.write, d.probes} {
		all[i] = p.Stats().MaxOpenConnections
	}
	return all
}

// Postgres reports whether the database is PostgreSQL.
func (d *DB) Postgres() bool { return d.backend.migrations == "postgres" }

// NewID returns an identifier that is greater than last.
func NewID(last string) (string, error) { return newID(last) }

// Checksum returns the checksum of a migration.
func Checksum(text string) string { return checksum(text) }
