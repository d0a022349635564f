package main

import (
	"context"
	"fmt"
	"net/http"
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

// requests measures the built program over HTTP: a public route, one that wants a token that the
// server remembers, the same with tokens that it never saw; and one that answers strangers and
// callers alike, so that nothing but the token makes the difference.
func requests(ctx context.Context, b *bench, p *page) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("http: building and starting the server")
	program, err := build(ctx, b.root)
	if err != nil {
		return err
	}
	defer program.remove()
	s, err := program.start(ctx, i)
	if err != nil {
		return err
	}
	defer s.close()
	b.progress.Printf("http: minting %s tokens", number((b.rounds+1)*uncachedRequests))
	tokens := i.tokens((b.rounds + 1) * uncachedRequests)
	l, err := newLoad(s)
	if err != nil {
		return err
	}
	defer l.close()
	visits := visits(l, i.token(), tokens)
	b.progress.Printf("http: requests")
	var groups [][]*visit
	for _, v := range visits {
		groups = append(groups, []*visit{v})
	}
	if err := measure(ctx, b.rounds, groups); err != nil {
		return err
	}
	report(b, p, visits)
	return nil
}

// visits returns the kinds of requests, with a token that is seen again and again, and with tokens
// that are seen once.
func visits(l *load, token string, tokens []string) []*visit {
	again := func(path, token string) func() [][]byte {
		requests := slices.Repeat([][]byte{render(path, token)}, plainRequests)
		return func() [][]byte { return requests }
	}
	fresh := func() [][]byte {
		some := tokens[:uncachedRequests]
		tokens = tokens[uncachedRequests:]
		return each(some, func(token string) []byte { return render("/me", token) })
	}
	get := func(name string, base *visit, next func() [][]byte) *visit {
		return &visit{name: name, base: base, load: l, status: http.StatusOK, next: next}
	}
	public := get("GET /healthz, public", nil, again("/healthz", ""))
	stranger := get("GET /, no token", nil, again("/", ""))
	return []*visit{
		public,
		get("GET /me, token seen before", public, again("/me", token)),
		get("GET /me, token never seen", public, fresh),
		stranger,
		get("GET /, token seen before", stranger, again("/", token)),
	}
}

func report(b *bench, p *page, visits []*visit) {
	rows := [][]string{append([]string{""}, visitHead...)}
	for _, v := range visits {
		rows = append(rows, append([]string{v.name}, v.row()...))
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
