package handlers_test

import (
	"crypto"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

// TestSoak runs callers, forgeries, key rotations and outages at the same time, for some seconds. No valid
// token is rejected, no forged token is accepted, and no goroutine is left.
func TestSoak(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("for 5 seconds", func(t *testing.T) {
		api := apitest.Start(t, apitest.Env("FAILURE_LIMIT=0"))
		s := &soak{t: t, api: api, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}, forgery: authtest.NewKey("ES256").Private}
		s.valid(api.Issuer.Token()) // waits for the keys
		s.run(5 * time.Second)
		s.client.CloseIdleConnections()
		if s.accepted.Load() == 0 || s.rejected.Load() == 0 || api.Issuer.Fetches("/jwks") < 3 {
			t.Errorf("nothing was tested: %d accepted, %d rejected, %d fetches", s.accepted.Load(), s.rejected.Load(), api.Issuer.Fetches("/jwks"))
		}
	})
	http.DefaultClient.CloseIdleConnections()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines are left, %d were there before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// A soak sends requests from several goroutines.
type soak struct {
	t                  *testing.T
	api                *apitest.API
	client             *http.Client
	forgery            crypto.Signer
	accepted, rejected atomic.Int64
}

func (s *soak) run(duration time.Duration) {
	done := make(chan struct{})
	time.AfterFunc(duration, func() { close(done) })
	var all sync.WaitGroup
	for _, work := range []func(n int){s.caller, s.caller, s.forger, s.garbage} {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					return
				default:
					work(n)
				}
			}
		})
	}
	all.Go(func() { s.provider(done) })
	all.Wait()
}

// caller sends one new token a few times.
func (s *soak) caller(int) {
	token := s.api.Issuer.Token()
	for range 5 {
		s.valid(token)
	}
}

func (s *soak) valid(token string) {
	if status := s.send(token); status != http.StatusOK {
		s.t.Errorf("a valid token: got %d", status)
	}
	s.accepted.Add(1)
}

// forger signs with an unknown key, under the identifier of a known key and under unknown identifiers.
func (s *soak) forger(n int) {
	issuer := s.api.Issuer
	forged := authtest.Key{ID: issuer.Key().ID, Algorithm: "ES256", Private: s.forgery}
	if n%2 == 0 {
		forged.ID = fmt.Sprint("forged-", n)
	}
	status := s.send(forged.Sign(map[string]any{"typ": "at+jwt"}, issuer.Claims()))
	unknown := n%2 == 0 && status == http.StatusServiceUnavailable // in an outage the key may be a new one
	if status != http.StatusUnauthorized && !unknown {
		s.t.Errorf("a forged token: got %d", status)
	}
	s.rejected.Add(1)
}

// garbage sends texts that are not tokens.
func (s *soak) garbage(n int) {
	s.invalid("garbage", []string{"x", "a.b.c", strings.Repeat(".", 4000), strings.Repeat("a", 9000)}[n%4])
}

func (s *soak) invalid(name, token string) {
	if status := s.send(token); status != http.StatusUnauthorized && status != http.StatusBadRequest {
		s.t.Errorf("%s: got %d", name, status)
	}
	s.rejected.Add(1)
}

func (s *soak) send(token string) int {
	response, err := s.client.Do(s.api.Request(s.t, token, "GET /me", nil))
	if err != nil {
		s.t.Error(err)
		return 0
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// provider rotates its keys as providers do: it publishes a key, and signs with it when APIs can know it. After
// each rotation it is down for a while.
func (s *soak) provider(done <-chan struct{}) {
	issuer := s.api.Issuer
	for {
		next, fetches := authtest.NewKey("ES256"), issuer.Fetches("/jwks")
		issuer.Publish(next)
		for wait := 1500 * time.Millisecond; wait > 0 || issuer.Fetches("/jwks") == fetches; wait -= 50 * time.Millisecond {
			if !pause(done, 50*time.Millisecond) {
				return
			}
		}
		issuer.SignWith(next)
		if !pause(done, 200*time.Millisecond) {
			return
		}
		issuer.Break(authtest.Down)
		if !pause(done, 500*time.Millisecond) {
			return
		}
		issuer.Break(nil)
	}
}

func pause(done <-chan struct{}, d time.Duration) bool {
	select {
	case <-done:
		return false
	case <-time.After(d):
		return true
	}
}
