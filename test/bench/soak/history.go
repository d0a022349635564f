package soak

import (
	"sync"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A history has the times at which keys were published and withdrawn, and so what the verifier must do
// with a token. It is safe for concurrent use.
type history struct {
	mu   sync.Mutex
	keys map[string]*entry // by kid
}

// An entry is the history of one key. Times in the future are zero.
type entry struct {
	published time.Time
	swapped   bool      // it was used as soon as it was published
	accepted  time.Time // for the first time
	withdrawn time.Time
}

// An expectation is what the verifier must do with a token.
type expectation int

const (
	either expectation = iota // the verifier need not have noticed a change yet
	accept
	reject
)

func newHistory(first *authtest.Key) *history {
	return &history{keys: map[string]*entry{first.ID: {published: time.Now().Add(-settle)}}}
}

func (h *history) publish(key *authtest.Key, swapped bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keys[key.ID] = &entry{published: time.Now(), swapped: swapped}
}

func (h *history) withdraw(key *authtest.Key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keys[key.ID].withdrawn = time.Now()
}

// accepted records that a token of the key was accepted.
func (h *history) accepted(key *authtest.Key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e := h.keys[key.ID]; e != nil && e.accepted.IsZero() {
		e.accepted = time.Now()
	}
}

// expected returns what the verifier had to do with a token of the key that was sent at a time and
// verified just now.
func (h *history) expected(key *authtest.Key, sent time.Time) expectation {
	h.mu.Lock()
	defer h.mu.Unlock()
	e := h.keys[key.ID]
	switch {
	case e == nil || e.published.Add(settle).After(sent):
		return either
	case e.withdrawn.IsZero():
		return accept
	case e.withdrawn.Add(settle).Before(sent):
		return reject
	}
	return either
}

// longestWait returns the longest time from the publication of a swapped key to its first accepted
// token, or to now.
func (h *history) longestWait() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	var longest time.Duration
	for _, e := range h.keys {
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
