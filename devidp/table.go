package devidp

import (
	"sync"
	"time"
)

// capacity bounds every table.
const capacity = 4096

// A table keeps values for a limited time. When it is full, the value that would expire first makes
// room. It is safe for concurrent use.
type table[V any] struct {
	now  func() time.Time
	mu   sync.Mutex
	rows map[string]*row[V]
}

type row[V any] struct {
	value V
	until time.Time
	spent bool
}

func newTable[V any](now func() time.Time) *table[V] {
	return &table[V]{now: now, rows: map[string]*row[V]{}}
}

// put keeps value under key until the given time, and sweeps out what has expired.
func (t *table[V]) put(key string, value V, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, first := t.now(), ""
	for k, row := range t.rows {
		if !row.until.After(now) {
			delete(t.rows, k)
		} else if first == "" || row.until.Before(t.rows[first].until) {
			first = k
		}
	}
	if len(t.rows) >= capacity {
		delete(t.rows, first)
	}
	t.rows[key] = &row[V]{value: value, until: until}
}

// get returns the value under key, spent or not.
func (t *table[V]) get(key string) (value V, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[key]
	if !ok || !row.until.After(t.now()) {
		return value, false
	}
	return row.value, true
}

// take removes the value under key and returns it, to one caller only.
func (t *table[V]) take(key string) (V, bool) {
	value, ok := t.get(key)
	t.mu.Lock()
	defer t.mu.Unlock()
	_, still := t.rows[key]
	delete(t.rows, key)
	return value, ok && still
}

// spend marks the value under key as used, and reports whether the caller was the first to do so.
// The row stays, because a second use is worth noticing.
func (t *table[V]) spend(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	row, ok := t.rows[key]
	if !ok || row.spent {
		return false
	}
	row.spent = true
	return true
}
