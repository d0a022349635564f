package ginauth

import (
	"context"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

// A limit is the [auth.SignatureLimit] of the clients with an address. They may have as many signatures checked at once
// as they may have failures. After that they take turns, so that a genuine token still gets its own response.
type limit struct {
	throttle *Throttle
	address  string
}

// Limit returns what limits the checks of signatures of clients with that address.
func (t *Throttle) Limit(address string) auth.SignatureLimit { return &limit{t, address} }

// Exceeded implements [auth.SignatureLimit].
func (l *limit) Exceeded() bool {
	if l.throttle.begin(l.address) != nil {
		return true
	}
	l.throttle.end(l.address)
	return false
}

// Acquire implements [auth.SignatureLimit].
func (l *limit) Acquire(ctx context.Context, keys int) (release func(genuine bool), err error) {
	turn := l.throttle.begin(l.address)
	if turn == nil {
		return func(bool) { l.throttle.end(l.address) }, nil
	}
	end, err := turn.take(ctx, keys > 1)
	if err != nil {
		return nil, &auth.Error{Type: problem.TooManyFailures, Variant: problem.Throttled, RetryAfter: time.Second, Err: err}
	}
	return end, nil
}
