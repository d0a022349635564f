//go:build postgres

package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"github.com/jackc/pgx/v5"
)

// An administrator, or an instance that hangs, holds the lock of all creates in an open transaction.
func TestOnlyCreatesWaitForTheirLock(t *testing.T) {
	address := storetest.Postgres(t)
	db := open(t, address)
	table := samplesIn(t, db)
	row := create(t, table, alice, "before")
	db.Timeout = 3 * time.Second
	other := connectTo(t, address)
	mustExec(t, other, "BEGIN")
	mustExec(t, other, "SELECT id FROM last_ids FOR UPDATE")

	var creates sync.WaitGroup
	for range 30 {
		creates.Go(func() {
			_, err := table.Create(t.Context(), alice, sample{})
			wantUnavailable(t, err)
		})
	}
	awaitLocked(t, address)
	soon, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	for range 5 {
		if _, err := table.Get(soon, alice, row.ID); err != nil {
			t.Errorf("a read ends with %v", err)
		}
		row.Version = store.AnyVersion
		if _, err := table.Update(soon, row); err != nil {
			t.Errorf("an update ends with %v", err)
		}
		db.SetClock(func() time.Time { return time.Now().Add(time.Hour) })
		wantReady(t, db, "")
	}
	creates.Wait()
	mustExec(t, other, "COMMIT")
	create(t, table, alice, "after")
}

// A transaction that cannot get a lock ends before the time limit of the operation, and its connection stays.
func TestTransactionsDoNotWaitLongForALock(t *testing.T) {
	address := storetest.Postgres(t)
	db := open(t, address)
	db.Timeout = time.Minute
	table := samplesIn(t, db)
	row := create(t, table, alice, "before")
	other := connectTo(t, address)
	mustExec(t, other, "BEGIN")
	mustExec(t, other, "SELECT id FROM samples FOR UPDATE")
	for name, change := range map[string]func() error{
		"update": func() error { _, err := table.Update(t.Context(), row); return err },
		"delete": func() error { return table.Delete(t.Context(), row.ID, store.AnyVersion) },
	} {
		if err := change(); !errors.Is(err, problem.DatabaseUnavailable) || !strings.Contains(err.Error(), "lock timeout") {
			t.Errorf("an %s ends with %v", name, err)
		}
	}
}

// awaitLocked returns when a transaction waits for a lock.
func awaitLocked(t *testing.T, address string) {
	t.Helper()
	observer := connectTo(t, address)
	for locked := false; !locked; {
		const query = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
		if err := observer.QueryRow(t.Context(), query).Scan(&locked); err != nil {
			t.Fatal(err)
		}
	}
}

// connectTo connects to a server until the test ends.
func connectTo(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func mustExec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
