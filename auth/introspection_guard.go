package auth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.com/gatehouse/problem"
	"golang.org/x/time/rate"
)

// Limits of what callers make the provider do. Only answers that say nothing of a caller count: made-up tokens get one
// each, and tokens that are active cost nothing.
const (
	fruitlessRate      = 50   // a second, of all callers together
	fruitlessBurst     = 1000 // at once
	throttledRate      = 1    // a second, of the clients together that failed too often
	throttledBurst     = 10
	maxFailures        = 5               // in a row, after which the provider is asked once in a while
	firstPause         = time.Second     // between two questions then, which doubles
	maxPause           = 5 * time.Second // up to this
	maxWaitForSlot     = time.Second     // while the provider is asked about maxAsking tokens
	retryWhenExhausted = time.Second     // for a caller whose token was not asked about
)

// A guard decides whether the provider may be asked.
type guard struct {
	log       *slog.Logger
	all       *budget
	throttled *budget
	slots     chan struct{}
	breaker   breaker
}

func newGuard(c *Config) *guard {
	return &guard{
		log: c.Log, slots: make(chan struct{}, maxAsking),
		all: newBudget(fruitlessRate, fruitlessBurst), throttled: newBudget(throttledRate, throttledBurst),
	}
}

var (
	errPaused    = errors.New("introspection: the provider did not answer, and is asked again in a moment")
	errBusy      = errors.New("introspection: too many tokens wait for an answer")
	errExhausted = errors.New("introspection: too many tokens were not active")
)

// begin waits until the provider may be asked for a request, and not for long. It returns the function to call with the
// error of the token. Tokens of a client that failed too often are asked about one at a time, and from a budget of their own,
// so that they take nothing from the others.
func (g *guard) begin(ctx context.Context) (end func(error), err error) {
	limit := LimitOf(ctx)
	of, exhausted := g.all, problem.NotAsked
	if limit.Exceeded() {
		of, exhausted = g.throttled, problem.Throttled
	}
	release, err := limit.Acquire(ctx, 1)
	if err != nil {
		return nil, err
	}
	if !of.begin() {
		release(true)
		return nil, retryLater(exhausted, retryWhenExhausted, errExhausted)
	}
	if err := g.enter(ctx); err != nil {
		of.end(false)
		release(true)
		return nil, err
	}
	return func(err error) {
		<-g.slots
		release(genuine(err))
		unavailable, outage := isUnavailable(err)
		of.end(!outage && (unavailable || !genuine(err)))
		g.report(outage, unavailable, err)
	}, nil
}

// enter waits for a place among the questions that are being asked, unless the provider does not answer any.
func (g *guard) enter(ctx context.Context) error {
	if wait := g.breaker.wait(); wait > 0 {
		return retryLater(problem.NotAsked, wait, errPaused)
	}
	ctx, cancel := context.WithTimeout(ctx, maxWaitForSlot)
	defer cancel()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return retryLater(problem.NotAsked, retryWhenExhausted, errBusy)
	}
}

// report tells the breaker of an answer or an outage, and logs when that changes something.
func (g *guard) report(outage, unavailable bool, err error) {
	switch {
	case outage && g.breaker.fail():
		g.log.Warn("introspection fails: tokens that are not cached get 503", "err", err)
	case !unavailable && g.breaker.succeed():
		g.log.Info("introspection works again")
	}
}

// outage implements [asker].
func (i *introspector) outage() string {
	if !i.guard.breaker.open() {
		return ""
	}
	return "the provider does not answer questions about tokens: those whose answer is stored are accepted until it ends"
}

func retryLater(v *problem.Variant, wait time.Duration, why error) error {
	return &Error{Type: v.Type, Variant: v, RetryAfter: max(wait, time.Second), Err: why}
}

// A budget limits the questions whose answers say nothing of a caller. Whether one does is known when it ends.
type budget struct {
	fruitless *rate.Limiter

	mu      sync.Mutex
	running int
}

func newBudget(perSecond rate.Limit, burst int) *budget {
	return &budget{fruitless: rate.NewLimiter(perSecond, burst)}
}

// begin begins a question, unless the budget is used up, also by those that are running.
func (b *budget) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fruitless.Tokens()-float64(b.running) < 1 {
		return false
	}
	b.running++
	return true
}

// end ends a question.
func (b *budget) end(fruitless bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running--; fruitless {
		b.fruitless.Allow()
	}
}

// A breaker pauses questions while the provider does not answer.
type breaker struct {
	mu       sync.Mutex
	failures int // since it answered
	next     time.Time
}

// open reports whether the provider is asked once in a while only.
func (b *breaker) open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.failures >= maxFailures
}

// wait returns how long the provider is not asked. When that is over, one question is.
func (b *breaker) wait() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < maxFailures {
		return 0
	}
	if wait := time.Until(b.next); wait > 0 {
		return wait
	}
	b.next = time.Now().Add(b.pause())
	return 0
}

func (b *breaker) pause() time.Duration {
	return min(firstPause<<min(b.failures-maxFailures, 3), maxPause)
}

// fail counts a failure, and reports whether it begins the pauses.
func (b *breaker) fail() (begins bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if b.failures >= maxFailures {
		b.next = time.Now().Add(b.pause())
	}
	return b.failures == maxFailures
}

// succeed ends the pauses, and reports whether there were some.
func (b *breaker) succeed() (ends bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ends = b.failures >= maxFailures
	b.failures = 0
	return ends
}
