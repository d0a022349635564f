package soak

import (
	"context"
	"net/http"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// outage is how long the provider fails.
const outage = 2 * time.Second

// An event is a change of the provider. It returns when the verifier must have noticed it, so that events
// do not overlap.
type event func(s *soak, ctx context.Context, r *Report)

// provide runs events until ctx is done.
func (s *soak) provide(ctx context.Context, r *Report) {
	events := []event{
		swap, fail("down", authtest.Down), rotate, fail("garbage", authtest.Garbage),
		swap, fail("hanging", authtest.Hang), rotate, fail("endless", authtest.Huge),
	}
	sleep(ctx, time.Second) // until callers have a token of the first key
	for k := 0; ctx.Err() == nil; k++ {
		events[k%len(events)](s, ctx, r)
	}
}

// rotate changes the key as recommended: it publishes the new key, signs with it, and later withdraws
// the old one.
func rotate(s *soak, ctx context.Context, r *Report) {
	old, key := s.issuer.Key(), authtest.NewKey("ES256")
	s.logf("soak: the provider rotates its key")
	s.history.publish(key, false)
	s.issuer.Publish(key)
	if !sleep(ctx, settle) {
		return
	}
	s.issuer.SignWith(key)
	r.Rotations++
	if !sleep(ctx, time.Second) {
		return
	}
	s.history.withdraw(old)
	s.issuer.Swap(key)
	r.Withdrawals++
	sleep(ctx, settle+time.Second) // one second in which a key that is still accepted shows
}

// swap replaces the key at once, as after a theft.
func swap(s *soak, ctx context.Context, r *Report) {
	old, key := s.issuer.Key(), authtest.NewKey("ES256")
	s.logf("soak: the provider changes its key without notice")
	s.history.withdraw(old)
	s.history.publish(key, true)
	s.issuer.Swap(key)
	r.Swaps++
	r.Withdrawals++
	sleep(ctx, settle+time.Second)
}

// fail returns an outage, during which the known keys stay in use.
func fail(name string, fault http.HandlerFunc) event {
	return func(s *soak, ctx context.Context, r *Report) {
		s.logf("soak: the provider fails: %s", name)
		s.issuer.Break(fault)
		r.Outages++
		sleep(ctx, outage)
		s.issuer.Break(nil)
		sleep(ctx, recovery)
	}
}
