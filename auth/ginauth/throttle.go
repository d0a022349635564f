package ginauth

import (
	"net/netip"
	"sync"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"golang.org/x/time/rate"
)

// maxThrottled is how many networks a Throttle stores in each of its two generations.
const maxThrottled = 10_000

// A Throttle slows down clients that keep failing to authenticate (OWASP API2:2023). It counts failures only, so a
// valid token is never slowed down by other clients of its network. Its memory is bounded: when a generation of
// networks is full, it drops the one before. It is safe for concurrent use.
type Throttle struct {
	perMinute int
	now       func() time.Time

	mu         sync.Mutex
	young, old map[string]*rate.Limiter // by network
}

// NewThrottle returns a Throttle that allows a network so many failures a minute. The clock may be nil.
func NewThrottle(perMinute int, now func() time.Time) *Throttle {
	if now == nil {
		now = time.Now
	}
	return &Throttle{perMinute: perMinute, now: now, young: map[string]*rate.Limiter{}}
}

// Failed counts a rejected request of a client with that address. After too many it returns an error for
// TooManyFailures, which takes the place of the request's own error, and otherwise nil.
func (t *Throttle) Failed(address string) *auth.Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	limiter := t.limiter(Network(address))
	if limiter.AllowN(now, 1) {
		return nil
	}
	missing := 1 - limiter.TokensAt(now)
	wait := time.Duration(missing / float64(limiter.Limit()) * float64(time.Second))
	return &auth.Error{Type: problem.TooManyFailures, RetryAfter: max(wait, time.Second)}
}

func (t *Throttle) limiter(network string) *rate.Limiter {
	if l, ok := t.young[network]; ok {
		return l
	}
	l, ok := t.old[network]
	if !ok {
		l = rate.NewLimiter(rate.Limit(float64(t.perMinute)/60), t.perMinute)
	}
	if len(t.young) >= maxThrottled {
		t.young, t.old = map[string]*rate.Limiter{}, t.young
	}
	t.young[network] = l
	return l
}

// Network returns the part of an address that belongs to one client: an IPv4 address, or the first 64 bits of an IPv6
// address, which is the smallest network that a client gets.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(64) // every IPv6 address has one
	return prefix.String()
}
