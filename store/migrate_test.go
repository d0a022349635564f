package store_test

import (
	"database/sql"
	"log/slog"
	"os"
	"strings"
	"testing"

	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry/logtest"
	"github.com/pressly/goose/v3"
)

// part:sqlite:begin

func TestInstancesOpenAFileAtOnce(t *testing.T) { openAtOnce(t, storetest.SQLite(t)) }

// part:sqlite:end

// openAtOnce opens an empty database several times at once. Every instance must get ready, and every
// migration must be applied once.
func openAtOnce(t *testing.T, address string) {
	var log logtest.Buffer
	got := concurrently(func(int) error {
		db, err := store.Open(t.Context(), address, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			return err
		}
		t.Cleanup(func() { db.Close() })
		awaitReady(t, db)
		return nil
	})
	if got[nil] != concurrency {
		t.Errorf("opening ends with %v", got)
	}
	for _, version := range []string{"to=1 ", "to=2 "} {
		if count := strings.Count(log.String(), `msg="database migrated" `+version); count != 1 {
			t.Errorf("the database is migrated %s %d times in\n%s", version, count, &log)
		}
	}
	if strings.Contains(log.String(), "cannot be used yet") {
		t.Errorf("the log says\n%s", &log)
	}
}

// part:sqlite:begin

func TestOneInstanceMigratesAFile(t *testing.T) {
	address := storetest.SQLite(t)
	path := strings.TrimPrefix(address, "sqlite:")
	other := execute(t, path+".lock", "BEGIN EXCLUSIVE")
	wantMigrationWaits(t, address, func() error {
		if file, err := os.Stat(path); err != nil || file.Size() > 0 {
			t.Errorf("the file was written without the lock: it has %d bytes, and the error is %v", file.Size(), err)
		}
		return other.Close()
	})
}

// part:sqlite:end

// wantMigrationWaits fails unless an empty database is opened, and is not ready until another instance
// releases the lock.
func wantMigrationWaits(t *testing.T, address string, release func() error) {
	t.Helper()
	db := open(t, address)
	wantReady(t, db, notMigrated)
	_, _, err := store.NewItems(db).ListAll(t.Context(), "", 1)
	wantUnavailable(t, err)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, db)
	create(t, samplesIn(t, db), alice, "Lantern")
}

// part:sqlite:begin

func TestFilesOfEarlierVersionsAreMigrated(t *testing.T) {
	address := storetest.SQLite(t)
	testMigrations(t, address, goose.DialectSQLite3, "sqlite", execute(t, strings.TrimPrefix(address, "sqlite:")))
}

func TestMigrateEndsWithTheMigration(t *testing.T) {
	address, log := storetest.SQLite(t), slog.New(slog.DiscardHandler)
	for range 2 {
		if err := store.Migrate(t.Context(), address, log); err != nil {
			t.Fatal(err)
		}
	}
	wantReady(t, open(t, address), "")
	execute(t, strings.TrimPrefix(address, "sqlite:"), newerMigration)
	wantMisfit(t, store.Migrate(t.Context(), address, log), newer)
	// part:postgres:begin
	if err := store.Migrate(t.Context(), "postgres://u:secret@127.0.0.1:1/orders", log); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a server that does not respond is migrated with %v", err)
	}
	// part:postgres:end
}

// part:sqlite:end

// testMigrations applies every migration, takes it back, and applies it again. The last identifier of the
// first version must stay the last one.
func testMigrations(t *testing.T, address string, dialect goose.Dialect, folder string, db *sql.DB) {
	t.Helper()
	const last = "7fffffff-ffff-7fff-bfff-fffffffffff0"
	provider, err := goose.NewProvider(dialect, db, os.DirFS("migrations/"+folder))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := provider.UpTo(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), "UPDATE last_item SET id = '"+last+"'"); err != nil {
			t.Fatal(err)
		}
		item, err := store.NewItems(open(t, address)).Create(t.Context(), alice, store.Item{})
		if err != nil || item.ID <= last {
			t.Errorf("%s follows %s, with the error %v", item.ID, last, err)
		}
		if _, err := provider.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
}
