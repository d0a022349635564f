package store_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

func TestSeveralInstancesOpenAFileAtOnce(t *testing.T) { openAtOnce(t, storetest.SQLite(t)) }

// openAtOnce opens an empty database many times at once. Every instance must get ready, and every
// migration must have been applied once.
func openAtOnce(t *testing.T, address string) {
	var log strings.Builder
	locked := &lockedWriter{to: &log}
	got := together(func(int) error {
		s, err := store.Open(t.Context(), address, slog.New(slog.NewTextHandler(locked, nil)))
		if err != nil {
			return err
		}
		t.Cleanup(func() { s.Close() })
		await(t, s.(*store.Database))
		return nil
	})
	if got[nil] != crowd {
		t.Errorf("opening ends with %v", got)
	}
	if migrated := strings.Count(log.String(), "database migrated"); migrated != 1 || strings.Contains(log.String(), "cannot be used yet") {
		t.Errorf("the log says\n%s", &log)
	}
}

func TestAFileIsMigratedByOneInstanceAtATime(t *testing.T) {
	address := storetest.SQLite(t)
	other := execute(t, strings.TrimPrefix(address, "sqlite:")+".lock", "BEGIN EXCLUSIVE")
	wantMigrationWaits(t, address, func() error { return other.Close() })
}

// wantMigrationWaits fails unless an empty database is opened and is not ready before another
// instance, which holds the lock, releases it.
func wantMigrationWaits(t *testing.T, address string, release func() error) {
	t.Helper()
	d := instances(address)(t, roomy).(*store.Database)
	wantReady(t, d, unprepared)
	_, err := d.ListAll(t.Context(), "", 1)
	wantUnavailable(t, err)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	await(t, d)
	create(t, d, alice, "Lantern")
}

func TestAFileOfALaterVersionIsOpened(t *testing.T) {
	d, file := database(t)
	item := create(t, d, alice, "Lantern")
	execute(t, file, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	wantFound(t, instances("sqlite:"+file)(t, roomy), item)
}

// await returns when a database is ready, which may take it another instance's migration.
func await(t *testing.T, d *store.Database) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for err := d.Ready(t.Context()); err != nil; err = d.Ready(t.Context()) {
		if time.Now().After(deadline) {
			t.Errorf("not ready in time: %v", err)
			return
		}
		time.Sleep(time.Millisecond)
	}
}
