package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// In a round every racer has this many turns, each of which lasts about a slice. Both are small: what
// else the machine does changes within tenths of a second.
const (
	turns = 6
	slice = 15 * time.Millisecond
)

// A racer does one operation over and over.
type racer struct {
	name string
	do   func() error
}

// A result is what an operation costs.
type result struct {
	time   time.Duration // of the CPU, median over the rounds, the garbage collector's share included
	ratio  float64       // to the first racer in the same round, median over the rounds
	spread float64       // half of the rounds have a ratio that differs by less than this share
}

// A lane is a racer in a race.
type lane struct {
	racer
	laps  int       // operations of a turn
	times []float64 // nanoseconds of one operation, by round
}

// race measures the racers side by side: they take turns in random order, so that whatever else the
// machine does falls on all of them alike. CPU time is measured and not time, for the same reason.
func race(ctx context.Context, rounds int, racers []racer) ([]result, error) {
	lanes := make([]*lane, len(racers))
	for i, r := range racers {
		laps, err := calibrate(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		lanes[i] = &lane{r, laps, make([]float64, rounds)}
	}
	for turn := range rounds * turns {
		for _, i := range rand.Perm(len(lanes)) {
			if err := errors.Join(lanes[i].turn(turn/turns), ctx.Err()); err != nil {
				return nil, fmt.Errorf("%s: %w", lanes[i].name, err)
			}
		}
	}
	results := make([]result, len(racers))
	for i, l := range lanes {
		results[i] = judge(l.times, lanes[0].times)
	}
	return results, nil
}

func (l *lane) turn(round int) error {
	took, err := clock(l.racer, l.laps)
	l.times[round] += float64(took) / float64(l.laps*turns)
	return err
}

// judge compares the times of a racer with those of the first one, round by round.
func judge(times, first []float64) result {
	ratios := make([]float64, len(times))
	for round := range times {
		ratios[round] = times[round] / first[round]
	}
	ratio := median(ratios)
	for round := range ratios {
		ratios[round] = max(ratios[round]/ratio, ratio/ratios[round]) - 1
	}
	return result{time: time.Duration(median(times)), ratio: ratio, spread: median(ratios)}
}

// calibrate returns how many operations fill a slice. On the way, the racer warms up.
func calibrate(r racer) (int, error) {
	for n := 8; ; n *= 2 {
		took, err := clock(r, n)
		if err != nil {
			return 0, err
		}
		if took > slice/4 {
			return int(int64(n) * int64(slice) / int64(took)), nil
		}
	}
}

// clock returns the CPU time of n operations, without the garbage of whoever was there before.
func clock(r racer, n int) (time.Duration, error) {
	runtime.GC()
	start, err := processorTime(0)
	if err != nil {
		return 0, err
	}
	for range n {
		if err := r.do(); err != nil {
			return 0, err
		}
	}
	end, err := processorTime(0)
	return end - start, err
}

// allocation returns what one operation allocates.
func allocation(r racer) (count, bytes int, err error) {
	const runs = 1000
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	if _, err := clock(r, runs); err != nil {
		return 0, 0, err
	}
	runtime.ReadMemStats(&before)
	for range runs {
		if err := r.do(); err != nil {
			return 0, 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return int(after.Mallocs-before.Mallocs) / runs, int(after.TotalAlloc-before.TotalAlloc) / runs, nil
}
