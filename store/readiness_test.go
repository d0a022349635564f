package store_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry/logtest"
)

const (
	noAnswer    = "the database does not answer"
	otherTables = "the tables of the database do not fit this program: see the log, and write the migration that is missing"
	notMigrated = "the schema of the database is not up to date yet"
)

// wantReady fails unless readiness has this error, where an empty text is none.
func wantReady(t *testing.T, db *store.DB, want string) {
	t.Helper()
	if got := readiness(t, db); got != want {
		t.Errorf("readiness is %q, want %q", got, want)
	}
}

// readiness returns the error of a database that is not ready, or nothing.
func readiness(t *testing.T, db *store.DB) string {
	if err := db.Ready(t.Context()); err != nil {
		return err.Error()
	}
	return ""
}

// awaitReady returns when a database is ready: another instance may be migrating it.
func awaitReady(t *testing.T, db *store.DB) { awaitReadiness(t, db, "") }

// awaitReadiness returns when the readiness of a database has this error, where an empty text is none.
func awaitReadiness(t *testing.T, db *store.DB, want string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for got := readiness(t, db); got != want; got = readiness(t, db) {
		if time.Now().After(deadline) {
			t.Errorf("after a minute, readiness is %q, want %q", got, want)
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// part:sqlite:begin

// The first caller of each second waits for a probe, which has a time limit of its own. No other caller waits.
func TestReadinessDoesNotQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "memory:")
		wantReady(t, db, "")
		db.Timeout = time.Hour
		release := db.Occupy(t.Context())                       // of the one connection
		for _, want := range []string{"", noAnswer, noAnswer} { // which the others get while the first one waits
			time.Sleep(time.Second)
			begun := time.Now()
			probe := make(chan string)
			go func() { probe <- readiness(t, db) }()
			synctest.Wait()
			for range 1000 {
				wantReady(t, db, want)
			}
			if took := time.Since(begun); took > 0 {
				t.Errorf("1000 callers wait %s", took)
			}
			if got := <-probe; got != noAnswer || time.Since(begun) > time.Second {
				t.Errorf("after %s, readiness is %q", time.Since(begun), got)
			}
		}
		release()
		time.Sleep(time.Second)
		wantReady(t, db, "")
	})
}

func TestReadinessIsProbedEverySecond(t *testing.T) {
	address := storetest.SQLite(t)
	var log logtest.Buffer
	db, err := store.Open(t.Context(), address, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Now()
	db.SetClock(func() time.Time { return now })

	wantReady(t, db, "")
	other := execute(t, strings.TrimPrefix(address, "sqlite:"), "ALTER TABLE last_ids RENAME TO gone")
	wantReady(t, db, "")
	now = now.Add(time.Second)
	wantReady(t, db, otherTables)
	now = now.Add(time.Second)
	wantReady(t, db, otherTables)
	if _, err := other.ExecContext(t.Context(), "ALTER TABLE gone RENAME TO last_ids"); err != nil {
		t.Fatal(err)
	}
	wantReady(t, db, otherTables)
	now = now.Add(time.Second)
	wantReady(t, db, "")
	for text, want := range map[string]int{
		`level=ERROR msg="the database cannot be used"`: 1, "no such table: last_ids": 1, `msg="the database can be used again"`: 1,
	} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("%s is logged %d times in\n%s", text, got, &log)
		}
	}
}

// part:sqlite:end
