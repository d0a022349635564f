package store_test

import (
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// execute executes statements in a file, as another process would, on one connection that is open until the
// test ends.
func execute(t *testing.T, path string, statements ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
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

func TestOnlyTheOwnerCanReadAFile(t *testing.T) {
	db, path := sqliteFile(t)
	create(t, samplesIn(t, db), alice, "Lantern")
	found, err := filepath.Glob(path + "*")
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

func TestFilesCanHaveAnyName(t *testing.T) {
	for _, name := range []string{"items", "a b.db", "what?.db", "100%.db", "%41.db", "a#b.db", "ä;&=+.db", "x?_pragma=synchronous(0)"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			row := create(t, samplesIn(t, open(t, "sqlite:"+path)), alice, "Lantern")
			wantFound(t, samplesIn(t, open(t, "sqlite:"+path)), row)
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRowsOutliveTheProcess(t *testing.T) {
	address := storetest.SQLite(t)
	first, err := store.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	table := samplesIn(t, first)
	row := create(t, table, alice, "Lantern")
	row.Name = "Lamp"
	row = update(t, table, row)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	table = samplesIn(t, open(t, address))
	wantFound(t, table, row)
	if next := create(t, table, alice, "later"); next.ID <= row.ID {
		t.Errorf("%s follows %s", next.ID, row.ID)
	}
}

// A commit is on the disk, and not only in the memory of the operating system, before it is acknowledged.
func TestCommitsAreSynchronous(t *testing.T) {
	db, _ := sqliteFile(t)
	for query, want := range map[string]string{
		"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2", "PRAGMA foreign_keys": "1", "PRAGMA busy_timeout": "5000",
	} {
		if got, err := db.Query(t.Context(), query); err != nil || got != want {
			t.Errorf("%s is %s with the error %v, want %s", query, got, err, want)
		}
	}
}

// Other programs, and functions of SQLite, can read this form (ISO 8601).
func TestTimesOfAFileHaveAStandardForm(t *testing.T) {
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	if _, err := table.Create(t.Context(), alice, sample{Due: time.Date(2026, 11, 23, 10, 0, 0, 5e8, time.FixedZone("CET", 3600))}); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Query(t.Context(), "SELECT due || '' FROM samples"); err != nil || got != "2026-11-23 09:00:00.5+00:00" {
		t.Errorf("due is %s with the error %v", got, err)
	}
}

func TestLockedFilesAreUnavailableForChanges(t *testing.T) {
	db, path := sqliteFile(t)
	table := samplesIn(t, db)
	row := create(t, table, alice, "Lantern")
	db.Timeout = 50 * time.Millisecond
	other := execute(t, path, "BEGIN IMMEDIATE")
	_, err := table.Create(t.Context(), alice, sample{})
	wantUnavailable(t, err)
	wantUnavailable(t, table.Delete(t.Context(), row.ID, row.Version))
	wantFound(t, table, row)
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	db.Timeout = time.Minute
	create(t, table, alice, "Lamp")
	rows, _, err := table.ListAll(t.Context(), "", 10)
	wantNames(t, rows, err, "Lantern Lamp")
}

// A change of a file that has no name any more would be acknowledged and lost.
func TestDeletedFilesAreUnavailable(t *testing.T) {
	const gone = "the file of the database was deleted or replaced: put it back, or restart this program to create a new one"
	for name, remove := range map[string]func(path string) error{
		"moved": func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, path := sqliteFile(t)
			now := time.Now()
			db.SetClock(func() time.Time { now = now.Add(time.Second); return now })
			table := samplesIn(t, db)
			row := create(t, table, alice, "Lantern")
			wantReady(t, db, "")
			if err := remove(path); err != nil {
				t.Fatal(err)
			}
			wantReady(t, db, gone)
			_, err := table.Create(t.Context(), alice, sample{})
			wantUnavailable(t, err)
			wantUnavailable(t, table.Delete(t.Context(), row.ID, store.AnyVersion))
			_, err = table.Get(t.Context(), alice, row.ID)
			wantUnavailable(t, err)
			if err := os.Rename(path+".old", path); err != nil {
				t.Fatal(err)
			}
			wantReady(t, db, "")
			wantFound(t, table, row)
			create(t, table, alice, "Lamp")
		})
	}
}

// The disk of a file can be full, which is no limit of a caller.
func TestFullFilesAreUnavailableForChanges(t *testing.T) {
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	row := create(t, table, alice, "Lantern")
	if _, err := db.Query(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	var err error
	for range 1000 {
		if _, err = table.Create(t.Context(), alice, sample{}); err != nil {
			break
		}
	}
	wantUnavailable(t, err)
	wantFound(t, table, row)
}
