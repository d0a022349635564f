package auth

import (
	"context"
	"errors"
	"time"

	"example.com/gatehouse/problem"
)

// Limits of waiting for the key of a token.
const (
	maxInterval = 5 * time.Second  // between the starts of two fetches for tokens that brought no new key
	calm        = 10 * time.Second // without an unknown key, after which the interval is fetchInterval again
	maxWait     = time.Second      // for the next fetch that is allowed
	maxWaiting  = 64               // requests at once
)

// awaitKey fetches the keys for a token of an unknown key, and returns those that may have signed it. The fetch starts
// after the call, because the provider may have published the key just now. Forged key identifiers make the interval
// between fetches longer (RFC 8725, section 3.10): a request that cannot wait is rejected, and may be retried.
func (p *Provider) awaitKey(ctx context.Context, h *header, signature []byte) ([]*key, error) {
	known, ok := p.beginWait()
	if !ok {
		return nil, p.undecided()
	}
	defer p.endWait()
	for ctx.Err() == nil {
		call, wait := p.fetch(true, p.gap())
		switch {
		case LimitOf(ctx).Exceeded(), call == nil && (wait > maxWait || p.lastFailure() != nil):
			return nil, p.undecided()
		case call != nil:
			call.wait(ctx)
		default:
			sleep(ctx, wait)
		}
		fetched := p.fetchedAfter(known) // before the keys are read
		keys, failed := p.published.Load().keys.candidates(h, signature)
		switch {
		case failed == nil:
			return keys, nil
		case failed != problem.KeyUnknown:
			return nil, p.keyError(failed, h)
		case fetched, p.lastFailure() != nil:
			return nil, p.decided(h)
		}
	}
	return nil, p.undecided()
}

// beginWait counts a request that waits for a key, unless there are too many, and returns how many fetches were
// started before it.
func (p *Provider) beginWait() (begun int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) > calm {
		p.fruitless = 0
	}
	p.asked = time.Now()
	if p.waiting == maxWaiting {
		return 0, false
	}
	p.waiting++
	return p.begun, true
}

func (p *Provider) endWait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
}

// gap returns the interval between fetches for tokens: 1, 2, 4 and 5 seconds after so many that brought no new key.
func (p *Provider) gap() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return min(fetchInterval<<min(max(p.fruitless-1, 0), 3), maxInterval)
}

// fetchedAfter reports whether a fetch has ended that was started after so many others.
func (p *Provider) fetchedAfter(begun int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended > begun
}

var (
	errNoFetch = errors.New("the keys could not be fetched again")
	errTooSoon = errors.New("it is too soon to fetch the keys again")
)

// decided returns the error of a token whose key the latest fetch did not bring. If that failed, nothing is known.
func (p *Provider) decided(h *header) error {
	if p.lastFailure() != nil {
		return p.unavailable(errNoFetch)
	}
	return p.keyError(problem.KeyUnknown, h)
}

// undecided is decided for a token that did not wait for a fetch.
func (p *Provider) undecided() error {
	if p.lastFailure() != nil {
		return p.unavailable(errNoFetch)
	}
	err := newError(problem.KeyUnknown, "%w", errTooSoon).saying(problem.KeyTooNew)
	err.RetryAfter = time.Second
	return err
}
