package auth

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// Limits of fetches.
const (
	fetchTimeout  = 5 * time.Second // for one fetch, metadata and keys together
	fetchInterval = time.Second     // between the starts of two fetches, whatever callers send
	retryInterval = 5 * time.Second // after a fetch that failed
	minRefresh    = time.Minute     // however short the max-age of the provider's keys is
	maxResponse   = 512 << 10       // bytes of one response
)

// A fetchCall is one fetch, which any number of requests may wait for.
type fetchCall struct {
	done chan struct{}
	err  error // valid once done is closed
}

// wait returns the error of the fetch when it is done, or that of ctx.
func (c *fetchCall) wait(ctx context.Context) error {
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run fetches until ctx is done.
func (p *Provider) run(ctx context.Context) {
	for {
		if call := p.fetch(); call != nil {
			call.wait(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(p.interval()):
		}
	}
}

// interval returns when to fetch next: sooner after a failure, else after the max-age of the keys (RFC 9111,
// section 5.2.2.1), within bounds. The jitter spreads the fetches of instances that started together.
func (p *Provider) interval() time.Duration {
	if p.lastFailure() != nil {
		return retryInterval
	}
	wait := p.refresh
	if current := p.published.Load(); current != nil && current.maxAge > 0 {
		wait = min(wait, max(current.maxAge, minRefresh))
	}
	return wait - rand.N(wait/10+1)
}

// fetch returns the fetch in progress, or starts one. It returns nil if the latest started less than fetchInterval
// ago: that is the budget that no flood of tokens can exceed.
func (p *Provider) fetch() *fetchCall {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.call != nil {
		return p.call
	}
	if !p.started.IsZero() && time.Since(p.started) < fetchInterval {
		return nil
	}
	p.call, p.started = &fetchCall{done: make(chan struct{})}, time.Now()
	go p.doFetch(p.call)
	return p.call
}

// doFetch makes a fetch. A failure changes nothing, except that keys which are too old expire.
func (p *Provider) doFetch(call *fetchCall) {
	ctx, cancel := context.WithTimeout(p.ctx, fetchTimeout)
	defer cancel()
	start := time.Now()
	found, err := p.discover(ctx)
	switch {
	case err == nil:
		p.replace(found)
	case p.ctx.Err() == nil:
		p.log.Warn("provider refresh failed", "issuer", p.issuer, "err", err)
		p.expire()
	}
	if p.ctx.Err() == nil {
		p.observe(Event{Kind: Fetch, Duration: time.Since(start), Err: err})
	}
	p.mu.Lock()
	p.call, p.failure, call.err = nil, err, err
	p.mu.Unlock()
	close(call.done)
}

// replace stores what was fetched, and logs keys that cannot be used when they change.
func (p *Provider) replace(found *published) {
	old := cmp.Or(p.published.Load(), &published{})
	if !slices.Equal(found.unusable, old.unusable) {
		for _, why := range found.unusable {
			p.log.Warn("key not usable", "issuer", p.issuer, "err", why)
		}
	}
	found.keys.replace(old.keys)
	p.published.Store(found)
}

// expire withdraws keys that are too old. Every failed fetch calls it, so that no request has to compare times.
func (p *Provider) expire() {
	current := p.published.Load()
	if current != nil && current.keys != nil && time.Since(current.at) > p.stale {
		keySet{}.replace(current.keys)
		p.published.Store(&published{oidc: current.oidc, at: current.at})
	}
}

func (p *Provider) lastFailure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}
