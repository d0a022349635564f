package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A flood is this many forged tokens, for a limited time where a library is slow.
const (
	floodTokens  = 2000
	floodSenders = 16
	floodTime    = 20 * time.Second
	tokenTimeout = time.Second
	calmBefore   = 1200 * time.Millisecond // so that the keys were not just fetched
)

// maxFetches is how many fetches a flood may cause beyond one a second.
const maxFetches = 1

// A forgery makes tokens that are not signed with the issuer's key.
type forgery struct {
	name string
	make func(i *issuer, key *authtest.Key) string
}

var forgeries = [...]forgery{
	{"random kid", func(i *issuer, key *authtest.Key) string {
		return key.Sign(map[string]any{"typ": "at+jwt", "kid": rand.Text()}, i.Claims())
	}},
	{"known kid, bad signature", func(i *issuer, key *authtest.Key) string {
		return key.Sign(map[string]any{"typ": "at+jwt", "kid": i.Key().ID}, i.Claims())
	}},
}

// measureFloods measures what forged tokens cost the provider, and a caller with a valid token.
func measureFloods(ctx context.Context, b *bench, r *report) error {
	r.heading("Floods of forged tokens")
	r.paragraph("Fetches of the key set that %s forged tokens cause, and the time until all were rejected.", number(floodTokens))
	rows := [][]string{{""}}
	for _, f := range forgeries {
		rows[0] = append(rows[0], f.name+", one sender", fmt.Sprintf("%s, %d senders", f.name, floodSenders))
	}
	var ours []floodResult
	for _, l := range libraries {
		if !l.fetches {
			continue
		}
		b.progress.Printf("floods: %s", l.name)
		results, err := floodAll(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		if ours == nil { // the first is Gatehouse
			ours = results
		}
		rows = append(rows, append([]string{l.name}, each(results, floodResult.String)...))
	}
	r.table(rows...)
	excess := slices.Max(each(ours, floodResult.excess))
	fetches := target{"fetches, beyond one a second", number(excess), fmt.Sprintf("at most %d", maxFetches), excess <= maxFetches}
	mixed, err := measureMixedLoad(ctx, b)
	r.targets(fetches, mixed)
	return err
}

// floodAll returns the results of every kind of flood, in the order of the table.
func floodAll(ctx context.Context, l library) ([]floodResult, error) {
	var results []floodResult
	for _, f := range forgeries {
		for _, senders := range []int{1, floodSenders} {
			result, err := flood(ctx, l, f, senders)
			if err != nil {
				return nil, err
			}
			results = append(results, result)
		}
	}
	return results, nil
}

// A floodResult is what a flood caused.
type floodResult struct {
	fetches int // of the key set
	tokens  int // that were checked in time
	hung    int // that took longer than the timeout
	took    time.Duration
}

// excess returns the number of fetches beyond one a second.
func (f floodResult) excess() float64 { return max(0, float64(f.fetches)-f.took.Seconds()) }

func (f floodResult) String() string {
	text := fmt.Sprintf("%s in %.1f s", number(f.fetches), f.took.Seconds())
	if f.tokens < floodTokens {
		text += fmt.Sprintf(", for %s tokens", number(f.tokens))
	}
	if f.hung > 0 {
		text += fmt.Sprintf(", %s hung", number(f.hung))
	}
	return text
}

// flood sends forged tokens to a library that has just accepted a valid one.
func flood(ctx context.Context, l library, f forgery, senders int) (floodResult, error) {
	ctx, cancel := context.WithTimeout(ctx, floodTime)
	defer cancel()
	i := startIssuer("ES256")
	defer i.close()
	tokens := make([]string, floodTokens)
	key := authtest.NewKey("ES256")
	parallel(len(tokens), func(k int) { tokens[k] = f.make(i, key) })
	check, err := l.connect(ctx, i)
	if err != nil {
		return floodResult{}, err
	}
	if err := check(newRequest("Bearer " + i.token()).WithContext(ctx)); err != nil {
		return floodResult{}, err
	}
	time.Sleep(calmBefore)
	before, began := i.Fetches("/jwks"), time.Now()
	counts := sendAll(ctx, check, tokens, senders)
	if n := counts.accepted.Load(); n > 0 {
		return floodResult{}, fmt.Errorf("%d forged tokens were accepted", n)
	}
	return floodResult{i.Fetches("/jwks") - before, int(counts.checked.Load()), int(counts.hung.Load()), time.Since(began)}, nil
}

// tokenCounts counts forged tokens by their result.
type tokenCounts struct{ checked, hung, accepted atomic.Int64 }

func sendAll(ctx context.Context, check check, tokens []string, senders int) *tokenCounts {
	var counts tokenCounts
	var next atomic.Int64
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for k := next.Add(1) - 1; k < int64(len(tokens)) && ctx.Err() == nil; k = next.Add(1) - 1 {
				counts.send(ctx, check, newRequest("Bearer "+tokens[k]))
			}
		})
	}
	group.Wait()
	return &counts
}

func (t *tokenCounts) send(ctx context.Context, check check, r *http.Request) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	err := check(r.WithContext(ctx))
	t.checked.Add(1)
	if err == nil {
		t.accepted.Add(1)
	}
	if ctx.Err() != nil {
		t.hung.Add(1)
	}
}
