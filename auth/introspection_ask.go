package auth

import (
	"context"
	"errors"
	"time"

	"example.com/gatehouse/problem"
	"golang.org/x/sync/singleflight"
)

// ask returns the caller of a token as the provider describes it, or the caller of a JWT that is active. Requests with the
// same token share one question. Where a new answer is asked for, none is shared: another was perhaps asked for too early.
func (i *introspector) ask(ctx context.Context, token AccessToken, jwt *Principal) (*Principal, error) {
	key, fresh, questions := token.sum(), IsFresh(ctx), &i.questions
	if fresh {
		questions = &singleflight.Group{}
	}
	for {
		if known, found := i.cached(key, fresh); found {
			i.config.Observe(Event{Kind: CacheHit})
			return known.caller, known.err
		}
		own := false
		asked := questions.DoChan(string(key[:]), func() (any, error) {
			own = true
			return i.question(ctx, key, token, jwt)
		})
		select {
		case result := <-asked:
			if result.Err == nil {
				got := result.Val.(answer)
				return got.caller, got.err
			}
			if own {
				return nil, result.Err
			}
		case <-ctx.Done():
			return nil, unusable(false, "%w", context.Cause(ctx))
		}
	}
}

// question asks the provider as soon as the request may. The error is about the request, and not about the token. The question
// goes on when the request is gone, for the others.
func (i *introspector) question(ctx context.Context, key sum, token AccessToken, jwt *Principal) (got answer, err error) {
	end, err := i.guard.begin(ctx)
	if err != nil {
		return got, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	start := time.Now()
	var expires time.Time
	body, signed, err := i.fetch(ctx, token)
	if err == nil {
		got.caller, expires, err = i.read(ctx, token, body, signed, jwt)
	}
	got.err = err
	i.config.Observe(Event{Kind: Introspected, Duration: time.Since(start), Err: err})
	i.store(key, got, start, expires)
	end(err)
	return got, nil
}

// store stores an answer, measured from when it was asked for. One that says nothing is not stored.
func (i *introspector) store(key sum, got answer, start, expires time.Time) {
	if unavailable, _ := isUnavailable(got.err); unavailable {
		return
	}
	if got.err != nil {
		got.until = start.Add(inactiveCache)
		i.accepted.Delete(key)
		i.rejected.Put(key, got, got.size())
		return
	}
	got.until = start.Add(min(i.settings.Cache, expires.Sub(i.config.Now())))
	if got.until.After(time.Now()) {
		i.accepted.Put(key, got, got.size())
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
