package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// calm is how long there must be no unknown key, so that the next one is fetched at once.
const calm = 11 * time.Second

// forged returns a token with that kid and another key.
func (f *fixture) forged(kid string) string {
	return f.issuer.Sign(map[string]any{"typ": "at+jwt", "kid": kid}, f.issuer.Claims())
}

// flood sends a token with an unknown kid every ten milliseconds, until the time is over.
func (f *fixture) flood(d time.Duration) {
	f.t.Helper()
	var wg sync.WaitGroup
	defer wg.Wait()
	for end, n := time.Now().Add(d), 0; time.Now().Before(end); n++ {
		wg.Go(func() { f.want(f.forged(fmt.Sprint(n)), problem.KeyUnknown) })
		time.Sleep(10 * time.Millisecond)
	}
}

// fetchTimes returns a function that returns when the keys were fetched, since now.
func (f *fixture) fetchTimes() func() []time.Duration {
	var mu sync.Mutex
	var times []time.Duration
	start := time.Now()
	serve := f.issuer.On("", nil)
	f.issuer.Break(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jwks" {
			mu.Lock()
			times = append(times, time.Since(start))
			mu.Unlock()
		}
		serve(w, r)
	})
	return func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(times)
	}
}

// TestFruitlessFetchesBackOff floods the API for half a minute. The metadata is not fetched again.
func TestFruitlessFetchesBackOff(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		pass(time.Minute)
		times := f.fetchTimes()
		f.flood(28 * time.Second)
		var want []time.Duration
		for _, s := range []int{0, 1, 3, 7, 12, 17, 22, 27} { // 1, 2, 4 and then 5 seconds after the one before
			want = append(want, time.Duration(s)*time.Second)
		}
		if got := times(); !slices.Equal(got, want) {
			t.Errorf("got fetches after %v, want %v", got, want)
		}
		if got := issuer.Fetches("/.well-known/openid-configuration"); got != 1 {
			t.Errorf("the metadata was fetched %d times", got)
		}
		f.want(issuer.Token(), nil)
		f.wantState(auth.Ready)
	})
}

// TestRotationInAFlood replaces the key while forged tokens ask for others. A client retries when Retry-After says so.
func TestRotationInAFlood(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		go f.flood(time.Minute)
		for range 8 {
			pass(6700 * time.Millisecond)
			issuer.Swap(authtest.NewKey("ES256"))
			d := took(func() {
				for err := f.verify(issuer.Token()); err != nil; err = f.verify(issuer.Token()) {
					failed, ok := errors.AsType[*auth.Error](err)
					if !ok || failed.Type != problem.KeyUnknown || failed.RetryAfter != time.Second {
						t.Fatalf("got %v", err)
					}
					pass(failed.RetryAfter)
				}
			})
			if d > 5*time.Second {
				t.Errorf("the new key was used after %s", d)
			}
		}
		pass(time.Minute)
	})
}

func TestUsefulFetchesEndTheBackOff(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		pass(time.Minute)
		f.flood(20 * time.Second)
		issuer.Publish(authtest.NewKey("ES256"))
		pass(5 * time.Second)
		f.want(f.forged("x"), problem.KeyUnknown) // and the new key was found
		times := f.fetchTimes()
		f.flood(5 * time.Second)
		if got, want := times(), []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(got, want) {
			t.Errorf("got fetches after %v, want %v", got, want)
		}
	})
}

func TestCalmEndsTheBackOff(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		pass(time.Minute)
		f.flood(30 * time.Second)
		pass(calm)
		f.want(f.forged("x"), problem.KeyUnknown)
		issuer.Swap(authtest.NewKey("ES256"))
		if d := took(func() { f.want(issuer.Token(), nil) }); d != time.Second {
			t.Errorf("it took %s", d)
		}
	})
}

// TestConcurrentUnknownKeysShareFetches sends tokens at once. One starts a fetch, the others wait for the one after it.
func TestConcurrentUnknownKeysShareFetches(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		pass(time.Minute)
		issuer.Break(issuer.Slow(time.Second))
		var wg sync.WaitGroup
		for n := range 60 {
			wg.Go(func() {
				if d := took(func() { f.want(f.forged(fmt.Sprint(n)), problem.KeyUnknown) }); d > 2*time.Second {
					t.Errorf("a forged token took %s", d)
				}
			})
		}
		synctest.Wait()
		if d := took(func() { f.want(issuer.Token(), nil) }); d != 0 {
			t.Errorf("a genuine token took %s", d)
		}
		wg.Wait()
		f.wantFetches(3)
	})
}

