package ginauth_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

const mallory = "192.0.2.66"

// exhausted returns a throttle, with the limit of a client that may not fail again for a minute.
func exhausted() (*ginauth.Throttle, auth.SignatureLimit) {
	throttle := ginauth.NewThrottle(1, nil)
	throttle.Failed(mallory)
	return throttle, throttle.Limit(mallory)
}

// check acquires a turn, holds it for as long as a check takes, and releases it.
func check(t *testing.T, l auth.SignatureLimit, takes time.Duration, genuine bool) {
	t.Helper()
	release, err := l.Acquire(t.Context(), 1)
	if err != nil {
		t.Errorf("got %v", err)
		return
	}
	time.Sleep(takes)
	release(genuine)
}

func TestChecksWithinTheLimitDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := ginauth.NewThrottle(5, nil).Limit(mallory)
		start, releases := time.Now(), []func(bool){}
		for range 5 { // at once
			release, err := limit.Acquire(t.Context(), 1)
			if err != nil || time.Since(start) != 0 || limit.Exceeded() != (len(releases) == 4) {
				t.Fatalf("got %v after %s", err, time.Since(start))
			}
			releases = append(releases, release)
		}
		for _, release := range releases {
			release(true)
		}
		if limit.Exceeded() {
			t.Error("genuine tokens use up the limit")
		}
	})
}

// TestConcurrentChecksStayInTheLimit starts many checks before the first of them has failed.
func TestConcurrentChecksStayInTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		throttle := ginauth.NewThrottle(5, nil)
		var running, most atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				release, err := throttle.Limit(mallory).Acquire(t.Context(), 1)
				if err != nil {
					return
				}
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(time.Millisecond)
				running.Add(-1)
				release(false)
				throttle.Failed(mallory)
			})
		}
		wg.Wait()
		if most.Load() != 6 { // five may fail, and one has its turn
			t.Errorf("%d checks ran at once", most.Load())
		}
	})
}

// TestInvalidSignaturesTakeAFifthOfTheTime checks for a minute.
func TestInvalidSignaturesTakeAFifthOfTheTime(t *testing.T) {
	for _, takes := range []time.Duration{30 * time.Microsecond, 10 * time.Millisecond} {
		t.Run(takes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, limit := exhausted()
				start, checks := time.Now(), 0
				for ; time.Since(start) < time.Second; checks++ {
					check(t, limit, takes, false)
				}
				if used := time.Duration(checks) * takes; used > 201*time.Millisecond+takes || used < 199*time.Millisecond {
					t.Errorf("%d checks took %s of a second", checks, used)
				}
			})
		})
	}
}

func TestGenuineTokensNeedNoRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, limit := exhausted()
		start := time.Now()
		for range 10 {
			check(t, limit, 10*time.Millisecond, true)
		}
		if d := time.Since(start); d != 100*time.Millisecond {
			t.Errorf("it took %s", d)
		}
	})
}

// TestAGenuineTokenGetsItsTurn waits behind invalid ones, of which others are rejected meanwhile.
func TestAGenuineTokenGetsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, limit := exhausted()
		for range 5 {
			go check(t, limit, 10*time.Millisecond, false)
		}
		synctest.Wait()
		start := time.Now()
		check(t, limit, 0, true)
		if d := time.Since(start); d != 5*50*time.Millisecond {
			t.Errorf("it took %s", d)
		}
	})
}

// TestFewChecksWaitForTheirTurn starts more than may wait, and others that wait for longer than they may.
func TestFewChecksWaitForTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, limit := exhausted()
		release, err := limit.Acquire(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		var took []time.Duration
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 70 {
			wg.Go(func() {
				start := time.Now()
				_, err := limit.Acquire(t.Context(), 1)
				rejected, ok := errors.AsType[*auth.Error](err)
				if !ok || rejected.Type != problem.TooManyFailures || rejected.RetryAfter != time.Second || rejected.Err == nil {
					t.Errorf("got %+v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(start))
			})
		}
		wg.Wait()
		slices.Sort(took)
		if want := append(make([]time.Duration, 7), slices.Repeat([]time.Duration{time.Second}, 63)...); !slices.Equal(took, want) {
			t.Errorf("they took %v", took)
		}
		release(true)
		check(t, limit, 0, true)
	})
}

// TestATokenThatNamesItsKeyPassesOthers floods with tokens that are checked with several keys.
func TestATokenThatNamesItsKeyPassesOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, limit := exhausted()
		var rejected atomic.Int32
		for range 100 {
			go func() {
				release, err := limit.Acquire(t.Context(), 4)
				if err != nil {
					rejected.Add(1)
					return
				}
				time.Sleep(10 * time.Millisecond)
				release(false)
			}()
		}
		synctest.Wait()
		start := time.Now()
		check(t, limit, 0, true)
		if d := time.Since(start); d != 2*50*time.Millisecond || rejected.Load() != 98 {
			t.Errorf("it took %s, and %d others were rejected", d, rejected.Load())
		}
	})
}

func TestWaitingForATurnEndsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, limit := exhausted()
		release, _ := limit.Acquire(t.Context(), 1)
		for range 100 { // none of them keeps its place
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			if _, err := limit.Acquire(ctx, 1); !errors.Is(err, problem.TooManyFailures) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		release(false)
		check(t, limit, 0, true)
	})
}

// TestOthersNeedNoTurn has a client that failed too often, and its neighbors.
func TestOthersNeedNoTurn(t *testing.T) {
	throttle, limit := exhausted()
	if !limit.Exceeded() || throttle.Limit("192.0.2.67").Exceeded() || throttle.Limit("").Exceeded() {
		t.Error("the limit of another client counts")
	}
	for _, address := range networks(1, 8) {
		throttle.Failed(address)
	}
	if !throttle.Limit("2001:db8:1:ff::1").Exceeded() || throttle.Limit("2001:db8:2::1").Exceeded() {
		t.Error("the limit of a site is not that of its networks")
	}
}
