package cache

import (
	"sync"
	"testing"
)

func TestACacheHasALimit(t *testing.T) {
	c := New[int, string](2)
	for key, value := range []string{"a", "b", "c", "d"} {
		c.Put(key, value)
		if got, found := c.Get(key); !found || got != value {
			t.Errorf("got %q and %v, want the latest entry %q", got, found, value)
		}
	}
	if len(c.entries) != 2 {
		t.Errorf("got %d entries", len(c.entries))
	}
}

func TestAnEntryIsReplacedInItsPlace(t *testing.T) {
	c := New[string, int](2)
	c.Put("a", 1)
	c.Put("b", 1)
	c.Put("b", 2)
	a, _ := c.Get("a")
	if b, _ := c.Get("b"); a != 1 || b != 2 {
		t.Errorf("got %d and %d", a, b)
	}
}

func TestADeletedEntryIsGone(t *testing.T) {
	c := New[string, int](1)
	c.Put("a", 1)
	c.Delete("a")
	c.Delete("b")
	if got, found := c.Get("a"); found || got != 0 {
		t.Errorf("got %d", got)
	}
}

func TestACacheIsForConcurrentUse(t *testing.T) {
	c := New[int, int](10)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 1000 {
				c.Put(i%20, n)
				c.Get(i % 20)
				c.Delete(i % 7)
			}
		})
	}
	wg.Wait()
	if len(c.entries) > 10 {
		t.Errorf("got %d entries", len(c.entries))
	}
}
