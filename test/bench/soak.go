package main

import (
	"context"
	"fmt"

	"example.com/gatehouse/test/bench/soak"
)

// maxGrowthBytes is how much more memory may be in use after the soak: that of the cached tokens.
const maxGrowthBytes = 8 << 20

// measureSoak puts a verifier under load for a while, with keys that change and a provider that fails.
func measureSoak(ctx context.Context, b *bench, r *report) error {
	b.progress.Printf("soak: %s", b.soak)
	s, err := soak.Run(ctx, b.soak, b.progress.Printf)
	if err != nil {
		return err
	}
	r.heading("Soak")
	r.paragraph("%s of valid and forged tokens at once: %s valid and %s forged ones, while the provider changed its key %d times with notice and %d times without, "+
		"withdrew %d keys and failed %d times; its keys were fetched %s times.", b.soak, number(s.Valid), number(s.Forged),
		s.Rotations, s.Swaps, s.Withdrawals, s.Outages, number(s.Fetches))
	r.targets(
		target{"valid tokens rejected", number(s.Rejected), "0", s.Rejected == 0},
		target{"forged tokens accepted", number(s.Accepted), "0", s.Accepted == 0},
		target{"longest time until a key that was used unannounced was accepted", fmt.Sprintf("%.1f s", s.LongestWait.Seconds()),
			fmt.Sprintf("at most %.1f s", soak.MaxWait.Seconds()), s.LongestWait <= soak.MaxWait},
		target{"goroutines", fmt.Sprintf("%d before, %d after", s.GoroutinesBefore, s.GoroutinesAfter), "no more than before", s.GoroutinesAfter <= s.GoroutinesBefore},
		target{"memory in use", fmt.Sprintf("%s before, %s after", megabytes(s.HeapBefore), megabytes(s.HeapAfter)),
			fmt.Sprintf("at most %s more", megabytes(uint64(maxGrowthBytes))), s.HeapAfter <= s.HeapBefore+maxGrowthBytes})
	for _, finding := range s.Findings {
		r.paragraph("%s", finding)
	}
	if s.Rejected > 0 || s.Accepted > 0 {
		return fmt.Errorf("%d valid tokens were rejected and %d forged ones accepted", s.Rejected, s.Accepted)
	}
	return nil
}
