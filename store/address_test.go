package store_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/gatehouse/store"
)

func TestAddressesAreChecked(t *testing.T) {
	const none = "it is none of memory:, sqlite:FILE and postgres://USER:PASSWORD@HOST/DATABASE" // part:postgres,sqlite
	// without:sqlite const none = "it is not postgres://USER:PASSWORD@HOST/DATABASE"
	// without:postgres const none = "it is none of memory: and sqlite:FILE"
	const noFile = "sqlite: is followed by the path of a file; memory: is a database in memory"                     // part:sqlite
	const noServer = "it is not an address such as postgres://user:password@host:5432/database?sslmode=verify-full" // part:postgres
	for address, want := range map[string]string{
		"memory:":                                           "", // part:sqlite
		"sqlite:items.db":                                   "", // part:sqlite
		"sqlite:/var/lib/orders/items.db":                   "", // part:sqlite
		"postgres://u:secret@db/orders":                     "", // part:postgres
		"postgresql://u:secret@db:5433/orders":              "", // part:postgres
		"postgres://u@/orders?host=/run/socket":             "", // part:postgres
		"postgres://u:secret@db/orders?sslmode=verify-full": "", // part:postgres
		"":                                       none,
		"memory":                                 none,
		"memory:1":                               "memory: has nothing behind it", // part:sqlite
		"items.db":                               none,
		"mysql://u:secret@db/orders":             none,
		"u:secret@db/orders":                     none,
		"SQLITE:items.db":                        none,
		"sqlite:":                                noFile,   // part:sqlite
		"sqlite::memory:":                        noFile,   // part:sqlite
		"postgres://u:secret@db:x/o":             noServer, // part:postgres
		"postgres://u:sec ret@db/o":              noServer, // part:postgres
		"postgres://u:secret%zz@db/o":            noServer, // part:postgres
		"postgres://u:secret@db/o?a=%z":          noServer, // part:postgres
		"postgres://u:secret@db/o?sslmode=maybe": noServer, // part:postgres
		"postgres://u:secret@db/o?connect_timeout=-1s": noServer, // part:postgres
	} {
		t.Run(address, func(t *testing.T) {
			got := ""
			if err := store.CheckAddress(address); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// part:sqlite:begin

func TestUnusableDatabasesStopTheStart(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	execute(t, foreign, `CREATE TABLE "items" (owner TEXT)`)
	for address, want := range map[string]string{
		"sqlite:" + dir:                                "is a directory",               // part:sqlite
		"sqlite:" + filepath.Join(dir, "a", "b"):       "no such file or directory",    // part:sqlite
		"sqlite:" + garbage:                            "file is not a database",       // part:sqlite
		"sqlite:" + foreign:                            `table "items" already exists`, // part:sqlite
		"postgres://u:secret@db/orders?sslmode=always": "it is not an address such as", // part:postgres
	} {
		db, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Errorf("%s is opened", address)
			db.Close()
		} else if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got the error %v, want %s", address, err, want)
		}
	}
}

// part:sqlite:end
