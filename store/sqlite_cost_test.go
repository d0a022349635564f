// The race detector makes sync.Pool drop entries, which costs allocations.

//go:build !race

package store_test

import (
	"context"
	"math"
	"testing"
)

// A row of a list costs what the driver allocates for its columns: there are 17, of every type.
func TestARowOfAListAllocatesLittle(t *testing.T) {
	const most = 33
	db, _ := sqliteFile(t)
	table := samplesIn(t, db)
	for range 60 {
		create(t, table, alice, "Lantern")
	}
	page := func(limit int) float64 {
		return testing.AllocsPerRun(100, func() {
			// The driver allocates for a context that may be done, as often as it waits.
			if rows, _, err := table.List(context.Background(), alice, "", limit); err != nil || len(rows) != limit {
				t.Fatalf("%d rows, and the error %v", len(rows), err)
			}
		})
	}
	if got := (page(51) - page(1)) / 50; math.Round(got) > most {
		t.Errorf("%.2f allocations a row, want at most %d", got, most)
	}
}
