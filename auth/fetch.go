package auth

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
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

// fetches are those that were made, and what tokens need of the next.
type fetches struct {
	call      *fetchCall // in progress, if any
	started   time.Time  // the latest
	begun     int        // how many were started
	ended     int        // which of them ended last
	completed int        // which of those that fetched the metadata, too
	failure   error      // of the one that ended last; nil if it succeeded
	fruitless int        // for tokens since one brought a new key
	asked     time.Time  // when a token last had an unknown key
	waiting   int        // requests with such a token
}

// latest returns the fetches as they are now.
func (p *Provider) latest() fetches {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetches
}

// A fetchCall is one fetch, which any number of requests may wait for.
type fetchCall struct {
	forToken bool // of an unknown key
	complete bool // it fetches metadata and keys, and not keys alone
	done     chan struct{}
}

// wait returns when the fetch or ctx is done.
func (c *fetchCall) wait(ctx context.Context) {
	select {
	case <-c.done:
	case <-ctx.Done():
	}
}

// run fetches until ctx is done.
func (p *Provider) run(ctx context.Context) {
	for before := 0; ctx.Err() == nil; before = p.latest().completed {
		p.fetchComplete(ctx, before)
		if p.latest().failure == nil {
			select {
			case <-time.After(p.interval()):
				continue
			case <-p.failed: // a fetch for a token
			case <-ctx.Done():
			}
		}
		sleep(ctx, retryInterval)
	}
}

// fetchComplete returns when metadata and keys were fetched after the fetch of that number. It starts as soon as the
// interval between fetches allows it.
func (p *Provider) fetchComplete(ctx context.Context, before int) {
	for ctx.Err() == nil && p.latest().completed <= before {
		if call, wait := p.fetch(false, fetchInterval); call != nil {
			call.wait(ctx)
		} else {
			sleep(ctx, wait)
		}
	}
}

// sleep returns after a time, or when ctx is done.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// interval returns when to fetch next: after the max-age of the keys (RFC 9111, section 5.2.2.1), within bounds. The
// jitter spreads the fetches of instances that started together.
func (p *Provider) interval() time.Duration {
	wait := p.config.Refresh
	if current := p.published.Load(); current != nil && current.maxAge > 0 {
		wait = min(wait, max(current.maxAge, minRefresh))
	}
	return wait - rand.N(wait/10+1)
}

// fetch returns the fetch in progress, or starts one. If the latest started less than gap ago, it returns how long to
// wait instead: no flood of tokens can exceed that. For a token the metadata is not fetched again while all is well.
func (p *Provider) fetch(forToken bool, gap time.Duration) (call *fetchCall, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.call != nil {
		return p.call, 0
	}
	if wait := gap - time.Since(p.started); p.begun > 0 && wait > 0 {
		return nil, wait
	}
	complete := !forToken || p.failure != nil || p.published.Load() == nil
	p.call = &fetchCall{forToken, complete, make(chan struct{})}
	p.started = time.Now()
	p.begun++
	go p.doFetch(p.call)
	return p.call, 0
}

// doFetch makes a fetch. A failure changes nothing, except that keys which are too old expire.
func (p *Provider) doFetch(call *fetchCall) {
	ctx, cancel := context.WithTimeout(p.ctx, fetchTimeout)
	defer cancel()
	start, useful := time.Now(), false
	found, err := p.get(ctx, call.complete)
	switch {
	case err == nil:
		useful = p.replace(found)
	case p.ctx.Err() == nil:
		err = errors.New(Brief(strings.ReplaceAll(err.Error(), "\n", "; "))) // without what it wraps: it is stored, and may be long
		p.config.Log.Warn("provider refresh failed", "issuer", p.config.Issuer, "err", err)
		p.expire()
	}
	if p.ctx.Err() == nil {
		p.config.Observe(Event{Kind: Fetch, Duration: time.Since(start), Err: err})
	}
	p.end(call, useful, err)
}

// get fetches metadata and keys, or only the keys from where the metadata says that they are.
func (p *Provider) get(ctx context.Context, complete bool) (*published, error) {
	if complete {
		return p.discover(ctx)
	}
	return p.getKeys(ctx, p.published.Load().metadata)
}

// replace stores what was fetched, and logs keys that cannot be used when they change. It reports whether there is a
// key that was not there before. The set before is compared even if it is too old to be used, so that a key which was
// withdrawn during an outage is noticed.
func (p *Provider) replace(found *published) (useful bool) {
	old := p.known()
	if found.unusable.count != old.unusable.count || !slices.Equal(found.unusable.reasons, old.unusable.reasons) {
		found.unusable.log(p.config.Log, p.config.Issuer)
	}
	useful = found.keys.replace(old.keys)
	found.withdrawn = found.keys.withdrawn(old)
	p.published.Store(found)
	return useful
}

// expire marks keys that are too old. They are stored, for the comparison with the next set.
func (p *Provider) expire() {
	if current := p.published.Load(); current != nil && current.old(p.config.Stale) {
		expired := *current
		expired.expired = true
		p.published.Store(&expired)
	}
}

// end ends a fetch. Those for tokens back off while they bring no new key.
func (p *Provider) end(call *fetchCall, useful bool, err error) {
	p.mu.Lock()
	p.call, p.ended, p.failure = nil, p.begun, err
	if call.complete {
		p.completed = p.begun
	}
	switch {
	case useful:
		p.fruitless = 0
	case call.forToken:
		p.fruitless++
	}
	p.mu.Unlock()
	if err != nil && call.forToken {
		select {
		case p.failed <- struct{}{}: // lets run retry
		default:
		}
	}
	close(call.done)
}
