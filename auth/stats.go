package auth

import (
	"sync/atomic"
	"time"
)

// Stats is what a Verifier did since it was made: for metrics.
type Stats struct {
	Remembered uint64    // tokens whose caller stood in the cache
	Verified   Histogram // tokens whose did not, good ones and bad, by how long it took: waiting for keys, too
	Fetched    uint64    // fetches of the provider's metadata and keys that went well
	Failed     uint64    // those that did not
}

// Stats returns the counts so far.
func (v *Verifier) Stats() Stats {
	return Stats{v.cache.hits(), v.verified.snapshot(), v.provider.fetched.Load(), v.provider.failed.Load()}
}

// A Histogram counts durations.
type Histogram struct {
	Bounds []time.Duration // what a bucket counts is no longer than its bound
	Counts []uint64        // one for each bound, and one for what is longer than all
	Sum    time.Duration
}

// bounds are those of a verification: an Ed25519 or RSA signature takes tens of microseconds, one of
// P-521 a millisecond, and the first keys are waited for five seconds.
var bounds = [...]time.Duration{
	10 * time.Microsecond, 25 * time.Microsecond, 50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond,
	500 * time.Microsecond, time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond, time.Second,
}

// A histogram is a Histogram that is written to. Its zero value is empty.
type histogram struct {
	counts [len(bounds) + 1]atomic.Uint64
	sum    atomic.Int64
}

// since counts the time that has passed.
func (h *histogram) since(start time.Time) {
	took, i := time.Since(start), 0
	for i < len(bounds) && took > bounds[i] {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(took))
}

func (h *histogram) snapshot() Histogram {
	s := Histogram{Bounds: bounds[:], Counts: make([]uint64, len(h.counts)), Sum: time.Duration(h.sum.Load())}
	for i := range h.counts {
		s.Counts[i] = h.counts[i].Load()
	}
	return s
}
