package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

// Targets of whole requests, as multiples of a public route.
const (
	maxCached    = 1.10 // CPU
	maxUncached  = 3.5  // CPU
	maxCachedP99 = 1.3
)

// How many requests a round sends.
const (
	plainRequests    = 6000
	uncachedRequests = 2000
)

// A visit is a kind of request. Next returns those of one round.
type visit struct {
	name string
	base *visit // what it is compared with
	next func() [][]byte
	laps []lap
}

// requests measures the built program over HTTP: a public route, one that wants a token that the
// server remembers, the same with tokens that it never saw; and one that answers strangers and
// callers alike, so that nothing but the token makes the difference.
func requests(ctx context.Context, b *bench, p *page) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("http: building and starting the server")
	s, err := startServer(ctx, b.root, i)
	if err != nil {
		return err
	}
	defer s.close()
	b.progress.Printf("http: minting %s tokens", number((b.rounds+1)*uncachedRequests))
	visits := visits(i, b.rounds+1)
	b.progress.Printf("http: requests")
	l, err := newLoad(s)
	if err != nil {
		return err
	}
	defer l.close()
	for round := range b.rounds + 1 { // the first warms up
		for _, k := range rand.Perm(len(visits)) {
			lap, err := l.run(visits[k].next())
			if err != nil {
				return fmt.Errorf("%s: %w", visits[k].name, err)
			}
			if round > 0 {
				visits[k].laps = append(visits[k].laps, lap)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	report(b, p, visits)
	return nil
}

func visits(i *issuer, rounds int) []*visit {
	tokens, token := i.tokens(rounds*uncachedRequests), i.token()
	again := func(path, token string) func() [][]byte {
		requests := slices.Repeat([][]byte{render(path, token)}, plainRequests)
		return func() [][]byte { return requests }
	}
	fresh := func() [][]byte {
		some := tokens[:uncachedRequests]
		tokens = tokens[uncachedRequests:]
		return each(some, func(token string) []byte { return render("/me", token) })
	}
	public := &visit{name: "GET /healthz, public", next: again("/healthz", "")}
	stranger := &visit{name: "GET /, no token", next: again("/", "")}
	public.base, stranger.base = public, stranger
	return []*visit{
		public,
		{name: "GET /me, token seen before", base: public, next: again("/me", token)},
		{name: "GET /me, token never seen", base: public, next: fresh},
		stranger,
		{name: "GET /, token seen before", base: stranger, next: again("/", token)},
	}
}

func report(b *bench, p *page, visits []*visit) {
	rows := [][]string{{"", "CPU of the server", "requests/s", "p50", "p99", "CPU", "requests/s", "p50", "p99"}}
	for _, v := range visits {
		rows = append(rows, []string{v.name,
			micro(median(each(v.laps, lap.seconds))), number(median(each(v.laps, lap.perSecond))),
			micro(median(each(v.laps, lap.middle))), micro(median(each(v.laps, lap.tail))),
			times(v.ratio(lap.seconds)), times(v.ratio(lap.perSecond)), times(v.ratio(lap.middle)), times(v.ratio(lap.tail))})
	}
	p.heading("Whole requests over HTTP")
	p.paragraph("The built program with %d of %d cores, %d connections that stay open; RS256. "+
		"The last four columns are against GET /healthz, or GET / without a token, in the same round; medians of %d rounds. "+
		"GET / has the same handler with and without a token; GET /me answers with more than GET /healthz.",
		cores(), runtime.NumCPU(), connections, b.rounds)
	p.table(rows...)
	cached, uncached, same := visits[1].ratio(lap.seconds), visits[2].ratio(lap.seconds), visits[4].ratio(lap.seconds)
	tail := visits[1].ratio(lap.tail)
	p.goals(
		goal{"CPU, GET /me, token seen before", times(cached), "at most " + times(maxCached), cached <= maxCached},
		goal{"CPU, GET /, token seen before", times(same), "at most " + times(maxCached), same <= maxCached},
		goal{"CPU, GET /me, token never seen", times(uncached), "at most " + times(maxUncached), uncached <= maxUncached},
		goal{"p99, GET /me, token seen before", times(tail), "at most " + times(maxCachedP99), tail <= maxCachedP99})
}

// ratio returns a property against the same rounds of the base, the median of the rounds.
func (v *visit) ratio(property func(lap) float64) float64 {
	ratios := each(v.laps, property)
	for round, value := range each(v.base.laps, property) {
		ratios[round] /= value
	}
	return median(ratios)
}

func (l lap) seconds() float64   { return l.cpu.Seconds() }
func (l lap) perSecond() float64 { return l.rate }
func (l lap) middle() float64    { return l.p50.Seconds() }
func (l lap) tail() float64      { return l.p99.Seconds() }

// each returns a property of every member of a list.
func each[T, P any](list []T, property func(T) P) []P {
	var values []P
	for _, member := range list {
		values = append(values, property(member))
	}
	return values
}

func micro(seconds float64) string {
	return number(seconds/time.Microsecond.Seconds()) + " µs"
}

func times(ratio float64) string { return fmt.Sprintf("%.2f", ratio) }
