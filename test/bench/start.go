package main

import (
	"context"
	"slices"
	"time"
)

// Targets of a start.
const (
	maxStart = 60 * time.Millisecond // until the API is ready
	maxIdle  = 28_000_000            // bytes of resident memory
)

// settleTime is how long a program runs until it is idle: it returns the memory of its start after a second.
const settleTime = 2 * time.Second

// measureStart measures the time until the built program is ready, and its memory when it has nothing to do.
func measureStart(ctx context.Context, b *bench, r *report) error {
	b.progress.Printf("start")
	i := startIssuer("RS256")
	defer i.close()
	p, err := build(ctx)
	if err != nil {
		return err
	}
	defer p.remove()
	var starts []time.Duration
	var idle []int64
	for range b.rounds {
		start, resident, err := measureOneStart(ctx, p, i)
		if err != nil {
			return err
		}
		starts, idle = append(starts, start), append(idle, resident)
	}
	start, resident := median(starts), slices.Sorted(slices.Values(idle))[len(idle)/2]
	r.heading("Start")
	r.paragraph("The built program with all parts and SQLite; medians of %d starts.", b.rounds)
	r.targets(
		target{"until the API is ready", start.Round(time.Millisecond).String(), "at most " + maxStart.String(), start <= maxStart},
		target{"resident memory when idle", megabytes(resident), "at most " + megabytes(int64(maxIdle)), resident <= maxIdle})
	return nil
}

func measureOneStart(ctx context.Context, p *program, i *issuer) (start time.Duration, resident int64, err error) {
	began := time.Now()
	s, err := p.start(ctx, i)
	if err != nil {
		return 0, 0, err
	}
	defer s.close()
	start = time.Since(began)
	time.Sleep(settleTime)
	resident, err = memory(s.command.Process.Pid, "VmRSS:")
	return start, resident, err
}