// TestForgeriesWithAKnownKidCauseNoFetch sends tokens that can be rejected with the current keys.
func TestForgeriesWithAKnownKidCauseNoFetch(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		forger, known := authtest.NewKey("ES256"), issuer.Key().ID
		sign := func(changes map[string]any) string {
			header := map[string]any{"typ": "at+jwt", "kid": known}
			for name, v := range changes {
				header[name] = v
			}
			return forger.Sign(header, issuer.Claims())
		}
		for range 100 {
			pass(time.Second)
			f.want(sign(nil), problem.SignatureInvalid)
			f.want(sign(map[string]any{"kid": nil}), problem.SignatureInvalid)
			f.want(sign(map[string]any{"alg": "RS256"}), problem.AlgorithmNotAllowed)
			f.want(sign(map[string]any{"kid": known, "alg": "HS256"}), problem.AlgorithmNotAllowed)
			f.want(sign(map[string]any{"kid": "\x00"}), problem.KeyUnknown)
			f.want(sign(map[string]any{"kid": strings.Repeat("k", 257)}), problem.KeyUnknown)
			f.want(sign(map[string]any{"kid": "other", "alg": "ES384"}), problem.KeyUnknown) // its signature is too short
			f.want(sign(map[string]any{"kid": "other", "alg": "RS256"}), problem.KeyUnknown)
			f.want(sign(map[string]any{"kid": "other", "typ": "JWT"}), problem.TokenTypeWrong)
			f.want("a.b.c", problem.TokenMalformed)
		}
		f.wantFetches(1)
	})
}

// TestNewKeysWaitForTheNextFetch publishes a key after a fetch, and before the next one is allowed.
func TestNewKeysWaitForTheNextFetch(t *testing.T) {
	for _, early := range []time.Duration{time.Second, time.Second / 2, 1} {
		t.Run(early.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
				f := connect(t, issuer)
				f.want(issuer.Token(), nil)
				issuer.Swap(authtest.NewKey("ES256"))
				pass(time.Second - early)
				if d := took(func() { f.want(issuer.Token(), nil) }); d != early {
					t.Errorf("it took %s", d)
				}
				f.wantFetches(2)
			})
		})
	}
}

// TestAFetchThatBeganTooEarlyDecidesNothing publishes a key while a fetch reads the set without it.
func TestAFetchThatBeganTooEarlyDecidesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		pass(time.Minute)
		old := authtest.KeySet(issuer.Key())
		issuer.Break(issuer.On("/jwks", func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(2 * time.Second)
			json.NewEncoder(w).Encode(old)
		}))
		go f.want(f.forged("x"), problem.KeyUnknown)
		pass(time.Second)
		issuer.Swap(authtest.NewKey("ES256"))
		issuer.Break(nil)
		if d := took(func() { f.want(issuer.Token(), nil) }); d != time.Second {
			t.Errorf("it took %s", d)
		}
		pass(time.Minute)
	})
}

// TestAtMost64RequestsWaitForAKey lets the next fetch be allowed in half a second.
func TestAtMost64RequestsWaitForAKey(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		pass(time.Second / 2)
		issuer.Swap(authtest.NewKey("ES256"))
		var accepted, rejected atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			token := issuer.Token()
			wg.Go(func() {
				var err error
				d := took(func() { err = f.verify(token) })
				switch failed, ok := errors.AsType[*auth.Error](err); {
				case err == nil && d == time.Second/2:
					accepted.Add(1)
				case ok && failed.Type == problem.KeyUnknown && failed.RetryAfter == time.Second && d == 0:
					rejected.Add(1)
				default:
					t.Errorf("got %v after %s", err, d)
				}
			})
		}
		wg.Wait()
		if accepted.Load() != 64 || rejected.Load() != 36 {
			t.Errorf("%d waited, and %d did not", accepted.Load(), rejected.Load())
		}
		f.wantFetches(2)
		f.want(issuer.Token(), nil)
	})
}

// TestWaitingForAKeyEndsWithTheRequest lets the caller close the connection.
func TestWaitingForAKeyEndsWithTheRequest(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer)
		f.want(issuer.Token(), nil)
		for range 1000 { // none of them stays counted
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			if _, err := f.verifier.Verify(ctx, auth.AccessToken(f.forged("x"))); !errors.Is(err, problem.KeyUnknown) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		pass(calm)
		issuer.Swap(authtest.NewKey("ES256"))
		f.want(issuer.Token(), nil)
	})
}
