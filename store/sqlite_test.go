package store_test

import (
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

func TestSQLite(t *testing.T) {
	suite(t, func(t *testing.T) opener { return instances(storetest.SQLite(t)) })
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// execute has somebody else run statements in a file, on one connection that is open until the test
// ends.
func execute(t *testing.T, file string, statements ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return db
}

// database opens a file that is its own.
func database(t *testing.T) (d *store.Database, file string) {
	t.Helper()
	address := storetest.SQLite(t)
	return instances(address)(t, roomy).(*store.Database), strings.TrimPrefix(address, "sqlite:")
}

func TestAFileIsItsOwnersAlone(t *testing.T) {
	d, file := database(t)
	create(t, d, alice, "Lantern")
	found, err := filepath.Glob(file + "*")
	if err != nil || len(found) < 3 { // the file, its log and its lock
		t.Fatalf("there are %v, and the error is %v", found, err)
	}
	for _, name := range found {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v and the error %v", name, info.Mode(), err)
		}
	}
}

func TestAFileMayHaveAnyName(t *testing.T) {
	for _, name := range []string{"items", "a b.db", "what?.db", "100%.db", "%41.db", "a#b.db", "ä;&=+.db", "x?_pragma=synchronous(0)"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			open := instances("sqlite:" + filepath.Join(dir, name))
			item := create(t, open(t, roomy), alice, "Lantern")
			wantFound(t, open(t, roomy), item)
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatAFileKeepsOutlivesTheStore(t *testing.T) {
	address := storetest.SQLite(t)
	first, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	item := create(t, first, alice, "Lantern")
	item.Name = "Lamp"
	if item, err = first.Update(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := instances(address)(t, roomy)
	wantFound(t, second, item)
	if next := create(t, second, alice, "later"); next.ID <= item.ID {
		t.Errorf("the identifier %s comes after %s", next.ID, item.ID)
	}
}

// A commit is on the disk, not only in the memory of the operating system, before it is acknowledged.
func TestAFileIsWrittenThrough(t *testing.T) {
	d, _ := database(t)
	for query, want := range map[string]string{
		"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2", "PRAGMA foreign_keys": "1", "PRAGMA busy_timeout": "5000",
	} {
		if got, err := d.Setting(t.Context(), query); err != nil || got != want {
			t.Errorf("%s is %s with the error %v, want %s", query, got, err, want)
		}
	}
}

func TestAFileThatIsLockedIsUnavailableForChanges(t *testing.T) {
	d, file := database(t)
	item := create(t, d, alice, "Lantern")
	d.Timeout = 50 * time.Millisecond
	other := execute(t, file, "BEGIN IMMEDIATE")
	_, err := d.Create(t.Context(), handlers.Item{Owner: alice})
	wantUnavailable(t, err)
	wantUnavailable(t, d.Delete(t.Context(), item.ID, item.Version))
	wantFound(t, d, item)
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	d.Timeout = time.Minute
	create(t, d, alice, "Lamp")
	if all, err := d.ListAll(t.Context(), "", 10); err != nil || names(all) != "Lantern Lamp" {
		t.Errorf("%s are kept, and the error is %v", names(all), err)
	}
}

func TestAMistakeIsNotBlamedOnTheDatabase(t *testing.T) {
	d, file := database(t)
	execute(t, file, "ALTER TABLE items RENAME COLUMN name TO title")
	_, err := d.ListAll(t.Context(), "", 1)
	if err == nil || !strings.HasPrefix(err.Error(), "database: ") || !strings.Contains(err.Error(), "no such column: name") {
		t.Errorf("the error is %v", err)
	}
}
