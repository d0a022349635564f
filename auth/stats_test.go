package auth_test

import (
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// count returns how many durations a histogram has.
func count(h auth.Histogram) (n uint64) {
	for _, c := range h.Counts {
		n += c
	}
	return n
}

func TestStatsCountWhatWasDone(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		issuer.Break(issuer.Slow(time.Second)) // each, metadata and keys
		w := connect(t, issuer, func(c *auth.Config) { c.Leeway = 0 })
		good := issuer.Token()
		for range 3 {
			w.want(good, nil)
		}
		w.want("x", problem.TokenMalformed)
		w.want(issuer.Token(authtest.Claims{"exp": 1}), problem.TokenExpired)
		issuer.Break(authtest.Down)
		pass(5*time.Minute + 3*time.Second)
		w.want(good, problem.TokenExpired) // it was remembered until now
		got := w.verifier.Stats()
		if got.Remembered != 2 || got.Fetched != 1 || got.Failed == 0 {
			t.Errorf("got %+v", got)
		}
		v := got.Verified
		if count(v) != 4 || v.Counts[0] != 3 || v.Counts[len(v.Bounds)] != 1 || v.Sum != 2*time.Second {
			t.Errorf("got %+v, want one that waited for two seconds, and three that took none", v)
		}
	})
}
