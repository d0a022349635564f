package ginauth

import (
	"iter"
	"sync"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"golang.org/x/time/rate"
)

const (
	maxThrottled   = 10_000 // networks that a Throttle stores in each of its two generations
	clientsPerSite = 8      // whose failures a site may have
)

// A Throttle slows down clients that keep failing to authenticate (OWASP API2:2023). It counts failures only, and the
// tokens of a client that failed too often are still verified, one at a time. A site of many networks that fail is one
// client. Its memory is bounded: when a generation of networks is full, it drops the one before. It is safe for
// concurrent use.
type Throttle struct {
	perMinute int
	now       func() time.Time

	mu      sync.Mutex
	clients *recent[string, *client] // by network
}

// A client is what a Throttle knows of a network.
type client struct {
	failures *rate.Limiter
	running  int   // checks of signatures, each of which may become a failure
	turn     *turn // once it failed too often
}

// NewThrottle returns a Throttle that allows a network so many failures a minute. The clock may be nil.
func NewThrottle(perMinute int, now func() time.Time) *Throttle {
	if now == nil {
		now = time.Now
	}
	return &Throttle{perMinute: perMinute, now: now, clients: newRecent[string, *client](maxThrottled)}
}

// Failed counts a rejected request of a client with that address. After too many it returns an error for
// TooManyFailures, which takes the place of the request's own error, and otherwise nil. A genuine token is no failure,
// whatever else is wrong with it: see [auth.Error.Genuine].
func (t *Throttle) Failed(address string) *auth.Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, c := range t.of(address) {
		if c.failures.TokensAt(now) < 1 {
			return tooMany(c.failures, now)
		}
	}
	for _, c := range t.of(address) {
		c.failures.AllowN(now, 1)
	}
	return nil
}

// tooMany returns the error of a client until it may fail again.
func tooMany(failures *rate.Limiter, now time.Time) *auth.Error {
	missing := 1 - failures.TokensAt(now)
	wait := time.Duration(missing / float64(failures.Limit()) * float64(time.Second))
	return &auth.Error{Type: problem.TooManyFailures, Variant: problem.Throttled, RetryAfter: max(wait, time.Second)}
}

// of returns the clients with that address, and their networks: first that of the site, so that a site which failed too
// often adds no more networks.
func (t *Throttle) of(address string) iter.Seq2[string, *client] {
	return func(yield func(string, *client) bool) {
		if s := site(address); s != "" && !yield(s, t.client(s, t.perMinute*clientsPerSite)) {
			return
		}
		n := Network(address)
		yield(n, t.client(n, t.perMinute))
	}
}

func (t *Throttle) client(network string, perMinute int) *client {
	c, ok := t.clients.get(network)
	if !ok {
		c = &client{failures: rate.NewLimiter(rate.Limit(float64(perMinute)/60), perMinute)}
	}
	t.clients.put(network, c)
	return c
}

// begin counts a check of a signature of a client with that address. If all failures that the client may have are used
// up, also by checks that are running, it returns the turn of the client instead.
func (t *Throttle) begin(address string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, c := range t.of(address) {
		if c.failures.TokensAt(now)-float64(c.running) < 1 {
			if c.turn == nil {
				c.turn = newTurn()
			}
			return c.turn
		}
	}
	for _, c := range t.of(address) {
		c.running++
	}
	return nil
}

// end ends what begin counted. It drops a client without failures, so that those who have some stay.
func (t *Throttle) end(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for network, c := range t.of(address) {
		c.running = max(c.running-1, 0) // it was dropped meanwhile
		if c.running == 0 && c.failures.TokensAt(t.now()) >= float64(c.failures.Burst()) {
			t.clients.drop(network)
		}
	}
}
