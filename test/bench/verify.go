package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// algorithms are the ones that are measured.
var algorithms = [...]string{"RS256", "PS256", "ES256", "EdDSA"}

// differentTokens is how many of them are verified in turn.
const differentTokens = 500

// Targets of verification.
const (
	maxRatio       = 1.15 // to raw
	maxAllocations = 24   // with RS256
	maxBytes       = 3500
)

// A score is what was measured of one library.
type score struct {
	name    string
	results []result // by algorithm
	count   int      // allocations
	bytes   int
}

// measureVerification compares the libraries at verifying tokens that are not cached.
func measureVerification(ctx context.Context, b *bench, r *report) error {
	scores := make([]score, 1+len(libraries))
	sizes := make([]string, len(algorithms))
	for k, algorithm := range algorithms {
		b.progress.Printf("verify: %s", algorithm)
		i := startIssuer(algorithm)
		tokens := i.tokens(differentTokens)
		sizes[k] = fmt.Sprintf("%s %d", algorithm, len(tokens[0]))
		err := verify(ctx, b.rounds, i, tokens, scores)
		i.close()
		if err != nil {
			return fmt.Errorf("%s: %w", algorithm, err)
		}
	}
	r.heading("Verifying a token, without a cache")
	r.paragraph("CPU time as a multiple of raw: the dots, base64url and the signature, without any JSON. "+
		"From the request to the caller for Gatehouse, from the text of the token for the others; all check signature, iss, aud and exp, "+
		"and decode the claims. Bytes and allocations are those of RS256. Bytes of the tokens: %s.", strings.Join(sizes, ", "))
	r.table(scoreTable(scores)...)
	r.paragraph("Medians of %d rounds; half of the rounds lie within %.0f %% of them. Peers: %s.",
		b.rounds, 100*worstSpread(scores), versions(peers[:]...))
	r.targets(verificationTargets(scores)...)
	return nil
}

// verify adds the results of one algorithm to the scores.
func verify(ctx context.Context, rounds int, i *issuer, tokens []string, scores []score) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var tasks []task
	for _, l := range append([]library{{"raw", false, connectRaw}}, libraries[:]...) {
		check, err := l.connect(ctx, i)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		tasks = append(tasks, task{l.name, newCycle(check, tokens).do})
	}
	results, err := compare(ctx, rounds, tasks)
	if err != nil {
		return err
	}
	for k, t := range tasks {
		s := &scores[k]
		s.name = t.name
		s.results = append(s.results, results[k])
		if i.Key().Algorithm != "RS256" {
			continue
		}
		if s.count, s.bytes, err = allocations(t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

func scoreTable(scores []score) [][]string {
	rows := [][]string{append(append([]string{""}, algorithms[:]...), "B/op", "allocs/op")}
	for _, s := range scores {
		row := []string{s.name}
		for _, r := range s.results {
			cell := ratio(r.ratio)
			if s.name == "raw" {
				cell = fmt.Sprintf("1 (%.1f µs)", r.time.Seconds()*1e6)
			}
			row = append(row, cell)
		}
		rows = append(rows, append(row, number(s.bytes), number(s.count)))
	}
	return rows
}

// verificationTargets compares Gatehouse, which comes after raw, with raw and with the best peer.
func verificationTargets(scores []score) []target {
	var targets []target
	ours, others := scores[1], scores[2:]
	for k, algorithm := range algorithms {
		found := ours.results[k].ratio
		best := slices.MinFunc(others, func(x, y score) int { return cmp.Compare(x.results[k].ratio, y.results[k].ratio) })
		limit := best.results[k].ratio
		targets = append(targets,
			target{algorithm + ": times raw", ratio(found), "at most " + ratio(maxRatio), found <= maxRatio},
			target{algorithm + ": ahead of every peer", ratio(found), "below " + ratio(limit) + " of " + best.name, found < limit})
	}
	return append(targets,
		target{"RS256: allocations", number(ours.count), "at most " + number(maxAllocations), ours.count <= maxAllocations},
		target{"RS256: bytes", number(ours.bytes), "at most " + number(maxBytes), ours.bytes <= maxBytes})
}

func worstSpread(scores []score) float64 {
	var worst float64
	for _, s := range scores {
		for _, r := range s.results {
			worst = max(worst, r.spread)
		}
	}
	return worst
}
