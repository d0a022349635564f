//go:build postgres

package store_test

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"github.com/jackc/pgx/v5"
)

func TestServersWithAnotherSchemaAreNotOpened(t *testing.T) { testMisfits(t, storetest.Postgres) }

// The API's user may read and write rows, and the schema belongs to another user.
func TestTheAPINeedNotCreateTables(t *testing.T) {
	const advice = "the schema of the database is not up to date, and the database user may not change it: run gatehouse migrate " +
		"with a user that may create tables, and grant the API's user SELECT, INSERT, UPDATE and DELETE on them"
	owners := storetest.Postgres(t)
	owner := connectTo(t, owners)
	limited, grant := limitedUser(t, owners, owner)
	wantNotMigrated := func() {
		t.Helper()
		begun := time.Now()
		_, err := store.Open(t.Context(), limited, slog.New(slog.DiscardHandler))
		if wantMisfit(t, err, advice); time.Since(begun) > 2*time.Second {
			t.Errorf("the error takes %s", time.Since(begun))
		}
	}
	wantNotMigrated()
	if err := store.Migrate(t.Context(), owners, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	grant("GRANT SELECT, INSERT, UPDATE, DELETE ON items, last_ids, goose_db_version TO NAME")
	for _, test := range []struct{ name, before string }{
		{"with checksums that it may not read", ""},
		{"with checksums", "GRANT SELECT, INSERT ON migration_checksums TO NAME"},
		{"without checksums", "DROP TABLE migration_checksums"},
	} {
		t.Run(test.name, func(t *testing.T) {
			grant(test.before)
			db := open(t, limited)
			wantReady(t, db, "")
			if _, err := store.NewItems(db).Create(t.Context(), alice, store.Item{}); err != nil {
				t.Error(err)
			}
		})
	}
	grant("DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)")
	wantNotMigrated()
}

// limitedUser returns the address of a database for a new user who has no privileges, and a function that executes
// a statement of the owner, in which NAME is the new user.
func limitedUser(t *testing.T, owners string, owner *pgx.Conn) (string, func(statement string)) {
	t.Helper()
	address, err := url.Parse(owners)
	if err != nil {
		t.Fatal(err)
	}
	schema := address.Query().Get("search_path")
	execute := func(statement string) {
		t.Helper()
		if _, err := owner.Exec(context.Background(), strings.ReplaceAll(statement, "NAME", "user_"+schema)); err != nil {
			t.Fatal(err)
		}
	}
	execute("CREATE ROLE NAME LOGIN PASSWORD 'secret'")
	t.Cleanup(func() { execute("DROP OWNED BY NAME; DROP ROLE NAME") })
	execute("GRANT USAGE ON SCHEMA " + schema + " TO NAME")
	address.User = url.UserPassword("user_"+schema, "secret")
	return address.String(), execute
}
