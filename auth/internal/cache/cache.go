// Package cache is a map of a bounded size.
package cache

import "sync"

// A Cache stores up to a number of entries: when it is full, a new entry replaces any other one. It is safe for
// concurrent use.
type Cache[K comparable, V any] struct {
	limit   int
	mu      sync.RWMutex
	entries map[K]V
}

// New returns a Cache of at most limit entries.
func New[K comparable, V any](limit int) *Cache[K, V] {
	return &Cache[K, V]{limit: limit, entries: map[K]V{}}
}

// Get returns the entry of a key.
func (c *Cache[K, V]) Get(key K) (value V, found bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	value, found = c.entries[key]
	return value, found
}

// Put stores an entry.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, found := c.entries[key]; !found && len(c.entries) >= c.limit {
		for other := range c.entries { // in random order
			delete(c.entries, other)
			break
		}
	}
	c.entries[key] = value
}

// Delete removes the entry of a key, if there is one.
func (c *Cache[K, V]) Delete(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}
