package main

import (
	"context"
	"net/http"
	"slices"
)

// Targets of whole requests, as multiples of the CPU time of an API written by hand.
const (
	maxOfFeatured = 1.25 // one with a request log, request identifiers and security headers
	maxOfBare     = 1.35 // one without
	maxOfPublic   = 1.30 // the public route of one without
)

// measurePeers measures the built program beside one of gin, go-oidc and a cache that has the same two routes. Both
// write their log to a file.
func measurePeers(ctx context.Context, b *bench, r *report) error {
	i := startIssuer("RS256")
	defer i.close()
	b.progress.Printf("peers: building and starting the servers")
	ours, err := build(ctx)
	if err != nil {
		return err
	}
	defer ours.remove()
	bare, err := buildFolder(ctx, "bare")
	if err != nil {
		return err
	}
	defer bare.remove()
	token := i.token()
	var all []*operation // pairs of GET /healthz and GET /me
	for _, d := range []struct {
		name, variable string
		program        *program
	}{
		{"gin + go-oidc", "FEATURES=off", bare},
		{"gin + go-oidc, with log and headers", "FEATURES=on", bare},
		{"Gatehouse", "LOG_LEVEL=info", ours},
	} {
		s, err := d.program.start(ctx, i, d.variable)
		if err != nil {
			return err
		}
		defer s.close()
		l, err := newLoad(s)
		if err != nil {
			return err
		}
		defer l.close()
		all = append(all, peerOperations(d.name, l, token)...)
	}
	for k, o := range all[2:] {
		o.base = all[k%2]
	}
	b.progress.Printf("peers: requests")
	if err := measure(ctx, b.rounds, groupsOf(all)); err != nil {
		return err
	}
	reportPeers(b, r, all)
	return nil
}

// peerOperations returns the requests to one server.
func peerOperations(name string, l *load, token string) []*operation {
	get := func(path, token string) *operation {
		requests := slices.Repeat([][]byte{render(path, token)}, plainRequests)
		return &operation{name: name + ": GET " + path, load: l, status: http.StatusOK, next: func() [][]byte { return requests }}
	}
	return []*operation{get("/healthz", ""), get("/me", token)}
}

// groupsOf returns a group for each operation.
func groupsOf(operations []*operation) [][]*operation {
	return each(operations, func(o *operation) []*operation { return []*operation{o} })
}

func reportPeers(b *bench, r *report, all []*operation) {
	rows := [][]string{append([]string{""}, operationHead...)}
	for _, o := range all {
		rows = append(rows, append([]string{o.name}, o.row()...))
	}
	r.heading("Whole requests beside an API written by hand")
	r.paragraph("The built program, with its request log in a file, beside one of gin, go-oidc and a cache of verified tokens, "+
		"with the same two routes and bodies and no database: once without a log, and once with a request log, request identifiers "+
		"and security headers. The last four columns are against the first one in the same round; medians of %d rounds.", b.rounds)
	r.table(rows...)
	public, me := all[4].ratio(sample.seconds), all[5].ratio(sample.seconds)
	featured := all[5].ratioTo(all[3], sample.seconds)
	r.targets(
		target{"CPU, GET /me, of one with log and headers", ratio(featured), "at most " + ratio(maxOfFeatured), featured <= maxOfFeatured},
		target{"CPU, GET /me, of one without", ratio(me), "at most " + ratio(maxOfBare), me <= maxOfBare},
		target{"CPU, GET /healthz, of one without", ratio(public), "at most " + ratio(maxOfPublic), public <= maxOfPublic})
}
