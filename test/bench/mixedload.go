package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A mixed load is a caller with a valid token beside 2,000 forged tokens a second, which leave the server
// idle time. It measures latency.
const (
	measureTime   = time.Second
	validInterval = time.Millisecond
	floodInterval = floodSenders * time.Second / 2000 // of one sender
	maxFloodP99   = 2.0
)

// measureMixedLoad measures the p99 of a valid caller beside a flood, as a multiple of that without.
func measureMixedLoad(ctx context.Context, b *bench) (target, error) {
	b.progress.Printf("floods: a valid caller beside a flood")
	i := startIssuer("ES256")
	defer i.close()
	program, err := build(ctx)
	if err != nil {
		return target{}, err
	}
	defer program.remove()
	s, err := program.start(ctx, i, "FAILURE_LIMIT=0") // without the throttle
	if err != nil {
		return target{}, err
	}
	defer s.close()
	forged := forgedRequests(i, floodTokens)
	valid, err := dial(s.address)
	if err != nil {
		return target{}, err
	}
	defer valid.Close()
	request := render("/me", i.token())
	var ratios []float64
	for range b.rounds {
		calm, err := latency(valid, request)
		if err != nil {
			return target{}, err
		}
		flooded, err := besideFlood(ctx, s, forged, func() (time.Duration, error) { return latency(valid, request) })
		if err != nil {
			return target{}, err
		}
		ratios = append(ratios, float64(flooded)/float64(calm))
	}
	found := median(ratios)
	return target{"p99 of a valid caller beside a flood of 2,000 a second, against calm", ratio(found), "at most " + ratio(maxFloodP99), found <= maxFloodP99}, nil
}

// forgedRequests returns n requests with forged tokens of all kinds.
func forgedRequests(i *issuer, n int) [][]byte {
	forged, key := make([][]byte, n), authtest.NewKey("ES256")
	parallel(n, func(k int) {
		forged[k] = render("/me", forgeries[k%len(forgeries)].make(i, key))
	})
	return forged
}

// besideFlood returns the result of measure while forged requests are sent at a constant rate.
func besideFlood(ctx context.Context, s *server, forged [][]byte, measure func() (time.Duration, error)) (time.Duration, error) {
	ctx, stop := context.WithCancelCause(ctx)
	var senders sync.WaitGroup
	for k := range floodSenders {
		senders.Go(func() {
			if err := sendForged(ctx, s.address, forged[k*len(forged)/floodSenders:]); err != nil {
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

// sendForged sends requests in turn, at a constant rate, until ctx is done. Each must be rejected.
func sendForged(ctx context.Context, address string, requests [][]byte) error {
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

// latency returns the p99 of a valid request that is sent at a constant rate.
func latency(c *connection, request []byte) (time.Duration, error) {
	var took []time.Duration
	for end := time.Now().Add(measureTime); time.Now().Before(end); time.Sleep(validInterval) {
		began := time.Now()
		if err := c.expect(request, http.StatusOK); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	return p99(took), nil
}
