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
		return nil, p.unlessDown(tooSoon())
	}
	defer p.endWait()
	for ctx.Err() == nil {
		call, wait := p.fetch(true, p.latest().gap())
		switch {
		case call == nil && p.latest().ended > known: // a fetch that was started since has ended
		case LimitOf(ctx).Exceeded(), call == nil && (wait > maxWait || p.latest().failure != nil):
			return nil, p.unlessDown(tooSoon())
		case call != nil:
			call.wait(ctx)
		default:
			sleep(ctx, wait)
		}
		fetched := p.latest().ended > known // before the keys are read
		keys, failed := p.published.Load().keys.candidates(h, signature)
		switch {
		case failed == nil:
			return keys, nil
		case failed != problem.KeyUnknown:
			return nil, p.keyError(failed, h)
		case fetched, p.latest().failure != nil:
			return nil, p.unlessDown(p.keyError(failed, h))
		}
	}
	return nil, p.unlessDown(tooSoon())
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
func (f fetches) gap() time.Duration {
	return min(fetchInterval<<min(max(f.fruitless-1, 0), 3), maxInterval)
}

var (
	errNoFetch = errors.New("the keys could not be fetched again")
	errTooSoon = errors.New("it is too soon to fetch the keys again")
)

// tooSoon returns the error of a token whose key is not known, and that did not wait for a fetch.
func tooSoon() error {
	err := newError(problem.KeyTooNew, "%w", errTooSoon)
	err.RetryAfter = time.Second
	return err
}

// unlessDown returns the error of a token whose key is not known. If the latest fetch failed, nothing is known.
func (p *Provider) unlessDown(err error) error {
	if p.latest().failure != nil {
		return p.unavailable(errNoFetch)
	}
	return err
}
