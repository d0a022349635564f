package soak

import (
	"context"
	"net/http"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// outage is how long the provider is in trouble.
const outage = 2 * time.Second

// An act is something that the provider does. It returns when the verifier has had the time to
// notice, so that acts do not blur.
type act func(s *soak, ctx context.Context, r *Report)

// provide acts out a provider's life, over and over, until ctx is done.
func (s *soak) provide(ctx context.Context, r *Report) {
	acts := []act{
		swap, failing("down", authtest.Down), rotate, failing("garbage", authtest.Garbage),
		swap, failing("hanging", authtest.Hang), rotate, failing("endless", authtest.Huge),
	}
	sleep(ctx, time.Second) // for callers to get a token of the first key
	for k := 0; ctx.Err() == nil; k++ {
		acts[k%len(acts)](s, ctx, r)
	}
}

// rotate changes the key as a careful provider does: it publishes the new one, then signs with it,
// and withdraws the old one later.
func rotate(s *soak, ctx context.Context, r *Report) {
	old, key := s.issuer.Key(), authtest.NewKey("ES256")
	s.say("soak: the provider rotates its key")
	s.ledger.publish(key, false)
	s.issuer.Publish(key)
	if !sleep(ctx, settle) {
		return
	}
	s.issuer.SignWith(key)
	r.Rotations++
	if !sleep(ctx, time.Second) {
		return
	}
	s.ledger.withdraw(old)
	s.issuer.Swap(key)
	r.Withdrawals++
	sleep(ctx, settle+time.Second) // the second is for forgetful verifiers to show
}

// swap changes the key from one moment to the next, as after a theft.
func swap(s *soak, ctx context.Context, r *Report) {
	old, key := s.issuer.Key(), authtest.NewKey("ES256")
	s.say("soak: the provider changes its key without notice")
	s.ledger.withdraw(old)
	s.ledger.publish(key, true)
	s.issuer.Swap(key)
	r.Swaps++
	r.Withdrawals++
	sleep(ctx, settle+time.Second)
}

// failing returns an outage: keys that are known have to do for its time.
func failing(name string, fault http.HandlerFunc) act {
	return func(s *soak, ctx context.Context, r *Report) {
		s.say("soak: the provider fails: %s", name)
		s.issuer.Break(fault)
		r.Outages++
		sleep(ctx, outage)
		s.issuer.Break(nil)
		sleep(ctx, recovery)
	}
}
