package ginauth

import (
	"context"
	"errors"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

const (
	maxTurns     = 64                     // checks that wait or run at once
	maxExpensive = 2                      // of them, with several keys
	maxTurnWait  = time.Second            // of one of them
	restFactor   = 4                      // how much longer than the check of an invalid signature the rest after it is
	maxRest      = 500 * time.Millisecond // however long the check took
)

// A turn lets a client that failed too often have one signature checked after another. Invalid ones take a fifth of a
// processor at most, whatever their algorithm costs. A token that names its key, as genuine ones do, waits behind few
// that do not.
type turn struct {
	queue     chan struct{} // has an element for each check that waits or runs
	expensive chan struct{} // has an element for each of them with several keys
	busy      chan struct{} // has an element while one runs
	rested    time.Time     // when the next may run
}

func newTurn() *turn {
	return &turn{queue: make(chan struct{}, maxTurns), expensive: make(chan struct{}, maxExpensive), busy: make(chan struct{}, 1)}
}

var errNoTurn = errors.New("the signature was not checked: too many tokens of the client wait for it")

// take waits until a check may run, and not for long. It returns the function that ends the check.
func (t *turn) take(ctx context.Context, expensive bool) (end func(genuine bool), err error) {
	places := []chan struct{}{t.queue}
	if expensive {
		places = append(places, t.expensive)
	}
	if !enter(places...) {
		return nil, errNoTurn
	}
	ctx, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		leave(places...)
		return nil, errNoTurn
	}
	select {
	case <-time.After(time.Until(t.rested)):
	case <-ctx.Done():
		leave(append(places, t.busy)...)
		return nil, errNoTurn
	}
	start := time.Now()
	return func(genuine bool) {
		if !genuine {
			t.rested = time.Now().Add(min(restFactor*time.Since(start), maxRest))
		}
		leave(append(places, t.busy)...)
	}, nil
}

// enter puts an element into each of the channels, unless one is full.
func enter(places ...chan struct{}) bool {
	for i, place := range places {
		select {
		case place <- struct{}{}:
		default:
			leave(places[:i]...)
			return false
		}
	}
	return true
}

func leave(places ...chan struct{}) {
	for _, place := range places {
		<-place
	}
}

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
