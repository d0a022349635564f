package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"sync"

	"example.com/gatehouse/auth"
)

// Targets of the cache, and how it is filled.
const (
	maxHit      = 1.0 / 40 // of raw RS256
	maxEntry    = 800      // bytes of a token that is remembered
	entries     = 100_000  // that it is to hold by itself
	overflow    = 3 * entries
	hotTokens   = 10_000
	minEntry    = 50   // bytes: less than that remembers nothing
	maxOverflow = 1.15 // memory after too many tokens, to that after as many as it holds
)

// cache measures what a token costs that was verified before.
func cache(ctx context.Context, b *bench, p *page) error {
	p.heading("Verifying a token that was verified before")
	if err := hits(ctx, b, p); err != nil {
		return err
	}
	return memory(ctx, b, p)
}

// hits measures the time of a hit, for one token and for many.
func hits(ctx context.Context, b *bench, p *page) error {
	b.progress.Printf("cache: minting %s tokens", number(hotTokens))
	i := startIssuer("RS256")
	defer i.close()
	tokens := i.tokens(hotTokens)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := verifier(ctx, i, 0)
	if err != nil {
		return err
	}
	raw, _ := connectRaw(ctx, i)
	ours := authenticating(v)
	racers := []racer{
		{"raw RS256", newCycle(raw, tokens).do},
		{"one token", newCycle(ours, tokens[:1]).do},
		{number(hotTokens) + " tokens in turn", newCycle(ours, tokens).do},
	}
	b.progress.Printf("cache: hits")
	for range tokens { // every one is remembered
		if err := racers[2].do(); err != nil {
			return err
		}
	}
	results, err := race(ctx, b.rounds, racers)
	if err != nil {
		return err
	}
	goals, err := judgeHits(racers[1:], results[1:])
	p.goals(goals...)
	return err
}

// judgeHits compares hits with the targets.
func judgeHits(racers []racer, results []result) ([]goal, error) {
	var goals []goal
	for k, r := range racers {
		hit := results[k]
		allocations, _, err := allocation(r)
		if err != nil {
			return nil, err
		}
		goals = append(goals,
			goal{r.name + ": of raw RS256", fmt.Sprintf("1/%.0f (%s ns)", 1/hit.ratio, number(float64(hit.time))),
				fmt.Sprintf("at most 1/%.0f", 1/maxHit), hit.ratio <= maxHit},
			goal{r.name + ": allocations", number(allocations), "0", allocations == 0})
	}
	return goals, nil
}

// memory measures what the cache holds on to. The tokens are EdDSA, which is quick to mint; their
// texts are dropped as soon as they are verified, so that a cache that kept them would show.
func memory(ctx context.Context, b *bench, p *page) error {
	i := startIssuer("EdDSA")
	defer i.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := verifier(ctx, i, 0)
	if err != nil {
		return err
	}
	if err := fill(ctx, v, i, 1); err != nil {
		return err
	}
	empty := heap()
	b.progress.Printf("cache: %s different tokens", number(entries))
	if err := fill(ctx, v, i, entries); err != nil {
		return err
	}
	full := heap() - empty
	b.progress.Printf("cache: %s different tokens", number(overflow))
	if err := fill(ctx, v, i, overflow-entries); err != nil {
		return err
	}
	more := heap() - empty
	runtime.KeepAlive(v)
	p.goals(
		goal{"bytes per token, of " + number(entries), number(full / entries),
			fmt.Sprintf("%d to %d", minEntry, maxEntry), full >= minEntry*entries && full <= maxEntry*entries},
		goal{fmt.Sprintf("memory after %s tokens", number(overflow)), fmt.Sprintf("%.1f MB", float64(more)/1e6),
			fmt.Sprintf("at most %.2f times the %.1f MB after %s", maxOverflow, float64(full)/1e6, number(entries)),
			full >= minEntry*entries && float64(more) <= maxOverflow*float64(full)})
	return nil
}

// fill has n different tokens verified.
func fill(ctx context.Context, v *auth.Verifier, i *issuer, n int) error {
	var mu sync.Mutex
	var failure error
	parallel(n, func(int) {
		if _, err := v.Authenticate(bearing("Bearer " + i.token()).WithContext(ctx)); err != nil {
			mu.Lock()
			failure = err
			mu.Unlock()
		}
	})
	return failure
}

// heap returns the bytes that are in use.
func heap() int64 {
	var m runtime.MemStats
	http.DefaultClient.CloseIdleConnections()
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
