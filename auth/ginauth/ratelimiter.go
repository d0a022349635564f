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
