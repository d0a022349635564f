//go:build postgres

package cli_test

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"github.com/jackc/pgx/v5"
)

// TestOnlyMigrateNeedsToCreateTables has a user for the API who may read and write rows, and an owner.
func TestOnlyMigrateNeedsToCreateTables(t *testing.T) {
	owners := storetest.Postgres(t)
	address, err := url.Parse(owners)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := pgx.Connect(t.Context(), owners)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close(t.Context())
	schema := address.Query().Get("search_path")
	execute := func(statement string) {
		t.Helper()
		if _, err := owner.Exec(context.WithoutCancel(t.Context()), strings.ReplaceAll(statement, "NAME", schema)); err != nil {
			t.Fatal(err)
		}
	}
	execute("CREATE ROLE user_NAME LOGIN PASSWORD 'secret'")
	defer execute("DROP OWNED BY user_NAME; DROP ROLE user_NAME")
	execute("GRANT USAGE ON SCHEMA NAME TO user_NAME")
	address.User = url.UserPassword("user_"+schema, "secret")

	wantAdvice := func(name string) {
		t.Helper()
		const advice = "run gatehouse migrate with a user that may create tables"
		if err := open(t, address.String()); err == nil || !strings.Contains(err.Error(), advice) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s is opened with %v, want %s", name, err, advice)
		}
	}
	wantAdvice("an empty database")
	f := newTerminal(t, "DATABASE_URL", owners)
	if status := f.Run(t, "migrate"); status != 0 {
		t.Fatalf("the status is %d with %s", status, f.Stderr)
	}
	execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA NAME TO user_NAME")
	if err := open(t, address.String()); err != nil {
		t.Errorf("a migrated database is opened with %v", err)
	}
	execute("DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)")
	wantAdvice("a database of an earlier version")
}

func open(t *testing.T, address string) error {
	t.Helper()
	db, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Ready(t.Context())
}
