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
	"example.com/gatehouse/handlers"
)

// TestSoak lets callers, forgers, rotations and outages at the API for some seconds, all at once: no
// valid token is refused, no forged one is let in, and nothing is left behind.
func TestSoak(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("for 5 seconds", func(t *testing.T) {
		s := serve(t, func(c *handlers.Config) { c.Docs = handlers.DocsOff })
		k := &soak{t: t, server: s, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}, forgery: authtest.NewKey("ES256").Private}
		k.valid(s.issuer.Token())
		k.run(5 * time.Second)
		k.client.CloseIdleConnections()
		if k.let.Load() == 0 || k.kept.Load() == 0 || s.issuer.Fetches("/jwks") < 3 {
			t.Errorf("nothing was tested: %d let in, %d kept out, %d fetches", k.let.Load(), k.kept.Load(), s.issuer.Fetches("/jwks"))
		}
	})
	http.DefaultClient.CloseIdleConnections()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines are left, %d were there:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// A soak is what goes on at once.
type soak struct {
	t         *testing.T
	server    *server
	client    *http.Client
	forgery   crypto.Signer
	let, kept atomic.Int64
}

func (k *soak) run(duration time.Duration) {
	done := make(chan struct{})
	time.AfterFunc(duration, func() { close(done) })
	var all sync.WaitGroup
	for _, work := range []func(n int){k.caller, k.caller, k.forger, k.stranger} {
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
	all.Go(func() { k.provider(done) })
	all.Wait()
}

// caller sends one new token and then that token again, a few times.
func (k *soak) caller(int) {
	token := k.server.issuer.Token()
	for range 5 {
		k.valid(token)
	}
}

func (k *soak) valid(token string) {
	if status := k.send(token); status != http.StatusOK {
		k.t.Errorf("a valid token: got %d", status)
	}
	k.let.Add(1)
}

// forger signs with a key of its own, under the name of a known key and under names of its own.
func (k *soak) forger(n int) {
	i := k.server.issuer
	forged := authtest.Key{ID: i.Key().ID, Algorithm: "ES256", Private: k.forgery}
	if n%2 == 0 {
		forged.ID = fmt.Sprint("forged-", n)
	}
	k.refused("a forged token", forged.Sign(map[string]any{"typ": "at+jwt"}, i.Claims()))
}

// stranger sends what is no token.
func (k *soak) stranger(n int) {
	k.refused("garbage", []string{"x", "a.b.c", strings.Repeat(".", 4000), strings.Repeat("a", 9000)}[n%4])
}

func (k *soak) refused(what, token string) {
	if status := k.send(token); status != http.StatusUnauthorized && status != http.StatusBadRequest {
		k.t.Errorf("%s: got %d", what, status)
	}
	k.kept.Add(1)
}

func (k *soak) send(token string) int {
	r, err := http.NewRequest(http.MethodGet, k.server.URL+"/me", nil)
	if err != nil {
		k.t.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := k.client.Do(r)
	if err != nil {
		k.t.Error(err)
		return 0
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// provider rotates its keys, as providers do: it publishes one, signs with it when it can be known,
// and withdraws the old one when its tokens have expired. In between it goes down.
func (k *soak) provider(done <-chan struct{}) {
	i := k.server.issuer
	for {
		next := authtest.NewKey("ES256")
		i.Publish(next)
		if !pause(done, 1500*time.Millisecond) {
			return
		}
		i.SignWith(next)
		if !pause(done, 200*time.Millisecond) {
			return
		}
		i.Break(authtest.Down)
		if !pause(done, 500*time.Millisecond) {
			return
		}
		i.Break(nil)
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
