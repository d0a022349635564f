package store_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry/logtest"
)

const (
	noAnswer    = "the database does not answer"
	notMigrated = "the schema of the database is not up to date yet"
)

// wantReady fails unless readiness has this error, where an empty text is none.
func wantReady(t *testing.T, db *store.DB, want string) {
	t.Helper()
	got := ""
	if err := db.Ready(t.Context()); err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("readiness is %q, want %q", got, want)
	}
}

// awaitReady returns when a database is ready: another instance may be migrating it.
func awaitReady(t *testing.T, db *store.DB) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for err := db.Ready(t.Context()); err != nil; err = db.Ready(t.Context()) {
		if time.Now().After(deadline) {
			t.Errorf("not ready in time: %v", err)
			return
		}
		time.Sleep(time.Millisecond)
	}
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
	wantReady(t, db, noAnswer)
	now = now.Add(time.Second)
	wantReady(t, db, noAnswer)
	if _, err := other.ExecContext(t.Context(), "ALTER TABLE gone RENAME TO last_ids"); err != nil {
		t.Fatal(err)
	}
	wantReady(t, db, noAnswer)
	now = now.Add(time.Second)
	wantReady(t, db, "")
	for text, want := range map[string]int{
		`level=ERROR msg="the database does not answer" err=`: 1, "no such table: last_ids": 1, `msg="the database answers again"`: 1,
	} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("%s is logged %d times in\n%s", text, got, &log)
		}
	}
}
