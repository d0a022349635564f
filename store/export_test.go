package store

import (
	"context"
	"database/sql"
	"reflect"
	"strings"
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

// Queries returns the statements that find rows.
func (t *Table[R, P]) Queries() map[string]string {
	return map[string]string{
		"a page": t.sql.list + t.sql.listPage, "a page of all owners": t.sql.listAll + t.sql.listAllPage,
		"a row": t.sql.get, "the number of rows": t.sql.count, "the version": t.sql.version, "the last identifier": t.sql.lastID,
		"a change": t.sql.update, "a deletion": t.sql.delete, "the next identifier": t.sql.setLastID,
	}
}

// Statements returns the SQL of a table that has the columns.
func Statements(table string, names []string) (all []string) {
	var columns columns
	for _, name := range names {
		columns = append(columns, column{name: name})
	}
	s := reflect.ValueOf(newStatements(table, columns, columns.without("id", "created_at", "issuer", "subject", "client"), ""))
	for field, value := range s.Fields() {
		if !strings.HasSuffix(field.Name, "Page") {
			if page := s.FieldByName(field.Name + "Page"); page.IsValid() {
				all = append(all, value.String()+page.String())
				continue
			}
			all = append(all, value.String())
		}
	}
	return all
}
