package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"

	"example.com/gatehouse/auth"
)

// Targets of the cache, and how it is filled.
const (
	maxHit      = 1.0 / 40 // of raw RS256
	maxEntry    = 800      // bytes of a cached token
	minEntry    = 50       // fewer bytes mean that nothing is cached
	entries     = 100_000  // that the cache holds by default
	overflow    = 3 * entries
	maxOverflow = 1.15 // memory after overflow, to that of a full cache
	hotTokens   = 10_000
)

// measureCache measures tokens that were verified before.
func measureCache(ctx context.Context, b *bench, r *report) error {
	r.heading("Verifying a token that was verified before")
	if err := measureHits(ctx, b, r); err != nil {
		return err
	}
	return measureMemory(ctx, b, r)
}

// measureHits measures the time of a hit, with one token and with many.
func measureHits(ctx context.Context, b *bench, r *report) error {
	b.progress.Printf("cache: issuing %s tokens", number(hotTokens))
	i := startIssuer("RS256")
	defer i.close()
	tokens := i.tokens(hotTokens)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := newVerifier(ctx, i, 0)
	if err != nil {
		return err
	}
	raw, _ := connectRaw(ctx, i)
	tasks := []task{
		{"raw RS256", newCycle(raw, tokens).do},
		{"one token", newCycle(authenticate(v), tokens[:1]).do},
		{number(hotTokens) + " tokens in turn", newCycle(authenticate(v), tokens).do},
	}
	b.progress.Printf("cache: hits")
	for range tokens { // fills the cache
		if err := tasks[2].do(); err != nil {
			return err
		}
	}
	results, err := compare(ctx, b.rounds, tasks)
	if err != nil {
		return err
	}
	targets, err := hitTargets(tasks[1:], results[1:])
	r.targets(targets...)
	return err
}

func hitTargets(tasks []task, results []result) ([]target, error) {
	var targets []target
	for k, t := range tasks {
		hit := results[k]
		count, _, err := allocations(t)
		if err != nil {
			return nil, err
		}
		targets = append(targets,
			target{t.name + ": of raw RS256", fmt.Sprintf("1/%.0f (%s ns)", 1/hit.ratio, number(float64(hit.time))),
				fmt.Sprintf("at most 1/%.0f", 1/maxHit), hit.ratio <= maxHit},
			target{t.name + ": allocations", number(count), "0", count == 0})
	}
	return targets, nil
}

// measureMemory measures the memory that the cache holds. The tokens are EdDSA, which is quick to sign.
// Their texts are garbage after verification, so a cache that held them would show.
func measureMemory(ctx context.Context, b *bench, r *report) error {
	i := startIssuer("EdDSA")
	defer i.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := newVerifier(ctx, i, 0)
	if err != nil {
		return err
	}
	var used []int64
	verified := 0
	for _, n := range []int{1, entries, overflow} {
		b.progress.Printf("cache: %s different tokens", number(n))
		if err := verifyTokens(ctx, v, i, n-verified); err != nil {
			return err
		}
		verified, used = n, append(used, usedHeap())
	}
	runtime.KeepAlive(v)
	full, over := used[1]-used[0], used[2]-used[0]
	r.targets(
		target{"bytes per token, of " + number(entries), number(full / entries),
			fmt.Sprintf("%d to %d", minEntry, maxEntry), full >= minEntry*entries && full <= maxEntry*entries},
		target{fmt.Sprintf("memory after %s tokens", number(overflow)), megabytes(over),
			fmt.Sprintf("at most %s times the %s after %s", ratio(maxOverflow), megabytes(full), number(entries)),
			full >= minEntry*entries && float64(over) <= maxOverflow*float64(full)})
	return nil
}

// verifyTokens verifies n different tokens.
func verifyTokens(ctx context.Context, v *auth.Verifier, i *issuer, n int) error {
	failures := make([]error, n)
	parallel(n, func(k int) {
		_, failures[k] = v.Authenticate(newRequest("Bearer " + i.token()).WithContext(ctx))
	})
	return errors.Join(failures...)
}

// usedHeap returns the bytes in use after garbage collection.
func usedHeap() int64 {
	var m runtime.MemStats
	http.DefaultClient.CloseIdleConnections()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
