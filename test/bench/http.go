package main

import (
	"context"
	"net/http"
	"runtime"
	"slices"
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

// measureRequests measures the built program over HTTP: a public route, a protected one with cached and
// with new tokens, and an optional one without a token and with one.
func measureRequests(ctx context.Context, b *bench, r *report) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("http: building and starting the server")
	program, err := build(ctx)
	if err != nil {
		return err
	}
	defer program.remove()
	s, err := program.start(ctx, i)
	if err != nil {
		return err
	}
	defer s.close()
	b.progress.Printf("http: issuing %s tokens", number((b.rounds+1)*uncachedRequests))
	tokens := i.tokens((b.rounds + 1) * uncachedRequests)
	l, err := newLoad(s)
	if err != nil {
		return err
	}
	defer l.close()
	operations := requestOperations(l, i.token(), tokens)
	b.progress.Printf("http: requests")
	if err := measure(ctx, b.rounds, groupsOf(operations)); err != nil {
		return err
	}
	reportRequests(b, r, operations)
	return nil
}

// requestOperations returns the kinds of requests, with one token that repeats and tokens that do not.
func requestOperations(l *load, token string, tokens []string) []*operation {
	repeated := func(path, token string) func() [][]byte {
		requests := slices.Repeat([][]byte{render(path, token)}, plainRequests)
		return func() [][]byte { return requests }
	}
	fresh := func() [][]byte {
		some := tokens[:uncachedRequests]
		tokens = tokens[uncachedRequests:]
		return each(some, func(token string) []byte { return render("/me", token) })
	}
	get := func(name string, base *operation, next func() [][]byte) *operation {
		return &operation{name: name, base: base, load: l, status: http.StatusOK, next: next}
	}
	public := get("GET /healthz, public", nil, repeated("/healthz", ""))
	anonymous := get("GET /, no token", nil, repeated("/", ""))
	return []*operation{
		public,
		get("GET /me, token seen before", public, repeated("/me", token)),
		get("GET /me, token never seen", public, fresh),
		anonymous,
		get("GET /, token seen before", anonymous, repeated("/", token)),
	}
}

func reportRequests(b *bench, r *report, operations []*operation) {
	rows := [][]string{append([]string{""}, operationHead...)}
	for _, o := range operations {
		rows = append(rows, append([]string{o.name}, o.row()...))
	}
	r.heading("Whole requests over HTTP")
	r.paragraph("The built program with %d of %d cores, %d connections that stay open; RS256. "+
		"The last four columns are against GET /healthz, or GET / without a token, in the same round; medians of %d rounds. "+
		"GET / has the same handler with and without a token; the response of GET /me is larger than that of GET /healthz.",
		cores(), runtime.NumCPU(), connections, b.rounds)
	r.table(rows...)
	cached, uncached, optional := operations[1].ratio(sample.seconds), operations[2].ratio(sample.seconds), operations[4].ratio(sample.seconds)
	tail := operations[1].ratio(sample.tail)
	r.targets(
		target{"CPU, GET /me, token seen before", ratio(cached), "at most " + ratio(maxCached), cached <= maxCached},
		target{"CPU, GET /, token seen before", ratio(optional), "at most " + ratio(maxCached), optional <= maxCached},
		target{"CPU, GET /me, token never seen", ratio(uncached), "at most " + ratio(maxUncached), uncached <= maxUncached},
		target{"p99, GET /me, token seen before", ratio(tail), "at most " + ratio(maxCachedP99), tail <= maxCachedP99})
}

// each returns a property of every member of a list.
func each[T, P any](list []T, property func(T) P) []P {
	values := make([]P, len(list))
	for k, member := range list {
		values[k] = property(member)
	}
	return values
}
