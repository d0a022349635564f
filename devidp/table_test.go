package devidp

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTableIsBoundedAndForgets(t *testing.T) {
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
		t.Error("a row is gone that had no need to go")
	}
	now = now.Add(2 * time.Hour)
	if _, ok := table.get("10"); ok {
		t.Error("an expired row is found")
	}
	table.put("new", 1, now.Add(time.Hour))
	if len(table.rows) != 1 {
		t.Errorf("got %d rows after the sweep, want 1", len(table.rows))
	}
}

func TestTableGivesOnce(t *testing.T) {
	now := time.Unix(1000, 0)
	table := newTable[string](func() time.Time { return now })
	table.put("a", "value", now.Add(time.Minute))
	table.put("b", "value", now.Add(time.Minute))
	var spent, taken atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if table.spend("a") {
				spent.Add(1)
			}
			if _, ok := table.take("b"); ok {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if spent.Load() != 1 || taken.Load() != 1 {
		t.Errorf("spent %d times, taken %d times, want 1 each", spent.Load(), taken.Load())
	}
	if _, ok := table.get("a"); !ok {
		t.Error("the spent row is gone")
	}
	if table.spend("missing") {
		t.Error("spent what is not there")
	}
}
