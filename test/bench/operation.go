package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
)

// An operation is a kind of request. Next returns the requests of one round.
type operation struct {
	name    string
	base    *operation             // that it is compared with
	loop    func() (sample, error) // a round without requests; nil for one with
	load    *load
	status  int // of every response
	next    func() [][]byte
	samples []sample
	created []string // addresses from the latest round
}

// measure sends all requests round by round: groups in random order, the operations of a group in
// sequence. The first round warms up and does not count.
func measure(ctx context.Context, rounds int, groups [][]*operation) error {
	for round := range rounds + 1 {
		for _, k := range rand.Perm(len(groups)) {
			for _, o := range groups[k] {
				sample, err := o.run()
				if err != nil {
					return err
				}
				if round > 0 {
					o.samples = append(o.samples, sample)
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
func (o *operation) run() (sample, error) {
	if o.loop != nil {
		return o.loop()
	}
	s, err := o.load.run(o.next(), o.status)
	if err != nil {
		return s, fmt.Errorf("%s: %w", o.name, err)
	}
	o.created = s.created
	return s, nil
}

// before calls do before every round.
func (o *operation) before(do func()) {
	next := o.next
	o.next = func() [][]byte { do(); return next() }
}

// operationHead is the head of the columns that row returns.
var operationHead = []string{"CPU of the server", "requests/s", "p50", "p99", "CPU", "requests/s", "p50", "p99"}

// row returns the cost of an operation, and then the same as a multiple of its base.
func (o *operation) row() []string {
	return []string{
		microseconds(o.median(sample.seconds)), number(o.median(sample.perSecond)), microseconds(o.median(sample.middle)), microseconds(o.median(sample.tail)),
		ratio(o.ratio(sample.seconds)), ratio(o.ratio(sample.perSecond)), ratio(o.ratio(sample.middle)), ratio(o.ratio(sample.tail)),
	}
}

// median returns a property, the median of the rounds.
func (o *operation) median(property func(sample) float64) float64 {
	return median(each(o.samples, property))
}

// ratio returns a property as a multiple of the base in the same round, the median of the rounds.
func (o *operation) ratio(property func(sample) float64) float64 {
	return o.ratioTo(cmp.Or(o.base, o), property)
}

// ratioTo returns a property as a multiple of another operation in the same round, the median of the rounds.
func (o *operation) ratioTo(other *operation, property func(sample) float64) float64 {
	ratios := each(o.samples, property)
	for round, value := range each(other.samples, property) {
		ratios[round] /= value
	}
	return median(ratios)
}

func (s sample) seconds() float64   { return s.secondsOf(0) }
func (s sample) perSecond() float64 { return s.rate }
func (s sample) middle() float64    { return s.p50.Seconds() }
func (s sample) tail() float64      { return s.p99.Seconds() }

// secondsOf returns the CPU time of a meter.
func (s sample) secondsOf(meter int) float64 {
	if len(s.cpu) == 0 {
		return 0
	}
	return s.cpu[meter].Seconds()
}
