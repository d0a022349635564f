package auth_test

import (
	"context"
	"errors"
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

// rejecting is the limit of a client that waits for a second, and then must not ask.
type rejecting struct{}

func (rejecting) Acquire(context.Context, int) (func(bool), error) {
	time.Sleep(time.Second)
	return nil, problem.TooManyFailures
}

func (rejecting) Exceeded() bool { return true }

// TestTheLimitOfOneClientIsItsOwn lets a client ask first that may not, about the token of another one.
func TestTheLimitOfOneClientIsItsOwn(t *testing.T) {
	bubble(t, func(t *testing.T, issuer *authtest.Issuer) {
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		token := issuer.Opaque()
		var wg sync.WaitGroup
		wg.Go(func() {
			ctx := auth.LimitSignatures(t.Context(), rejecting{})
			if _, err := f.verifier.Verify(ctx, auth.AccessToken(token)); !errors.Is(err, problem.TooManyFailures) {
				t.Errorf("got %v", err)
			}
		})
		pass(time.Millisecond)
		f.want(token, nil)
		wg.Wait()
		f.wantAsked(1)
	})
}
