// Package soak keeps a verifier under load while its provider changes keys and fails, and counts
// what must not happen: a valid token refused, a forged one accepted.
package soak

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// How long the verifier may take to notice what its provider does.
const (
	refresh  = 2 * time.Second // how often it fetches keys, at least
	settle   = 4 * time.Second // after which a published key is good and a withdrawn one is not
	recovery = 6 * time.Second // the same after an outage: the verifier tries again at intervals

	// MaxWait is how long a key may be unknown that is used as soon as it is published: the fetch
	// before it may just have been.
	MaxWait = 1500 * time.Millisecond
)

// audience is whom the tokens are meant for.
const audience = "https://api.example.com"

// A Report is what happened.
type Report struct {
	Valid, Refused   int64 // valid tokens sent, and those of them that were refused
	Forged, Accepted int64 // forged tokens sent, and those of them that were accepted
	Complaints       []string

	Rotations   int // changes to a key that was published well before
	Swaps       int // changes to a key that nobody had heard of
	Withdrawals int
	Outages     int
	Fetches     int           // of the key set
	LongestWait time.Duration // from a swap to the first token that was accepted

	GoroutinesBefore, GoroutinesAfter int
	HeapBefore, HeapAfter             uint64
}

// A soak is one run.
type soak struct {
	issuer    *authtest.Issuer
	verifier  *auth.Verifier
	transport *http.Transport
	ledger    *ledger
	say       func(format string, args ...any)

	valid, refused, forged, accepted atomic.Int64

	mu         sync.Mutex
	complaints []string
}

// Run soaks a new verifier for a time, or until ctx is done. Say hears what the provider does.
func Run(ctx context.Context, duration time.Duration, say func(format string, args ...any)) (*Report, error) {
	s, stop, err := start(ctx, say)
	if err != nil {
		return nil, err
	}
	defer stop()
	r := &Report{}
	r.GoroutinesBefore, r.HeapBefore = s.calm(0)
	s.load(ctx, duration, r)
	r.LongestWait = s.ledger.longestWait()
	r.GoroutinesAfter, r.HeapAfter = s.calm(r.GoroutinesBefore)
	r.Valid, r.Refused = s.valid.Load(), s.refused.Load()
	r.Forged, r.Accepted = s.forged.Load(), s.accepted.Load()
	r.Fetches, r.Complaints = s.issuer.Fetches("/jwks"), s.complaints
	return r, nil
}

// start returns a soak whose verifier has accepted a token.
func start(ctx context.Context, say func(format string, args ...any)) (*soak, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	issuer := authtest.New("", audience)
	server := httptest.NewServer(issuer)
	issuer.URL = server.URL
	s := &soak{issuer: issuer, transport: &http.Transport{}, ledger: newLedger(issuer.Key()), say: say}
	stop := func() { cancel(); server.CloseClientConnections(); server.Close() }
	var err error
	s.verifier, err = auth.Connect(ctx, auth.Config{
		Issuer: issuer.URL, Audience: []string{audience}, Refresh: refresh, Transport: s.transport})
	if err == nil {
		err = s.authenticate(ctx, issuer.Token())
	}
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("soak: %w", err)
	}
	return s, stop, nil
}

// load has everybody at work until the time is up, and returns when the last has gone.
func (s *soak) load(ctx context.Context, duration time.Duration, r *Report) {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	var workers sync.WaitGroup
	for range callers {
		workers.Go(func() { s.call(ctx) })
	}
	for k := range forgers {
		workers.Go(func() { s.forge(ctx, k) })
	}
	s.provide(ctx, r)
	workers.Wait()
}

// authenticate returns what the verifier says to a token.
func (s *soak) authenticate(ctx context.Context, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	_, err = s.verifier.Authenticate(request)
	return err
}

// calm returns the goroutines and the memory in use when nothing is under way, waiting for it for a
// while: a fetch from a provider that hangs ends at its time limit. Idle connections do not count.
func (s *soak) calm(expected int) (goroutines int, heap uint64) {
	for range 100 {
		s.transport.CloseIdleConnections()
		time.Sleep(100 * time.Millisecond)
		goroutines = runtime.NumGoroutine()
		if expected == 0 || goroutines <= expected {
			break
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return goroutines, m.HeapAlloc
}

// maxComplaints is how many are kept.
const maxComplaints = 10

// complain keeps what a person will want to know, once.
func (s *soak) complain(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if len(s.complaints) < maxComplaints && !slices.Contains(s.complaints, text) {
		s.complaints = append(s.complaints, text)
	}
}

// sleep returns false when ctx is done before the time has passed.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
