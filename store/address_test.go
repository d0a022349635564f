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
	const none = "it is none of memory:, sqlite:FILE and postgres://USER:PASSWORD@HOST/DATABASE"
	const noFile = "sqlite: is followed by the path of a file; memory: is a database in memory"
	const noServer = "it is not an address such as postgres://user:password@host:5432/database?sslmode=verify-full"
	for address, want := range map[string]string{
		"memory:":                                           "",
		"sqlite:items.db":                                   "",
		"sqlite:/var/lib/orders/items.db":                   "",
		"postgres://u:secret@db/orders":                     "",
		"postgresql://u:secret@db:5433/orders":              "",
		"postgres://u@/orders?host=/run/socket":             "",
		"postgres://u:secret@db/orders?sslmode=verify-full": "",
		"":                                       none,
		"memory":                                 none,
		"memory:1":                               none,
		"items.db":                               none,
		"mysql://u:secret@db/orders":             none,
		"u:secret@db/orders":                     none,
		"SQLITE:items.db":                        none,
		"sqlite:":                                noFile,
		"sqlite::memory:":                        noFile,
		"postgres://u:secret@db:x/o":             noServer,
		"postgres://u:sec ret@db/o":              noServer,
		"postgres://u:secret%zz@db/o":            noServer,
		"postgres://u:secret@db/o?a=%z":          noServer,
		"postgres://u:secret@db/o?sslmode=maybe": noServer,
		"postgres://u:secret@db/o?connect_timeout=-1s": noServer,
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

func TestUnusableDatabasesStopTheStart(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "foreign")
	execute(t, foreign, `CREATE TABLE "items" (owner TEXT)`)
	for address, want := range map[string]string{
		"sqlite:" + dir:                                "is a directory",
		"sqlite:" + filepath.Join(dir, "a", "b"):       "no such file or directory",
		"sqlite:" + garbage:                            "file is not a database",
		"sqlite:" + foreign:                            `table "items" already exists`,
		"postgres://u:secret@db/orders?sslmode=always": "it is not an address such as",
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
