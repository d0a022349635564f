package main

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// A visit is a kind of request. Next returns those of one round.
type visit struct {
	name   string
	base   *visit // what it is compared with
	load   *load
	status int // of every answer
	next   func() [][]byte
	laps   []lap
	made   []string // by the round before, or in this one
}

// measure sends all requests, round by round. The groups come in random order, and the visits of a
// group one after the other. The first round warms up, and does not count.
func measure(ctx context.Context, rounds int, groups [][]*visit) error {
	for round := range rounds + 1 {
		for _, k := range rand.Perm(len(groups)) {
			for _, v := range groups[k] {
				lap, err := v.run()
				if err != nil {
					return err
				}
				if round > 0 {
					v.laps = append(v.laps, lap)
				}
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// run sends the requests of one round.
func (v *visit) run() (lap, error) {
	lap, err := v.load.run(v.next(), v.status)
	if err != nil {
		return lap, fmt.Errorf("%s: %w", v.name, err)
	}
	v.made = lap.made
	return lap, nil
}

// before has something done before every round.
func (v *visit) before(do func()) {
	next := v.next
	v.next = func() [][]byte { do(); return next() }
}

// visitHead is above what row returns.
var visitHead = []string{"CPU of the server", "requests/s", "p50", "p99", "CPU", "requests/s", "p50", "p99"}

// row returns what a visit costs, and after it the same against its base.
func (v *visit) row() []string {
	return []string{
		micro(median(each(v.laps, lap.seconds))), number(median(each(v.laps, lap.perSecond))),
		micro(median(each(v.laps, lap.middle))), micro(median(each(v.laps, lap.tail))),
		times(v.ratio(lap.seconds)), times(v.ratio(lap.perSecond)), times(v.ratio(lap.middle)), times(v.ratio(lap.tail)),
	}
}

// ratio returns a property against the same rounds of the base, the median of the rounds.
func (v *visit) ratio(property func(lap) float64) float64 {
	base := v
	if v.base != nil {
		base = v.base
	}
	ratios := each(v.laps, property)
	for round, value := range each(base.laps, property) {
		ratios[round] /= value
	}
	return median(ratios)
}

func (l lap) seconds() float64   { return l.cpu.Seconds() }
func (l lap) perSecond() float64 { return l.rate }
func (l lap) middle() float64    { return l.p50.Seconds() }
func (l lap) tail() float64      { return l.p99.Seconds() }
