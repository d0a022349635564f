package main

import (
	"context"
	"fmt"

	"example.com/gatehouse/test/bench/soak"
)

// maxLeak is how much more memory may be in use after the soak: the tokens that are remembered.
const maxLeak = 8 << 20

// endurance keeps a verifier under load for a while, with all that can happen to it.
func endurance(ctx context.Context, b *bench, p *page) error {
	b.progress.Printf("soak: %s", b.soak)
	r, err := soak.Run(ctx, b.soak, b.progress.Printf)
	if err != nil {
		return err
	}
	p.heading("Soak")
	p.paragraph("%s of valid and forged tokens at once: %s valid and %s forged ones, while the provider changed its key %d times with notice and %d times without, "+
		"withdrew %d keys and failed %d times; it was asked for its keys %s times.", b.soak, number(r.Valid), number(r.Forged),
		r.Rotations, r.Swaps, r.Withdrawals, r.Outages, number(r.Fetches))
	p.goals(
		goal{"valid tokens refused", number(r.Refused), "0", r.Refused == 0},
		goal{"forged tokens accepted", number(r.Accepted), "0", r.Accepted == 0},
		goal{"longest time until a key that was used unannounced was accepted", fmt.Sprintf("%.1f s", r.LongestWait.Seconds()),
			fmt.Sprintf("at most %.1f s", soak.MaxWait.Seconds()), r.LongestWait <= soak.MaxWait},
		goal{"goroutines", fmt.Sprintf("%d before, %d after", r.GoroutinesBefore, r.GoroutinesAfter), "no more than before", r.GoroutinesAfter <= r.GoroutinesBefore},
		goal{"memory in use", fmt.Sprintf("%.1f MB before, %.1f MB after", float64(r.HeapBefore)/1e6, float64(r.HeapAfter)/1e6),
			fmt.Sprintf("at most %.1f MB more", float64(maxLeak)/1e6), r.HeapAfter <= r.HeapBefore+maxLeak})
	for _, complaint := range r.Complaints {
		p.paragraph("%s", complaint)
	}
	if r.Refused > 0 || r.Accepted > 0 {
		return fmt.Errorf("%d valid tokens were refused and %d forged ones accepted", r.Refused, r.Accepted)
	}
	return nil
}
