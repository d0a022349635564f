package ginauth

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth"
)

// A model counts requests in the simplest way: it remembers when each of those that were used comes back, one after
// another.
type model struct{ back []time.Time }

func (m *model) take(l RateLimit, now time.Time) (left int, next time.Duration, ok bool) {
	interval := l.Per / time.Duration(l.Requests)
	m.back = slices.DeleteFunc(m.back, func(t time.Time) bool { return !t.After(now) })
	if ok = len(m.back) < l.Requests; ok {
		last := now
		if n := len(m.back); n > 0 {
			last = m.back[n-1]
		}
		m.back = append(m.back, last.Add(interval))
	}
	return l.Requests - len(m.back), m.back[0].Sub(now), ok
}

// TestLimitersCountAsTheModel sends requests of some callers at random times, under random limits.
func TestLimitersCountAsTheModel(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, seed))
		now := time.Unix(0, 0)
		limiter := newRateLimiter(func() time.Time { return now }, 100)
		limit := RateLimit{"GET /", 1 + random.IntN(20), time.Duration(1+random.IntN(100)) * time.Second}
		models := map[string]*model{}
		for n := range 300 {
			now = now.Add(time.Duration(random.Int64N(int64(limit.Per)) / int64(1+random.IntN(3*limit.Requests))))
			subject := fmt.Sprint(random.IntN(3))
			if models[subject] == nil {
				models[subject] = &model{}
			}
			left, next, ok := limiter.take(limit, &auth.Principal{Subject: subject}, "")
			wantLeft, exact, want := models[subject].take(limit, now)
			if left != wantLeft || ok != want || next < exact || next-exact >= time.Second || next%time.Second != 0 {
				t.Fatalf("seed %d, %s, request %d: got %d, %s and %v, want %d, %s and %v", seed, limit, n, left, next, ok, wantLeft, exact, want)
			}
		}
	}
}

// TestConcurrentRequestsStayInTheLimit sends requests of one caller at once, while others send theirs.
func TestConcurrentRequestsStayInTheLimit(t *testing.T) {
	now := time.Unix(0, 0)
	limiter := newRateLimiter(func() time.Time { return now }, maxLimited)
	limit := RateLimit{"GET /", 50, time.Minute}
	var wg sync.WaitGroup
	var accepted atomic.Int32
	for n := range 8 {
		wg.Go(func() {
			for range 20 {
				if _, _, ok := limiter.take(limit, &auth.Principal{Subject: "alice"}, ""); ok {
					accepted.Add(1)
				}
				limiter.take(limit, nil, fmt.Sprintf("192.0.2.%d", n))
			}
		})
	}
	wg.Wait()
	if got := accepted.Load(); got != 50 {
		t.Errorf("%d requests are accepted, want 50", got)
	}
}

// TestLimitersStoreABoundedNumber has more callers than it stores. Those that are active stay, and anonymous ones do
// not displace the others.
func TestLimitersStoreABoundedNumber(t *testing.T) {
	now := time.Unix(0, 0)
	limiter := newRateLimiter(func() time.Time { return now }, 10)
	limit := RateLimit{"GET /", 1, time.Hour}
	alice := &auth.Principal{Subject: "alice"}
	limiter.take(limit, alice, "")
	for n := range 1000 {
		limiter.take(limit, nil, fmt.Sprintf("10.0.%d.%d", n/256, n%256))
	}
	if n := len(limiter.anonymous.young) + len(limiter.anonymous.old); n > 20 {
		t.Errorf("it stores %d networks, want at most 20", n)
	}
	if _, _, ok := limiter.take(limit, alice, ""); ok {
		t.Error("anonymous callers reset the count of another caller")
	}
}
