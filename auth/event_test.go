package auth_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// An eventLog collects the events of a verifier.
type eventLog struct {
	mu     sync.Mutex
	events []auth.Event
}

// observe is a change of a configuration.
func (l *eventLog) observe(c *auth.Config) {
	c.Observe = func(e auth.Event) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.events = append(l.events, e)
	}
}

func (l *eventLog) all() []auth.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

func TestEventsReportWhatAVerifierDoes(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		var log eventLog
		issuer.Break(issuer.Slow(time.Second)) // each, metadata and keys
		f := connect(t, issuer, log.observe)
		good := issuer.Token()
		for range 3 {
			f.want(good, nil)
		}
		f.want("x", problem.TokenMalformed)
		f.want(issuer.Token(authtest.Claims{"exp": 1}), problem.TokenExpired)
		issuer.Break(authtest.Down)
		pass(5*time.Minute + 3*time.Second)
		f.want(good, problem.TokenExpired) // it was in the cache until now
		want := []struct {
			kind auth.EventKind
			took time.Duration
			err  error
		}{
			{auth.Fetch, 2 * time.Second, nil},
			{auth.Verification, 2 * time.Second, nil},
			{auth.CacheHit, 0, nil},
			{auth.CacheHit, 0, nil},
			{auth.Verification, 0, problem.TokenMalformed},
			{auth.Verification, 0, problem.TokenExpired},
		}
		got := log.all()
		for i, w := range want {
			if e := got[i]; e.Kind != w.kind || e.Duration != w.took || !errors.Is(e.Err, w.err) {
				t.Errorf("event %d: got %+v, want %+v", i, e, w)
			}
		}
		rest := got[len(want):]
		if last := len(rest) - 1; last < 1 || rest[0].Kind != auth.Fetch || rest[0].Err == nil || rest[last].Kind != auth.Verification {
			t.Errorf("got %+v, want fetches that failed, and a verification", rest)
		}
	})
}
