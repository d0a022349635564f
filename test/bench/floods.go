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

// A flood is that many forged tokens. A contestant that holds them up gets them for a limited time.
const (
	floodTokens  = 2000
	floodSenders = 16
	floodTime    = 20 * time.Second
	patience     = time.Second             // of one sender with one token
	quiet        = 1200 * time.Millisecond // before a flood, so that nobody has just fetched the keys
)

// maxFetches is how many fetches a second of a flood may cause, beyond the first.
const maxFetches = 1

// A forgery makes tokens that nobody with the issuer's key has signed.
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

// floods measures what forged tokens cost the provider, and what they cost a caller with a valid
// one.
func floods(ctx context.Context, b *bench, p *page) error {
	p.heading("Floods of forged tokens")
	p.paragraph("Fetches of the key set that %s forged tokens cause, and the time in which they were all refused.", number(floodTokens))
	rows := [][]string{{""}}
	for _, f := range forgeries {
		rows[0] = append(rows[0], f.name+", one sender", fmt.Sprintf("%s, %d senders", f.name, floodSenders))
	}
	var ours []damage
	for _, c := range contestants {
		if !c.fetches {
			continue
		}
		b.progress.Printf("floods: %s", c.name)
		damages, err := floodAll(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if ours == nil { // who comes first
			ours = damages
		}
		rows = append(rows, append([]string{c.name}, each(damages, damage.String)...))
	}
	p.table(rows...)
	excess := slices.Max(each(ours, damage.excess))
	fetches := goal{"fetches, beyond one a second", number(excess), fmt.Sprintf("at most %d", maxFetches), excess <= maxFetches}
	beside, err := neighbour(ctx, b)
	p.goals(fetches, beside)
	return err
}

// floodAll returns what every kind of flood does to a contestant, in the order of the table.
func floodAll(ctx context.Context, c contestant) ([]damage, error) {
	var damages []damage
	for _, f := range forgeries {
		for _, senders := range []int{1, floodSenders} {
			d, err := flood(ctx, c, f, senders)
			if err != nil {
				return nil, err
			}
			damages = append(damages, d)
		}
	}
	return damages, nil
}

// A damage is what a flood did.
type damage struct {
	fetches int // of the key set
	tokens  int // that were judged before time was up
	hung    int // judgements that outlasted their senders' patience
	took    time.Duration
}

// excess is how many fetches there were beyond one a second.
func (d damage) excess() float64 { return max(0, float64(d.fetches)-d.took.Seconds()) }

func (d damage) String() string {
	text := fmt.Sprintf("%s in %.1f s", number(d.fetches), d.took.Seconds())
	if d.tokens < floodTokens {
		text += fmt.Sprintf(", for %s tokens", number(d.tokens))
	}
	if d.hung > 0 {
		text += fmt.Sprintf(", %s hung", number(d.hung))
	}
	return text
}

// flood lets the senders loose on a contestant that has just accepted a good token.
func flood(ctx context.Context, c contestant, f forgery, senders int) (damage, error) {
	ctx, cancel := context.WithTimeout(ctx, floodTime)
	defer cancel()
	i := startIssuer("ES256")
	defer i.close()
	tokens := make([]string, floodTokens)
	key := authtest.NewKey("ES256")
	parallel(len(tokens), func(k int) { tokens[k] = f.make(i, key) })
	check, err := c.connect(ctx, i)
	if err != nil {
		return damage{}, err
	}
	if err := check(bearing("Bearer " + i.token()).WithContext(ctx)); err != nil {
		return damage{}, err
	}
	time.Sleep(quiet)
	before, start := i.Fetches("/jwks"), time.Now()
	tally := sendAll(ctx, check, tokens, senders)
	if tally.accepted.Load() > 0 {
		return damage{}, fmt.Errorf("%d forged tokens were accepted", tally.accepted.Load())
	}
	return damage{i.Fetches("/jwks") - before, int(tally.judged.Load()), int(tally.hung.Load()), time.Since(start)}, nil
}

// A tally counts what became of forged tokens.
type tally struct{ judged, hung, accepted atomic.Int64 }

func sendAll(ctx context.Context, check check, tokens []string, senders int) *tally {
	var t tally
	var next atomic.Int64
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for k := next.Add(1) - 1; k < int64(len(tokens)) && ctx.Err() == nil; k = next.Add(1) - 1 {
				t.send(ctx, check, bearing("Bearer "+tokens[k]))
			}
		})
	}
	group.Wait()
	return &t
}

func (t *tally) send(ctx context.Context, check check, r *http.Request) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := check(r.WithContext(ctx))
	t.judged.Add(1)
	if err == nil {
		t.accepted.Add(1)
	}
	if ctx.Err() != nil {
		t.hung.Add(1)
	}
}
