package apikey

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
	"unsafe"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/internal/cache"
	"example.com/gatehouse/problem"
)

const (
	// freshness is how long a key is accepted without a look-up. A revoked one is rejected by every instance within 5
	// seconds, and this leaves a second for a request that is on its way.
	freshness = 4 * time.Second

	entrySize   = 1 << 10 // bytes that an entry of the cache takes at most, beside the texts of its caller
	cacheShares = 256
)

// A Config says which keys are accepted. Format and Store are required.
type Config struct {
	Format    Format
	Store     Store
	CacheSize int64            // bytes of verified keys; zero means 4 MiB, and a negative number no cache
	Now       func() time.Time // nil means time.Now

	// Trusts reports whether the API still accepts the tokens of an issuer: a key outlives neither its owner nor the
	// provider at which its owner signs in. Nil means that it accepts all.
	Trusts func(issuer string) bool

	Log     *slog.Logger     // nil discards
	Observe func(auth.Event) // receives events for metrics, from several goroutines at once; nil discards them
}

// A Verifier turns keys into principals. It is safe for concurrent use.
type Verifier struct {
	config Config
	cache  *cache.Cache[proof, *accepted]
	writes chan struct{} // has an element for each last use that is being stored
}

// A proof is what a caller proves with: the cache has no secret.
type proof struct {
	id   string
	hash Hash
}

// An accepted key is one that needs no look-up until an instant.
type accepted struct {
	caller *auth.Principal
	until  time.Time
}

// New returns a Verifier.
func New(c Config) *Verifier {
	c.CacheSize = cmp.Or(c.CacheSize, 4<<20)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Trusts == nil {
		c.Trusts = func(string) bool { return true }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Observe == nil {
		c.Observe = func(auth.Event) {}
	}
	entries := cache.New[proof, *accepted](c.CacheSize, max(c.CacheSize/cacheShares, 4*entrySize))
	return &Verifier{config: c, cache: entries, writes: make(chan struct{}, maxWrites)}
}

// Format returns the form of the keys.
func (v *Verifier) Format() Format { return v.config.Format }

// Verify returns the caller that a key acts for. Its error is an [auth.Error] of APIKeyInvalid, APIKeyExpired,
// APIKeyRevoked, TooManyFailures or AuthUnavailable.
func (v *Verifier) Verify(ctx context.Context, text string) (*auth.Principal, error) {
	if !v.config.Format.Begins(text) {
		return nil, auth.Reject(foreign, describe(text, errShape))
	}
	id, secret, err := v.config.Format.Parse(text)
	if err != nil {
		return nil, auth.Reject(mistyped, describe(text, err))
	}
	return v.verify(ctx, proof{id, secret.Hash()})
}

// verify looks a key up, unless it is in the cache and may be older than the request.
func (v *Verifier) verify(ctx context.Context, p proof) (*auth.Principal, error) {
	start := v.config.Now()
	if a, found := v.cache.Get(p); found && start.Before(a.until) && !auth.IsFresh(ctx) {
		v.config.Observe(auth.Event{Kind: auth.CacheHit})
		return a.caller, nil
	}
	began := time.Now()
	a, err := v.lookUp(ctx, p, start)
	v.config.Observe(auth.Event{Kind: auth.Verification, Duration: time.Since(began), Err: err})
	if err != nil {
		v.cache.Delete(p)
		return nil, err
	}
	if v.config.CacheSize > 0 {
		v.cache.Put(p, a, entrySize+size(a.caller))
	}
	return a.caller, nil
}

// lookUp reads a key. An unknown one costs one look-up, like one with a wrong secret, and both are limited like the
// signatures of forged tokens. What is read is as old as the start, before which nothing was read.
func (v *Verifier) lookUp(ctx context.Context, p proof, start time.Time) (*accepted, error) {
	release, err := auth.LimitOf(ctx).Acquire(ctx, 1)
	if err != nil {
		return nil, err
	}
	genuine := false
	defer func() { release(genuine) }()
	current, previous, err := v.config.Store.Hashes(ctx, p.id)
	if err != nil {
		return nil, unavailable(err)
	}
	isCurrent, isPrevious := p.hash.equals(current), p.hash.equals(previous)
	if genuine = isCurrent || isPrevious; !genuine {
		return nil, wrongSecret(p.id)
	}
	record, err := v.config.Store.Find(ctx, p.id)
	if errors.Is(err, problem.NotFound) { // it was deleted meanwhile
		return nil, wrongSecret(p.id)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	until, matched := record.match(p.hash, start)
	if !matched {
		return nil, wrongSecret(p.id)
	}
	if err := record.check(start, v.config.Trusts); err != nil {
		return nil, err
	}
	v.used(ctx, &record, start)
	return &accepted{record.principal(), earliest(start.Add(freshness), record.ExpiresAt, until)}, nil
}

// Remove removes a key from the cache of this instance, so that it rejects the key at once.
func (v *Verifier) Remove(has func(caller *auth.Principal) bool) {
	v.cache.Sweep(func(a *accepted) bool { return has(a.caller) })
}

func wrongSecret(id string) error {
	return auth.Reject(problem.APIKeyInvalid, fmt.Errorf("key %s: it is unknown, or the secret is wrong", id))
}

// unavailable returns the error of a store that cannot be read: whether the key is valid is not known. An error of the
// caller's own, who is gone, stays what it is.
func unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return auth.Reject(problem.AuthUnavailable, err)
}

// size returns how many bytes the texts of a caller take.
func size(p *auth.Principal) int64 {
	size := len(p.Issuer) + len(p.Subject)
	for _, scope := range p.Scopes {
		size += len(scope) + int(unsafe.Sizeof(scope))
	}
	return int64(size)
}

// earliest returns the first of some instants.
func earliest(instants ...time.Time) time.Time { return slices.MinFunc(instants, time.Time.Compare) }
