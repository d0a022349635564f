package cache

import (
	"sync"
	"testing"
)

// check fails the test unless the entries have the total size, which is within the limit.
func check[K comparable, V any](t *testing.T, c *Cache[K, V], entries int) {
	t.Helper()
	total := int64(0)
	for _, e := range c.entries {
		total += e.size
	}
	if total != c.size || total > c.limit || len(c.entries) != entries {
		t.Errorf("%d entries of %d bytes, counted as %d, and the limit is %d", len(c.entries), total, c.size, c.limit)
	}
}

func TestACacheHasALimit(t *testing.T) {
	c := New[int, string](20, 20)
	for key, value := range []string{"a", "b", "c", "d"} {
		c.Put(key, value, 10)
		if got, found := c.Get(key); !found || got != value {
			t.Errorf("got %q and %v, want the latest entry %q", got, found, value)
		}
	}
	check(t, c, 2)
	c.Put(9, "large", 15)
	check(t, c, 1)
	c.Put(10, "small", 5)
	check(t, c, 2)
}

func TestAnEntryHasAShare(t *testing.T) {
	c := New[string, int](100, 10)
	c.Put("a", 1, 10)
	c.Put("b", 1, 11)
	if _, found := c.Get("b"); found {
		t.Error("an entry that is larger than its share is stored")
	}
	check(t, c, 1)
	none := New[string, int](0, 10)
	none.Put("a", 1, 1)
	check(t, none, 0)
}

func TestAnEntryIsReplacedInItsPlace(t *testing.T) {
	c := New[string, int](20, 20)
	c.Put("a", 1, 10)
	c.Put("b", 1, 5)
	c.Put("b", 2, 10)
	a, _ := c.Get("a")
	if b, _ := c.Get("b"); a != 1 || b != 2 {
		t.Errorf("got %d and %d", a, b)
	}
	check(t, c, 2)
}

func TestADeletedEntryIsGone(t *testing.T) {
	c := New[string, int](10, 10)
	c.Put("a", 1, 10)
	c.Delete("a")
	c.Delete("b")
	if got, found := c.Get("a"); found || got != 0 {
		t.Errorf("got %d", got)
	}
	check(t, c, 0)
}

func TestASweepRemovesWhatIsNotWanted(t *testing.T) {
	c := New[int, int](1000, 10)
	for n := range 100 {
		c.Put(n, n, 10)
	}
	c.Sweep(func(n int) bool { return n%4 != 0 })
	check(t, c, 25)
	if _, found := c.Get(8); !found {
		t.Error("a wanted entry is gone")
	}
}

func TestACacheIsForConcurrentUse(t *testing.T) {
	c := New[int, int](100, 10)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 1000 {
				c.Put(i%20, n, 10)
				c.Get(i % 20)
				c.Delete(i % 7)
				if i%100 == 0 {
					c.Sweep(func(v int) bool { return v == n })
				}
			}
		})
	}
	wg.Wait()
	check(t, c, len(c.entries))
}
