package main

import (
	"database/sql"
	"log/slog"
	"os"
	"strings"
	"testing"

	"example.com/gatehouse/config"
	"example.com/gatehouse/store"
)

// make reset deletes only what make run stores.
func TestAChangedMigrationOffersReset(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir(".dev", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file        string
		development bool
		offered     bool
	}{
		{".dev/items.db", true, true}, {".dev/items.db", false, false}, {"items.db", true, false},
	} {
		cfg := &config.Config{DatabaseURL: "sqlite:" + test.file, Development: test.development}
		if _, err := os.Stat(test.file); err != nil {
			db, err := store.Open(t.Context(), cfg.DatabaseURL, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			db.Close()
			changed, err := sql.Open("sqlite", test.file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := changed.ExecContext(t.Context(), "UPDATE migration_checksums SET checksum = 'other'"); err != nil {
				t.Fatal(err)
			}
			changed.Close()
		}
		_, err := store.Open(t.Context(), cfg.DatabaseURL, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Fatal("the database is used")
		}
		text := databaseError(err, cfg).Error()
		if !strings.Contains(text, "was changed after the database applied it") || strings.Contains(text, "make reset") != test.offered {
			t.Errorf("%+v: %s", test, text)
		}
	}
}
