// Package cache is a map whose entries have a bounded total size.
package cache

import "sync"

// A Cache stores entries up to a total size: when it is full, a new entry replaces any others. It is safe for concurrent
// use.
type Cache[K comparable, V any] struct {
	limit, share int64

	mu      sync.RWMutex
	size    int64
	entries map[K]entry[V]
}

type entry[V any] struct {
	value V
	size  int64
}

// New returns a Cache of at most a total size. No entry may have a larger size than the share, because it would replace
// too many others.
func New[K comparable, V any](limit, share int64) *Cache[K, V] {
	return &Cache[K, V]{limit: limit, share: share, entries: map[K]entry[V]{}}
}

// Get returns the entry of a key.
func (c *Cache[K, V]) Get(key K) (value V, found bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, found := c.entries[key]
	return e.value, found
}

// Put stores an entry of a size, unless that exceeds its share.
func (c *Cache[K, V]) Put(key K, value V, size int64) {
	if size > min(c.share, c.limit) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delete(key)
	for other := range c.entries { // in random order
		if c.size+size <= c.limit {
			break
		}
		c.delete(other)
	}
	c.entries[key] = entry[V]{value, size}
	c.size += size
}

// Delete removes the entry of a key, if there is one.
func (c *Cache[K, V]) Delete(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delete(key)
}

func (c *Cache[K, V]) delete(key K) {
	c.size -= c.entries[key].size
	delete(c.entries, key)
}

// Sweep removes the entries whose value is not wanted any more. It does not stop others from reading meanwhile.
func (c *Cache[K, V]) Sweep(unwanted func(V) bool) {
	for _, key := range c.keys(unwanted) {
		c.Delete(key)
	}
}

// keys returns the keys of the entries whose value is unwanted.
func (c *Cache[K, V]) keys(unwanted func(V) bool) (keys []K) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for key, e := range c.entries {
		if unwanted(e.value) {
			keys = append(keys, key)
		}
	}
	return keys
}
