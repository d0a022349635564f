package auth

import (
	"net/netip"
	"sync"
	"time"

	"example.com/gatehouse/problem"
	"golang.org/x/time/rate"
)

// maxThrottled is how many addresses a Throttle remembers in each of its two generations.
const maxThrottled = 10_000

// A Throttle slows down who keeps failing to authenticate (OWASP API2:2023). It counts failures and
// nothing else, so a valid token is never held up, whoever shares its address. Its memory is
// bounded: when a generation of addresses is full, the one before it is forgotten. It is safe for
// concurrent use.
type Throttle struct {
	perMinute int
	now       func() time.Time

	mu         sync.Mutex
	young, old map[netip.Prefix]*rate.Limiter
}

// NewThrottle returns a Throttle that lets an address fail so often a minute. The clock may be nil.
func NewThrottle(perMinute int, now func() time.Time) *Throttle {
	if now == nil {
		now = time.Now
	}
	return &Throttle{perMinute: perMinute, now: now, young: map[netip.Prefix]*rate.Limiter{}}
}

// Failed records that a request from an address was refused. When that happened too often it returns a
// [Error] for TooManyFailures, to answer in place of the reason, and otherwise nil.
func (t *Throttle) Failed(address netip.Addr) *Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	limiter := t.limiter(network(address))
	if limiter.AllowN(now, 1) {
		return nil
	}
	missing := 1 - limiter.TokensAt(now)
	wait := time.Duration(missing / float64(limiter.Limit()) * float64(time.Second))
	return &Error{Type: problem.TooManyFailures, RetryAfter: max(wait, time.Second)}
}

func (t *Throttle) limiter(from netip.Prefix) *rate.Limiter {
	if l, ok := t.young[from]; ok {
		return l
	}
	l, ok := t.old[from]
	if !ok {
		l = rate.NewLimiter(rate.Limit(float64(t.perMinute)/60), t.perMinute)
	}
	if len(t.young) >= maxThrottled {
		t.young, t.old = map[netip.Prefix]*rate.Limiter{}, t.young
	}
	t.young[from] = l
	return l
}

// network returns what one caller can be expected to have: an IPv4 address, or the 64 bits that an
// IPv6 network is given at least.
func network(address netip.Addr) netip.Prefix {
	address = address.Unmap()
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // the zero Prefix for an address that is none
	return prefix
}
