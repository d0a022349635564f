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

// A standing is what was measured of one contestant.
type standing struct {
	name        string
	results     []result // by algorithm
	allocations int
	bytes       int
}

// verification compares the contestants at verifying tokens that they do not remember.
func verification(ctx context.Context, b *bench, p *page) error {
	standings := make([]standing, 1+len(contestants))
	sizes := make([]string, len(algorithms))
	for k, algorithm := range algorithms {
		b.progress.Printf("verify: %s", algorithm)
		i := startIssuer(algorithm)
		tokens := i.tokens(differentTokens)
		sizes[k] = fmt.Sprintf("%s %d", algorithm, len(tokens[0]))
		err := verify(ctx, b.rounds, i, tokens, standings)
		i.close()
		if err != nil {
			return fmt.Errorf("%s: %w", algorithm, err)
		}
	}
	p.heading("Verifying a token, without a cache")
	p.paragraph("CPU time as a multiple of raw: the dots, base64url and the signature, without any JSON. "+
		"From the request to the caller for Gatehouse, from the text of the token for the others; all check signature, iss, aud and exp, "+
		"and decode the claims. Bytes and allocations are those of RS256. Bytes of the tokens: %s.", strings.Join(sizes, ", "))
	p.table(table(standings)...)
	p.paragraph("Medians of %d rounds; half of the rounds lie within %.0f %% of them. Peers: %s.",
		b.rounds, 100*worstSpread(standings), versions(peers[:]...))
	p.goals(judgeVerification(standings)...)
	return nil
}

// verify adds the results of one algorithm to the standings.
func verify(ctx context.Context, rounds int, i *issuer, tokens []string, standings []standing) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	racers, err := field(ctx, i, tokens)
	if err != nil {
		return err
	}
	results, err := race(ctx, rounds, racers)
	if err != nil {
		return err
	}
	for k, r := range racers {
		s := &standings[k]
		s.name = r.name
		s.results = append(s.results, results[k])
		if i.Key().Algorithm != "RS256" {
			continue
		}
		if s.allocations, s.bytes, err = allocation(r); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}

// field returns raw and, after it, the contestants, each at work on the tokens.
func field(ctx context.Context, i *issuer, tokens []string) ([]racer, error) {
	var racers []racer
	for _, c := range append([]contestant{{"raw", false, connectRaw}}, contestants[:]...) {
		check, err := c.connect(ctx, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		racers = append(racers, racer{c.name, newCycle(check, tokens).do})
	}
	return racers, nil
}

func table(standings []standing) [][]string {
	rows := [][]string{append(append([]string{""}, algorithms[:]...), "B/op", "allocs/op")}
	for _, s := range standings {
		row := []string{s.name}
		for _, r := range s.results {
			cell := fmt.Sprintf("%.2f", r.ratio)
			if s.name == "raw" {
				cell = fmt.Sprintf("1 (%.1f µs)", r.time.Seconds()*1e6)
			}
			row = append(row, cell)
		}
		rows = append(rows, append(row, number(s.bytes), number(s.allocations)))
	}
	return rows
}

// judgeVerification compares ours, which comes after raw, with the targets and with the rest.
func judgeVerification(standings []standing) []goal {
	var goals []goal
	ours, others := standings[1], standings[2:]
	for k, algorithm := range algorithms {
		ratio := ours.results[k].ratio
		best := slices.MinFunc(others, func(x, y standing) int {
			return cmp.Compare(x.results[k].ratio, y.results[k].ratio)
		})
		goals = append(goals,
			goal{algorithm + ": times raw", fmt.Sprintf("%.2f", ratio), fmt.Sprintf("at most %.2f", maxRatio), ratio <= maxRatio},
			goal{algorithm + ": ahead of every peer", fmt.Sprintf("%.2f", ratio),
				fmt.Sprintf("below %.2f of %s", best.results[k].ratio, best.name), ratio < best.results[k].ratio})
	}
	return append(goals,
		goal{"RS256: allocations", number(ours.allocations), fmt.Sprintf("at most %d", maxAllocations), ours.allocations <= maxAllocations},
		goal{"RS256: bytes", number(ours.bytes), "at most " + number(maxBytes), ours.bytes <= maxBytes})
}

func worstSpread(standings []standing) float64 {
	var worst float64
	for _, s := range standings {
		for _, r := range s.results {
			worst = max(worst, r.spread)
		}
	}
	return worst
}
