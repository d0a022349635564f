package auth_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// TestQuestionsThatRunCount asks at once about more made-up tokens than may still be asked about.
func TestQuestionsThatRunCount(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		f.want(issuer.Token(), nil)
		for n := range 990 {
			f.want(fmt.Sprint("made-up-", n), problem.TokenInactive)
		}
		issuer.Break(issuer.Slow(time.Millisecond))
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() { f.verify(fmt.Sprint("at-once-", n)) })
		}
		wg.Wait()
		f.wantAsked(1000)
	})
}
