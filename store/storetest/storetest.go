// Package storetest creates empty databases, each for one test.
package storetest

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
)

// Variable is the address of the server for [Postgres], and selects the database of [Address].
const Variable = "TEST_DATABASE_URL"

// Address returns the address of an empty database. TEST_DATABASE_URL selects it: a PostgreSQL server,
// memory:, or sqlite:, which is the default.
func Address(t testing.TB) string {
	t.Helper()
	switch scheme, _, _ := strings.Cut(os.Getenv(Variable), ":"); scheme {
	case "", "sqlite":
		return SQLite(t)
	case "memory":
		return "memory:"
	}
	return Postgres(t)
}

// SQLite returns the address of a file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "items.db")
}

// Postgres returns the address of an empty schema on the server at TEST_DATABASE_URL. The schema is dropped
// when the test ends.
func Postgres(t testing.TB) string {
	t.Helper()
	address, err := url.Parse(os.Getenv(Variable))
	if err != nil || !strings.HasPrefix(address.Scheme, "postgres") {
		t.Fatalf("%s must be the address of a PostgreSQL server: postgres://user:password@host/database", Variable)
	}
	server, err := sql.Open("pgx", address.String())
	if err != nil {
		t.Fatal(err)
	}
	schema := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := server.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server.ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}
