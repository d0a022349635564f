package ginauth

// A recent map has at most twice as many values as its size: when a generation of that size is full, it drops the one
// before. So it has at least the last size values that were used.
type recent[K comparable, V any] struct {
	size       int
	young, old map[K]V
}

func newRecent[K comparable, V any](size int) *recent[K, V] {
	return &recent[K, V]{size: size, young: map[K]V{}}
}

// get returns the value of a key.
func (r *recent[K, V]) get(key K) (V, bool) {
	if v, ok := r.young[key]; ok {
		return v, true
	}
	v, ok := r.old[key]
	return v, ok
}

// put stores the value of a key as the latest.
func (r *recent[K, V]) put(key K, value V) {
	if _, ok := r.young[key]; !ok && len(r.young) >= r.size {
		r.young, r.old = map[K]V{}, r.young
	}
	r.young[key] = value
}

// drop drops a key that was just used.
func (r *recent[K, V]) drop(key K) { delete(r.young, key) }
