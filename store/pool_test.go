package store_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

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
