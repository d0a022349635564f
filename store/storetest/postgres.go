package storetest

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
)

// PgBouncerVariable is the address of PgBouncer in front of the server, in transaction mode.
const PgBouncerVariable = "TEST_PGBOUNCER_URL"

// Postgres returns the address of an empty schema on the server at TEST_DATABASE_URL. The schema is dropped
// when the test ends.
func Postgres(t testing.TB) string {
	t.Helper()
	address, schema := parse(t, Variable), newName()
	execute(t, "CREATE SCHEMA "+schema, "DROP SCHEMA "+schema+" CASCADE")
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}

// PgBouncer returns the address of an empty database on the server at TEST_DATABASE_URL, through the PgBouncer at
// TEST_PGBOUNCER_URL, which rejects search_path. The database is dropped when the test ends.
func PgBouncer(t testing.TB) string {
	t.Helper()
	address, database := parse(t, PgBouncerVariable), newName()
	execute(t, "CREATE DATABASE "+database, "DROP DATABASE "+database+" WITH (FORCE)")
	address.Path = "/" + database
	return address.String()
}

// parse returns the address of the server in a variable.
func parse(t testing.TB, variable string) *url.URL {
	t.Helper()
	address, err := url.Parse(os.Getenv(variable))
	if err != nil || !strings.HasPrefix(address.Scheme, "postgres") {
		t.Fatalf("%s must be the address of a PostgreSQL server: postgres://user:password@host/database", variable)
	}
	return address
}

func newName() string { return "test_" + strings.ReplaceAll(uuid.NewString(), "-", "") }

// execute executes a statement on the server at TEST_DATABASE_URL, and another one when the test ends.
func execute(t testing.TB, statement, atEnd string) {
	t.Helper()
	server, err := sql.Open("pgx", parse(t, Variable).String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server.ExecContext(context.Background(), atEnd); err != nil {
			t.Error(err)
		}
		server.Close()
	})
}
