package devidp

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTableIsBoundedAndDeletesExpiredRows(t *testing.T) {
	now := time.Unix(1000, 0)
	table := newTable[int](func() time.Time { return now })
	for i := range capacity + 10 {
		table.put(strconv.Itoa(i), i, now.Add(time.Hour+time.Duration(i)))
	}
	if len(table.rows) != capacity {
		t.Errorf("got %d rows, want %d", len(table.rows), capacity)
	}
	if _, ok := table.get("9"); ok {
		t.Error("the row that expires first is still there")
	}
	if _, ok := table.get("10"); !ok {
		t.Error("a row was deleted without need")
	}
	now = now.Add(2 * time.Hour)
	if _, ok := table.get("10"); ok {
		t.Error("an expired row is found")
	}
	table.put("new", 1, now.Add(time.Hour))
	if len(table.rows) != 1 {
		t.Errorf("got %d rows after expired ones were deleted, want 1", len(table.rows))
	}
}

func TestTableGivesARowToOneCaller(t *testing.T) {
	now := time.Unix(1000, 0)
	table := newTable[string](func() time.Time { return now })
	table.put("a", "value", now.Add(time.Minute))
	table.put("b", "value", now.Add(time.Minute))
	var used, taken atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if table.use("a") {
				used.Add(1)
			}
			if _, ok := table.take("b"); ok {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if used.Load() != 1 || taken.Load() != 1 {
		t.Errorf("used %d times, taken %d times, want 1 each", used.Load(), taken.Load())
	}
	if _, ok := table.get("a"); !ok {
		t.Error("the used row was deleted")
	}
	if table.use("missing") {
		t.Error("a missing row was used")
	}
}
