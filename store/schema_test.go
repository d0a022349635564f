package store_test

import (
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

const (
	newerMigration = "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)"

	newer   = "the database has migration 99, which is newer than this program: start the version that applied it, or a later one"
	changed = "migration 00001_items.sql was changed after the database applied it: " +
		"undo the change and write a new migration, or start with an empty database"
	skipped = "migration 00001_items.sql is not applied, but migration %d is: give it the next number"
)

// migrationNumbers returns those of this program's migrations.
func migrationNumbers(t *testing.T) (numbers []string) {
	t.Helper()
	files, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || files == nil {
		t.Fatal("there are no migrations: ", err)
	}
	for _, file := range files {
		number, _, _ := strings.Cut(filepath.Base(file), "_")
		numbers = append(numbers, strings.TrimLeft(number, "0"))
	}
	return numbers
}

// wantMisfit fails unless an error says in one sentence why a schema does not fit.
func wantMisfit(t *testing.T, err error, want string) {
	t.Helper()
	misfit, ok := errors.AsType[*store.SchemaError](err)
	if !ok || misfit.Error() != want || !strings.Contains(err.Error(), want) {
		t.Errorf("got the error %v, want %s", err, want)
	}
}

// migrations returns how many migrations there are, and the number of the last.
func migrations(t *testing.T) (count, last string) {
	t.Helper()
	files, err := filepath.Glob("migrations/*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v and %v", files, err)
	}
	files = slices.DeleteFunc(files, func(file string) bool { return filepath.Dir(file) != filepath.Dir(files[0]) }) // each kind has the same
	number, _, _ := strings.Cut(filepath.Base(files[len(files)-1]), "_")
	return strconv.Itoa(len(files)), strings.TrimLeft(number, "0")
}

// part:sqlite:begin

func TestFilesWithAnotherSchemaAreNotOpened(t *testing.T) {
	testMisfits(t, storetest.SQLite)
}

// part:sqlite:end

// testMisfits changes what a database says about its migrations, and opens it again.
func testMisfits(t *testing.T, empty func(testing.TB) string) {
	numbers := migrationNumbers(t)
	skipped := "migration 00001_items.sql is not applied, but migration " + numbers[len(numbers)-1] + " is: give it the next number"
	for name, test := range map[string]struct{ change, want string }{
		"one of a later version":       {newerMigration, newer},
		"one whose migration changed":  {"UPDATE migration_checksums SET checksum = 'other' WHERE id = (SELECT min(id) FROM migration_checksums)", changed},
		"one that skipped a migration": {"DELETE FROM goose_db_version WHERE version_id = 1", skipped},
	} {
		t.Run(name, func(t *testing.T) {
			address := empty(t)
			if err := open(t, address).Execute(t.Context(), test.change); err != nil {
				t.Fatal(err)
			}
			db, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler))
			if err == nil {
				db.Close()
			}
			_, last := migrations(t)
			wantMisfit(t, err, strings.ReplaceAll(test.want, "%d", last))
		})
	}
	t.Run("one from before there were checksums", func(t *testing.T) {
		address := empty(t)
		if err := open(t, address).Execute(t.Context(), "DROP TABLE migration_checksums"); err != nil {
			t.Fatal(err)
		}
		all, _ := migrations(t)
		for range 2 {
			const count = "SELECT CAST(count(*) AS TEXT) FROM migration_checksums AS c JOIN goose_db_version AS v ON c.id = v.id WHERE length(checksum) = 64"
			if got, err := open(t, address).Query(t.Context(), count); err != nil || got != all {
				t.Errorf("%s migrations have checksums, with the error %v", got, err)
			}
		}
	})
}

// part:sqlite:begin

// Another instance migrates the file to a later version while this one waits for it.
func TestReadinessSaysWhyTheSchemaDoesNotFit(t *testing.T) {
	first, path := sqliteFile(t)
	if err := first.Execute(t.Context(), newerMigration); err != nil {
		t.Fatal(err)
	}
	other := execute(t, path+".lock", "BEGIN EXCLUSIVE")
	db := open(t, "sqlite:"+path)
	wantReady(t, db, notMigrated)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	awaitReadiness(t, db, newer)
	_, _, err := store.NewItems(db).ListAll(t.Context(), "", 1)
	wantUnavailable(t, err)
	wantMisfit(t, err, newer)
	if err := first.Execute(t.Context(), "DELETE FROM goose_db_version WHERE version_id = 99"); err != nil {
		t.Fatal(err)
	}
	awaitReadiness(t, db, "")
}

// part:sqlite:end

func TestOnlyStatementsCountForAChecksum(t *testing.T) {
	const text = "-- +goose Up\nCREATE TABLE a (\n\tb text NOT NULL, -- a note\n\tc text\n);\n\n-- +goose Down\nDROP TABLE a;\n"
	for name, test := range map[string]struct {
		text string
		same bool
	}{
		"another comment":        {strings.ReplaceAll(text, "a note", "the name"), true},
		"no comment":             {strings.ReplaceAll(text, " -- a note", ""), true},
		"other white space":      {strings.ReplaceAll(text, "\n", "\r\n  "), true},
		"another way back":       {strings.ReplaceAll(text, "DROP TABLE a;", "DROP TABLE a CASCADE;"), true},
		"another type":           {strings.ReplaceAll(text, "c text", "c bigint"), false},
		"another column":         {strings.ReplaceAll(text, "c text", "c text, d text"), false},
		"a statement less":       {"-- +goose Up\n", false},
		"a comment for a column": {strings.ReplaceAll(text, "c text", "-- c text"), false},
	} {
		t.Run(name, func(t *testing.T) {
			if same := store.Checksum(test.text) == store.Checksum(text); same != test.same {
				t.Errorf("the checksum is the same: %v", same)
			}
		})
	}
}
