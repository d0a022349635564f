package store_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/store/storetest"
)

// part:sqlite:begin

// database/sql gives a connection to a random one of the operations that wait, so that some of them wait for long.
func TestOperationsRunInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "memory:")
		table := samplesIn(t, db)
		release := db.Occupy(t.Context())
		want := ""
		for i := range 20 {
			want += fmt.Sprint(i, " ")
			go func() {
				if _, err := table.Create(t.Context(), alice, sample{Name: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			}()
			synctest.Wait() // until it waits
		}
		release()
		synctest.Wait()
		rows, _, err := table.List(t.Context(), alice, "", 100)
		wantNames(t, rows, err, want[:len(want)-1])
	})
}

func TestOperationsWaitUntilTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "memory:")
		table := samplesIn(t, db)
		db.Timeout = time.Hour
		release := db.Occupy(t.Context())
		db.Timeout = time.Second
		_, _, err := table.List(t.Context(), alice, "", 1)
		wantUnavailable(t, err)
		_, err = table.Create(t.Context(), alice, sample{})
		wantUnavailable(t, err)
		release()
		create(t, table, alice, "after")
	})
}

// part:sqlite:end

func TestConnectionsAreDivided(t *testing.T) {
	const server = "postgres://u@127.0.0.1:1/orders" // which does not respond // part:postgres
	for _, test := range []struct {
		address                string
		total                  int
		read, write, readiness int
	}{
		{storetest.SQLite(t), 0, 8, 1, 1},   // part:sqlite
		{storetest.SQLite(t), 3, 1, 1, 1},   // part:sqlite
		{storetest.SQLite(t), 20, 18, 1, 1}, // part:sqlite
		{server, 0, 9, 10, 1},               // part:postgres
		{server, 3, 1, 1, 1},                // part:postgres
		{server, 4, 1, 2, 1},                // part:postgres
		{server, 31, 15, 15, 1},             // part:postgres
		{"memory:", 0, 1, 1, 1},             // the same one // part:sqlite
		{"memory:", 20, 1, 1, 1},            // part:sqlite
	} {
		db := open(t, test.address)
		db.SetConnections(test.total)
		if got, want := db.Connections(), [3]int{test.read, test.write, test.readiness}; got != want {
			t.Errorf("%s has %v of %d connections, want %v", test.address, got, test.total, want)
		}
	}
}
