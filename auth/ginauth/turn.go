package ginauth

import (
	"context"
	"errors"
	"time"
)

const (
	maxTurns    = 16                     // that wait or run at once
	maxTurnWait = time.Second            // of one of them
	restFactor  = 9                      // how much longer than the check of an invalid signature the rest after it is
	maxRest     = 500 * time.Millisecond // however long the check took
)

// A turn lets a client that failed too often have one signature checked after another. Invalid ones take a tenth of a
// processor at most, whatever their algorithm costs.
type turn struct {
	queue   chan struct{} // has an element for each check that waits or runs
	busy    chan struct{} // has an element while one runs
	started time.Time
	rested  time.Time // when the next may run
}

func newTurn() *turn {
	return &turn{queue: make(chan struct{}, maxTurns), busy: make(chan struct{}, 1)}
}

var errNoTurn = errors.New("the signature was not checked: too many tokens of the client wait for it")

// take waits until a check may run, and not for long.
func (t *turn) take(ctx context.Context) error {
	select {
	case t.queue <- struct{}{}:
	default:
		return errNoTurn
	}
	ctx, cancel := context.WithTimeout(ctx, maxTurnWait)
	defer cancel()
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		<-t.queue
		return errNoTurn
	}
	select {
	case <-time.After(time.Until(t.rested)):
	case <-ctx.Done():
		t.leave()
		return errNoTurn
	}
	t.started = time.Now()
	return nil
}

// end ends a check.
func (t *turn) end(genuine bool) {
	if !genuine {
		t.rested = time.Now().Add(min(restFactor*time.Since(t.started), maxRest))
	}
	t.leave()
}

func (t *turn) leave() {
	<-t.busy
	<-t.queue
}
