package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// In a round every task has this many turns of about this time. Both are small, because the load of
// other processes changes within tenths of a second.
const (
	turns    = 6
	turnTime = 15 * time.Millisecond
)

// A task repeats one function.
type task struct {
	name string
	do   func() error
}

// A result is the cost of one call of a task.
type result struct {
	time   time.Duration // CPU time with garbage collection, median of the rounds
	ratio  float64       // to the first task in the same round, median of the rounds
	spread float64       // half of the rounds have a ratio within this share of the median
}

// A runner runs a task in turns.
type runner struct {
	task
	calls int       // in a turn
	times []float64 // nanoseconds of one call, by round
}

// compare measures tasks side by side. They take turns in random order, so that other processes slow
// all of them alike. For the same reason it measures CPU time.
func compare(ctx context.Context, rounds int, tasks []task) ([]result, error) {
	runners := make([]*runner, len(tasks))
	for i, t := range tasks {
		calls, err := calibrate(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		runners[i] = &runner{t, calls, make([]float64, rounds)}
	}
	for turn := range rounds * turns {
		for _, i := range rand.Perm(len(runners)) {
			if err := errors.Join(runners[i].run(turn/turns), ctx.Err()); err != nil {
				return nil, fmt.Errorf("%s: %w", runners[i].name, err)
			}
		}
	}
	results := make([]result, len(tasks))
	for i, r := range runners {
		results[i] = summarize(r.times, runners[0].times)
	}
	return results, nil
}

// run adds one turn to a round.
func (r *runner) run(round int) error {
	took, err := cpuTime(r.task, r.calls)
	r.times[round] += float64(took) / float64(r.calls*turns)
	return err
}

// summarize compares the times of a task with those of the first one, round by round.
func summarize(times, first []float64) result {
	ratios := make([]float64, len(times))
	for round := range times {
		ratios[round] = times[round] / first[round]
	}
	middle := median(ratios)
	for round := range ratios {
		ratios[round] = max(ratios[round]/middle, middle/ratios[round]) - 1
	}
	return result{time: time.Duration(median(times)), ratio: middle, spread: median(ratios)}
}

// calibrate returns how many calls fill a turn. It warms the task up.
func calibrate(t task) (calls int, err error) {
	for n := 8; ; n *= 2 {
		took, err := cpuTime(t, n)
		if err != nil {
			return 0, err
		}
		if took > turnTime/4 {
			return int(int64(n) * int64(turnTime) / int64(took)), nil
		}
	}
}

// cpuTime returns the CPU time of n calls. It first collects the garbage of other tasks.
func cpuTime(t task, n int) (time.Duration, error) {
	runtime.GC()
	began, err := processorTime(0)
	if err != nil {
		return 0, err
	}
	for range n {
		if err := t.do(); err != nil {
			return 0, err
		}
	}
	ended, err := processorTime(0)
	return ended - began, err
}

// allocations returns what one call allocates.
func allocations(t task) (count, bytes int, err error) {
	const calls = 1000
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	if _, err := cpuTime(t, calls); err != nil {
		return 0, 0, err
	}
	runtime.ReadMemStats(&before)
	for range calls {
		if err := t.do(); err != nil {
			return 0, 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return int(after.Mallocs-before.Mallocs) / calls, int(after.TotalAlloc-before.TotalAlloc) / calls, nil
}
