package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many are open at once.
const connections = 64

// A load is requests to one address, over connections that stay open: on each of them one goes out
// as soon as the one before it is answered.
type load struct {
	server *server // whose CPU time counts; nil for nobody's
	open   []*connection
}

// newLoad connects to a server.
func newLoad(s *server) (*load, error) {
	l, err := dialAll(s.address)
	if err != nil {
		return nil, err
	}
	l.server = s
	return l, nil
}

// dialAll connects to an address. On every connection something is asked at once: the server would
// soon close one that says nothing.
func dialAll(address string) (*load, error) {
	l := &load{}
	for range connections {
		c, err := dial(address)
		if err != nil {
			l.close()
			return nil, err
		}
		l.open = append(l.open, c)
		if err := c.expect(render("/healthz", ""), http.StatusOK); err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

func (l *load) close() {
	for _, c := range l.open {
		c.Close()
	}
}

// A lap is what a number of requests cost.
type lap struct {
	cpu      time.Duration // of the server, per request
	rate     float64       // requests per second
	p50, p99 time.Duration
	made     []string // addresses of what each request created, if anything
}

// run sends every request once. Each must be answered with the status.
func (l *load) run(requests [][]byte, status int) (lap, error) {
	cpu, err := l.processorTime()
	if err != nil {
		return lap{}, err
	}
	start := time.Now()
	took, made, err := l.send(requests, status)
	elapsed := time.Since(start)
	if err != nil {
		return lap{}, err
	}
	end, err := l.processorTime()
	n := len(requests)
	return lap{(end - cpu) / time.Duration(n), float64(n) / elapsed.Seconds(), median(took), p99(took), made}, err
}

func (l *load) processorTime() (time.Duration, error) {
	if l.server == nil {
		return 0, nil
	}
	return l.server.processorTime()
}

// send returns how long each request took and what it created. The error counts the requests that
// failed.
func (l *load) send(requests [][]byte, status int) (took []time.Duration, made []string, err error) {
	took, made = make([]time.Duration, len(requests)), make([]string, len(requests))
	failures := make([]error, len(requests))
	var next atomic.Int64
	var senders sync.WaitGroup
	for _, c := range l.open {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(requests)); i = next.Add(1) - 1 {
				start := time.Now()
				failures[i] = c.expect(requests[i], status)
				took[i], made[i] = time.Since(start), c.location
			}
		})
	}
	senders.Wait()
	return took, made, countFailures(failures)
}

// countFailures returns how many requests failed and how the first of them did, or nil.
func countFailures(failures []error) error {
	failed := slices.DeleteFunc(failures, func(err error) bool { return err == nil })
	if len(failed) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d requests failed, the first of them so: %w", len(failed), len(failures), failed[0])
}
