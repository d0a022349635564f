package ginauth

import (
	"hash/maphash"
	"sync"
	"time"

	"example.com/gatehouse/auth"
)

// maxLimited is how many callers a rateLimiter stores, of each kind and in each of two generations.
const maxLimited = 100_000

// A rateLimiter counts requests by the generic cell rate algorithm: of a caller it stores only when the last of the
// requests that it has used comes back. Callers are stored as hashes, so that its memory is bounded in bytes.
// Authenticated callers are stored apart, so that anonymous ones of many addresses do not displace them. It is safe for
// concurrent use.
type rateLimiter struct {
	now  func() time.Time
	seed maphash.Seed

	mu                       sync.Mutex
	authenticated, anonymous *recent[uint64, time.Time]
}

func newRateLimiter(now func() time.Time, size int) *rateLimiter {
	return &rateLimiter{
		now: now, seed: maphash.MakeSeed(),
		authenticated: newRecent[uint64, time.Time](size), anonymous: newRecent[uint64, time.Time](size),
	}
}

// A limitedCaller is what a rateLimiter counts: the requests of one caller under one limit.
type limitedCaller struct {
	limit    string
	identity auth.Identity
	network  string // of an anonymous caller
}

// take uses one request of a caller's limit, if it has one left. It returns how many are left then, and after how many
// whole seconds there is one more.
func (r *rateLimiter) take(l RateLimit, caller *auth.Principal, address string) (left int, next time.Duration, ok bool) {
	key, callers := limitedCaller{limit: l.Name}, r.authenticated
	if caller == nil {
		key.network, callers = Network(address), r.anonymous
	} else {
		key.identity = caller.Identity()
	}
	sum := maphash.Comparable(r.seed, key)
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	last, _ := callers.get(sum)
	used, next, ok := l.take(max(last.Sub(now), 0))
	if ok {
		callers.put(sum, now.Add(used))
	}
	return int((l.whole() - used) / l.interval()), ceil(next), ok
}

// take uses one request, if not all are used. What is used is measured as the time until all are back: it returns that
// time, and the time until one more is there.
func (l RateLimit) take(before time.Duration) (used, next time.Duration, ok bool) {
	if used = before + l.interval(); used > l.whole() {
		return before, used - l.whole(), false
	}
	return used, (used-1)%l.interval() + 1, true
}

// whole returns the time in which all requests come back: the limit's, less what cannot be divided by their number.
func (l RateLimit) whole() time.Duration { return l.interval() * time.Duration(l.Requests) }

// ceil rounds up to seconds, of which headers have whole ones.
func ceil(d time.Duration) time.Duration { return (d + time.Second - 1).Truncate(time.Second) }

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
