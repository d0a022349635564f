package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A caller with a valid token, and the flood beside it: 2,000 forged tokens a second, which leave the
// server time to answer. What is measured is waiting.
const (
	calmTime      = time.Second
	validInterval = time.Millisecond
	floodInterval = floodSenders * time.Second / 2000 // of one sender
	maxFloodP99   = 2.0
)

// neighbour measures the p99 of a valid caller beside a flood, against calm.
func neighbour(ctx context.Context, b *bench) (goal, error) {
	b.progress.Printf("floods: a valid caller beside a flood")
	i := startIssuer("ES256")
	defer i.close()
	program, err := build(ctx, b.root)
	if err != nil {
		return goal{}, err
	}
	defer program.remove()
	s, err := program.start(ctx, i, "FAILURE_LIMIT=0") // or the flood would be turned away at the door
	if err != nil {
		return goal{}, err
	}
	defer s.close()
	forged := forge(i, floodTokens)
	valid, err := dial(s.address)
	if err != nil {
		return goal{}, err
	}
	defer valid.Close()
	request := render("/me", i.token())
	var ratios []float64
	for range b.rounds {
		calm, err := tail(valid, request)
		if err != nil {
			return goal{}, err
		}
		flooded, err := besideFlood(ctx, s, forged, func() (time.Duration, error) { return tail(valid, request) })
		if err != nil {
			return goal{}, err
		}
		ratios = append(ratios, float64(flooded)/float64(calm))
	}
	ratio := median(ratios)
	return goal{"p99 of a valid caller beside a flood of 2,000 a second, against calm", times(ratio), "at most " + times(maxFloodP99), ratio <= maxFloodP99}, nil
}

// forge returns n requests with forged tokens of all kinds.
func forge(i *issuer, n int) [][]byte {
	forged, key := make([][]byte, n), authtest.NewKey("ES256")
	parallel(n, func(k int) {
		forged[k] = render("/me", forgeries[k%len(forgeries)].make(i, key))
	})
	return forged
}

// besideFlood returns what measure finds while forged requests come at a pace.
func besideFlood(ctx context.Context, s *server, forged [][]byte, measure func() (time.Duration, error)) (time.Duration, error) {
	ctx, stop := context.WithCancelCause(ctx)
	var senders sync.WaitGroup
	for k := range floodSenders {
		senders.Go(func() {
			if err := trickle(ctx, s.address, forged[k*len(forged)/floodSenders:]); err != nil {
				stop(err)
			}
		})
	}
	found, err := measure()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	stop(nil)
	senders.Wait()
	return found, err
}

// trickle sends requests that are refused, in turn and at a pace, until ctx is done.
func trickle(ctx context.Context, address string, requests [][]byte) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.Close()
	for k := 0; ctx.Err() == nil; k++ {
		if err := c.expect(requests[k%len(requests)], http.StatusUnauthorized); err != nil {
			return fmt.Errorf("flood: %w", err)
		}
		time.Sleep(floodInterval)
	}
	return nil
}

// tail returns the p99 of a valid request that is sent at a pace.
func tail(c *connection, request []byte) (time.Duration, error) {
	var took []time.Duration
	for end := time.Now().Add(calmTime); time.Now().Before(end); time.Sleep(validInterval) {
		start := time.Now()
		if err := c.expect(request, http.StatusOK); err != nil {
			return 0, err
		}
		took = append(took, time.Since(start))
	}
	return p99(took), nil
}
