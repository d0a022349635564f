package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/gatehouse/store/storetest"
)

func TestMigrateBringsTheSchemaUpToDate(t *testing.T) {
	empty := storetest.Address(t)
	for _, test := range []struct {
		name, database string
		status         int
		says           string
	}{
		{"an empty database", empty, 0, "database migrated"},
		{"one that is up to date", empty, 0, "the schema is up to date"},
		{"one that cannot be opened", "sqlite:" + filepath.Join(t.TempDir(), "a", "b"), 1, "DATABASE_URL: "}, // part:sqlite
		{"a server that does not respond", "postgres://u:secret@127.0.0.1:1/a", 1, "refused"},                // part:postgres
		{"no database", "items.db", 1, "DATABASE_URL: it is no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newTerminal(t, "DATABASE_URL", test.database)
			status := f.Run(t, "migrate")
			output := f.Stdout.String() + f.Stderr.String()
			if status != test.status || !strings.Contains(output, test.says) || strings.Contains(output, "secret") {
				t.Errorf("the status is %d, want %d and %s, with\n%s", status, test.status, test.says, output)
			}
			if migrated := strings.Contains(output, "database migrated"); migrated != (test.name == "an empty database") {
				t.Errorf("a migration is applied: %t", migrated)
			}
		})
	}
}
