// Package storetest creates empty databases, each for one test.
package storetest

import (
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver called pgx
)

// Variable selects the database of [Address]. It is the address of the server for [Postgres].
const Variable = "TEST_DATABASE_URL"

// Address returns the address of an empty database. TEST_DATABASE_URL selects a PostgreSQL server; the default is
// a file.
func Address(t testing.TB) string {
	t.Helper()
	switch scheme, _, _ := strings.Cut(os.Getenv(Variable), ":"); scheme {
	case "postgres", "postgresql": // part:postgres
		return Postgres(t) // part:postgres
	}
	return SQLite(t) // part:sqlite
	// without:sqlite return Postgres(t)
}

// Quick returns the address of an empty database that is quick to create.
func Quick(t testing.TB) string {
	t.Helper()
	return "memory:" // part:sqlite
	// without:sqlite return Postgres(t)
}
