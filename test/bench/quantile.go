package main

import (
	"slices"
	"time"
)

// median returns the middle of the values, or the mean of the two middle ones.
func median[N float64 | time.Duration](values []N) N {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// p99 returns the value that one in a hundred exceeds.
func p99(values []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)*99/100]
}
