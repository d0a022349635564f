package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"example.com/gatehouse/problem"
)

// A sum is the SHA-256 of a token, by which answers are stored: no token is.
type sum = [sha256.Size]byte

// A flight is a question about a token, which any number of requests wait for.
type flight struct {
	answer
	own  bool // the error is about the request that asks, and not about the token
	done chan struct{}
}

// flights are the questions that are being asked.
type flights struct {
	mu      sync.Mutex
	running map[sum]*flight
}

// join returns the flight about a token. The request that begins it leads it.
func (f *flights) join(token sum) (joined *flight, leads bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if joined, found := f.running[token]; found {
		return joined, false
	}
	joined = &flight{done: make(chan struct{})}
	f.running[token] = joined
	return joined, true
}

func (f *flights) end(token sum, ended *flight) {
	f.mu.Lock()
	if f.running[token] == ended {
		delete(f.running, token)
	}
	f.mu.Unlock()
	close(ended.done)
}

// ask returns the caller of a token as the provider describes it, or the caller of a JWT that is active. Requests with the
// same token share one question. Where a new answer is asked for, none is shared: another was perhaps asked for too early.
func (i *introspector) ask(ctx context.Context, token AccessToken, jwt *Principal) (*Principal, error) {
	key, fresh := token.sum(), IsFresh(ctx)
	for {
		if known, found := i.cached(key, fresh); found {
			i.config.Observe(Event{Kind: CacheHit})
			return known.caller, known.err
		}
		asked, leads := &flight{done: make(chan struct{})}, true
		if !fresh {
			asked, leads = i.flights.join(key)
		}
		if leads {
			i.lead(ctx, asked, key, token, jwt)
		}
		select {
		case <-asked.done:
		case <-ctx.Done():
			return nil, unusable(false, "%w", context.Cause(ctx))
		}
		if leads || !asked.own {
			return asked.caller, asked.err
		}
	}
}

// lead asks the provider as soon as the request may. The question goes on when the request is gone, for the others.
func (i *introspector) lead(ctx context.Context, f *flight, key sum, token AccessToken, jwt *Principal) {
	end, err := i.guard.begin(ctx)
	if err != nil {
		f.err, f.own = err, true
		i.flights.end(key, f)
		return
	}
	go func() {
		defer i.flights.end(key, f)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
		defer cancel()
		start := time.Now()
		var expires time.Time
		body, signed, err := i.fetch(ctx, token)
		if err == nil {
			f.caller, expires, err = i.read(ctx, token, body, signed, jwt)
		}
		f.err = err
		i.config.Observe(Event{Kind: Introspected, Duration: time.Since(start), Err: err})
		i.store(key, f, start, expires)
		end(err)
	}()
}

// store stores an answer, measured from when it was asked for. One that says nothing is not stored.
func (i *introspector) store(key sum, f *flight, start, expires time.Time) {
	if unavailable, _ := isUnavailable(f.err); unavailable {
		return
	}
	if f.err != nil {
		f.until = start.Add(inactiveCache)
		i.accepted.Delete(key)
		i.rejected.Put(key, f.answer, f.size())
		return
	}
	f.until = start.Add(min(i.settings.Cache, expires.Sub(i.config.Now())))
	if f.until.After(time.Now()) {
		i.accepted.Put(key, f.answer, f.size())
	}
}

// cached returns what is known about a token. A token that was rejected is not asked about again for a while: none becomes
// active. One that this API has revoked since is read again, which rejects it.
func (i *introspector) cached(key sum, fresh bool) (known answer, found bool) {
	now := time.Now()
	if known, found = i.rejected.Get(key); found && now.Before(known.until) {
		return known, true
	}
	if fresh {
		return answer{}, false
	}
	known, found = i.accepted.Get(key)
	return known, found && now.Before(known.until) && !known.caller.revoked()
}

// sweep removes old answers until ctx is done.
func (i *introspector) sweep(ctx context.Context) {
	old := func(a answer) bool { return !time.Now().Before(a.until) }
	for ctx.Err() == nil {
		sleep(ctx, sweepInterval)
		i.accepted.Sweep(old)
		i.rejected.Sweep(old)
	}
}

// genuine reports whether an error is that of a token which the provider issued.
func genuine(err error) bool {
	rejected, ok := errors.AsType[*Error](err)
	return err == nil || ok && (rejected.Genuine() || rejected.Type == problem.AuthUnavailable)
}
