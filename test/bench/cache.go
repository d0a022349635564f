package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

// Targets of the cache, and how it is filled.
const (
	maxHit    = 1.0 / 40 // of raw RS256
	cacheSize = 64 << 20 // bytes, by default
	minFull   = 0.6      // of that: less means that tokens which would fit are not cached
	overflow  = 2        // how many times as much as fits is verified
	hotTokens = 10_000
)

// A size is a kind of tokens by their size.
type size struct {
	name   string
	bytes  int // of a cached one, at least
	claims authtest.Claims
}

var sizes = [...]size{
	{"usual tokens", 700, nil},
	{"tokens of 8 KB", 5_500, authtest.Claims{"pad": strings.Repeat("x", 5_000)}},
	{"tokens with 1,400 roles", 25_000, authtest.Claims{"roles": slices.Repeat([]string{"a"}, 1_400)}},
}

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

// measureMemory measures the memory that a full cache takes. The tokens are EdDSA, which is quick to sign.
// Their texts are garbage after verification, so a cache that held them would show.
func measureMemory(ctx context.Context, b *bench, r *report) error {
	var targets []target
	for _, s := range sizes {
		count := overflow * cacheSize / s.bytes
		b.progress.Printf("cache: %s different %s", number(count), s.name)
		used, err := fill(ctx, s, count)
		if err != nil {
			return err
		}
		targets = append(targets, target{
			fmt.Sprintf("bytes after %s %s", number(count), s.name), number(used),
			fmt.Sprintf("%s to %s", number(minFull*cacheSize), number(cacheSize)), used <= cacheSize && float64(used) >= minFull*cacheSize,
		})
	}
	r.targets(targets...)
	return nil
}

// fill returns the bytes that a verifier's cache takes after so many different tokens.
func fill(ctx context.Context, s size, count int) (int64, error) {
	i := startIssuer("EdDSA")
	defer i.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v, err := newVerifier(ctx, i, 0)
	if err != nil {
		return 0, err
	}
	if err := verifyTokens(ctx, v, i, 1); err != nil { // all else that is allocated once
		return 0, err
	}
	before := usedHeap()
	err = verifyTokens(ctx, v, i, count, s.claims)
	used := usedHeap() - before
	runtime.KeepAlive(v)
	return used, err
}

// verifyTokens verifies n different tokens.
func verifyTokens(ctx context.Context, v *auth.Verifier, i *issuer, n int, claims ...authtest.Claims) error {
	failures := make([]error, n)
	parallel(n, func(k int) {
		_, failures[k] = v.Authenticate(newRequest("Bearer " + i.token(claims...)).WithContext(ctx))
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
