package soak

import (
	"sync"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A ledger knows since when and until when each key is good, and so what a verifier has to say to a
// token. It is safe for concurrent use.
type ledger struct {
	mu   sync.Mutex
	keys map[string]*entry // by kid
}

// An entry is the life of a key. Times that have not come are zero.
type entry struct {
	published time.Time
	swapped   bool      // it was used as soon as it was published
	accepted  time.Time // for the first time
	withdrawn time.Time
}

// A verdict is what has to be said to a token.
type verdict int

const (
	either verdict = iota // the verifier need not have noticed yet
	good
	bad
)

func newLedger(first *authtest.Key) *ledger {
	return &ledger{keys: map[string]*entry{first.ID: {published: time.Now().Add(-settle)}}}
}

func (l *ledger) publish(key *authtest.Key, swapped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys[key.ID] = &entry{published: time.Now(), swapped: swapped}
}

func (l *ledger) withdraw(key *authtest.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys[key.ID].withdrawn = time.Now()
}

// accept records that a token of the key was accepted.
func (l *ledger) accept(key *authtest.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.keys[key.ID]; e != nil && e.accepted.IsZero() {
		e.accepted = time.Now()
	}
}

// verdict returns what has to be said to a token of the key that was sent at a time and judged
// just now.
func (l *ledger) verdict(key *authtest.Key, sent time.Time) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.keys[key.ID]
	switch {
	case e == nil || e.published.Add(settle).After(sent):
		return either
	case e.withdrawn.IsZero():
		return good
	case e.withdrawn.Add(settle).Before(sent):
		return bad
	}
	return either
}

// longestWait returns the longest time from the publication of a key that was used at once to the
// first token that was accepted with it, or to now.
func (l *ledger) longestWait() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var longest time.Duration
	for _, e := range l.keys {
		end := e.accepted
		if end.IsZero() {
			end = time.Now()
		}
		if e.swapped {
			longest = max(longest, end.Sub(e.published))
		}
	}
	return longest
}
