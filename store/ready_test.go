package store_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// wantUnavailable fails unless an error is answered with 503 and when to try again.
func wantUnavailable(t *testing.T, err error) {
	t.Helper()
	wantError(t, err, problem.DatabaseUnavailable)
	if refusal, ok := errors.AsType[*auth.Error](err); !ok || refusal.RetryAfter < time.Second {
		t.Errorf("the refusal is %+v", refusal)
	}
}

func wantReady(t *testing.T, d *store.Database, want string) {
	t.Helper()
	got := ""
	if err := d.Ready(t.Context()); err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("ready with %q, want %q", got, want)
	}
}

const (
	noAnswer   = "the database does not answer"
	unprepared = "the schema of the database is not up to date yet"
)

func TestReadinessIsThatOfTheDatabaseASecondAgo(t *testing.T) {
	address := storetest.SQLite(t)
	var log bytes.Buffer
	s, err := store.Open(t.Context(), address, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := s.(*store.Database)
	now := time.Now()
	d.SetClock(func() time.Time { return now })
	file := strings.TrimPrefix(address, "sqlite:")

	wantReady(t, d, "")
	other := execute(t, file, "ALTER TABLE last_item RENAME TO gone")
	wantReady(t, d, "")
	now = now.Add(time.Second)
	wantReady(t, d, noAnswer)
	now = now.Add(time.Second)
	wantReady(t, d, noAnswer)
	if _, err := other.ExecContext(t.Context(), "ALTER TABLE gone RENAME TO last_item"); err != nil {
		t.Fatal(err)
	}
	wantReady(t, d, noAnswer)
	now = now.Add(time.Second)
	wantReady(t, d, "")
	for text, want := range map[string]int{
		`level=ERROR msg="the database does not answer" err=`: 1, "no such table: last_item": 1, `msg="the database answers again"`: 1,
	} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("%s is logged %d times in\n%s", text, got, &log)
		}
	}
}
