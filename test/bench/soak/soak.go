// Package soak puts a verifier under load while its provider changes keys and fails. It counts valid
// tokens that are rejected and forged ones that are accepted.
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

// How long the verifier may take to notice a change of its provider.
const (
	refresh  = 2 * time.Second // how often it fetches keys, at least
	settle   = 4 * time.Second // after which a published key is valid and a withdrawn one is not
	recovery = 6 * time.Second // the same after an outage, because the verifier retries at intervals

	// MaxWait is how long a key may be unknown that is used as soon as it is published: the latest fetch
	// may have been just before.
	MaxWait = 1500 * time.Millisecond
)

// audience is the audience of all tokens.
const audience = "https://api.example.com"

// A Report is the result of a run.
type Report struct {
	Valid, Rejected  int64 // valid tokens sent, and those of them that were rejected
	Forged, Accepted int64 // forged tokens sent, and those of them that were accepted
	Findings         []string

	Rotations   int // changes to a key that was published before
	Swaps       int // changes to a key that was not
	Withdrawals int
	Outages     int
	Fetches     int           // of the key set
	LongestWait time.Duration // from a swap to the first accepted token

	GoroutinesBefore, GoroutinesAfter int
	HeapBefore, HeapAfter             uint64
}

// A soak is one run.
type soak struct {
	issuer    *authtest.Issuer
	verifier  *auth.Verifier
	transport *http.Transport
	history   *history
	logf      func(format string, args ...any)

	valid, rejected, forged, accepted atomic.Int64

	mu       sync.Mutex
	findings []string
}

// Run soaks a new verifier for a duration, or until ctx is done. It logs what the provider does.
func Run(ctx context.Context, duration time.Duration, logf func(format string, args ...any)) (*Report, error) {
	s, stop, err := start(ctx, logf)
	if err != nil {
		return nil, err
	}
	defer stop()
	r := &Report{}
	r.GoroutinesBefore, r.HeapBefore = s.resources(0)
	s.load(ctx, duration, r)
	r.LongestWait = s.history.longestWait()
	r.GoroutinesAfter, r.HeapAfter = s.resources(r.GoroutinesBefore)
	r.Valid, r.Rejected = s.valid.Load(), s.rejected.Load()
	r.Forged, r.Accepted = s.forged.Load(), s.accepted.Load()
	r.Fetches, r.Findings = s.issuer.Fetches("/jwks"), s.findings
	return r, nil
}

// start returns a soak whose verifier has accepted a token.
func start(ctx context.Context, logf func(format string, args ...any)) (*soak, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	issuer := authtest.New("", audience)
	server := httptest.NewServer(issuer)
	issuer.URL = server.URL
	s := &soak{issuer: issuer, transport: &http.Transport{}, history: newHistory(issuer.Key()), logf: logf}
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

// load runs callers, attackers and the provider until the time is up.
func (s *soak) load(ctx context.Context, duration time.Duration, r *Report) {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	var workers sync.WaitGroup
	for range callers {
		workers.Go(func() { s.call(ctx) })
	}
	for k := range attackers {
		workers.Go(func() { s.attack(ctx, k) })
	}
	s.provide(ctx, r)
	workers.Wait()
}

// authenticate returns the verifier's error for a token.
func (s *soak) authenticate(ctx context.Context, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	_, err = s.verifier.Authenticate(request)
	return err
}

// resources returns the goroutines and the memory in use. It waits a while for the goroutines to become
// as few as expected: a fetch from a provider that hangs ends at its timeout. Idle connections do not
// count.
func (s *soak) resources(expected int) (goroutines int, heap uint64) {
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

// maxFindings is how many different findings a report has.
const maxFindings = 10

// report adds a finding, unless it is there already.
func (s *soak) report(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if len(s.findings) < maxFindings && !slices.Contains(s.findings, text) {
		s.findings = append(s.findings, text)
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
