package devidp

import (
	"sync"
	"time"
)

// capacity bounds every table.
const capacity = 4096

// A table stores values for a limited time. When it is full, a new value replaces the one that would
// expire first. It is safe for concurrent use.
type table[V any] struct {
	now  func() time.Time
	mu   sync.Mutex
	rows map[string]*row[V]
}

type row[V any] struct {
	value   V
	expires time.Time
	used    bool
}

func newTable[V any](now func() time.Time) *table[V] {
	return &table[V]{now: now, rows: map[string]*row[V]{}}
}

// put stores value under key until it expires, and deletes the rows that have expired.
func (t *table[V]) put(key string, value V, expires time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, first := t.now(), ""
	for k, row := range t.rows {
		if !row.expires.After(now) {
			delete(t.rows, k)
		} else if first == "" || row.expires.Before(t.rows[first].expires) {
			first = k
		}
	}
	if len(t.rows) >= capacity {
		delete(t.rows, first)
	}
	t.rows[key] = &row[V]{value: value, expires: expires}
}

// get returns the value under key, used or not.
func (t *table[V]) get(key string) (value V, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[key]
	if !ok || !row.expires.After(t.now()) {
		return value, false
	}
	return row.value, true
}

// has reports whether there is a value under key.
func (t *table[V]) has(key string) bool {
	_, ok := t.get(key)
	return ok
}

// take deletes the value under key and returns it, to one caller only.
func (t *table[V]) take(key string) (V, bool) {
	value, ok := t.get(key)
	t.mu.Lock()
	defer t.mu.Unlock()
	_, still := t.rows[key]
	delete(t.rows, key)
	return value, ok && still
}

// use marks the value under key as used, and reports whether this is its first use. The row stays, so
// that a second use can be detected.
func (t *table[V]) use(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[key]
	if !ok || row.used {
		return false
	}
	row.used = true
	return true
}
