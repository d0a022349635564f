package main

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many connections are open at once.
const connections = 64

// A load sends requests to one address over connections that stay open. Each connection sends a request
// as soon as it has the response to the one before.
type load struct {
	meters []meter // of the servers that serve it, the API first
	open   []*connection
}

// A meter is a process, or several, whose CPU time is measured.
type meter interface {
	processorTime() (time.Duration, error)
}

// newLoad connects to a server.
func newLoad(s *server) (*load, error) {
	l, err := dialAll(s.address)
	if err != nil {
		return nil, err
	}
	l.meters = []meter{s}
	return l, nil
}

// dialAll connects to an address. It sends a request over each connection, because the server would
// soon close one without.
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

// A sample is the cost of a number of requests.
type sample struct {
	cpu      []time.Duration // of each meter, per request
	rate     float64         // requests per second
	p50, p99 time.Duration
	created  []string // address of what each request created, if anything
}

// run sends every request once. Each response must have the status.
func (l *load) run(requests [][]byte, status int) (sample, error) {
	cpu, err := l.processorTimes()
	if err != nil {
		return sample{}, err
	}
	began := time.Now()
	took, created, err := l.send(requests, status)
	elapsed := time.Since(began)
	if err != nil {
		return sample{}, err
	}
	ended, err := l.processorTimes()
	n := len(requests)
	for k := range cpu {
		cpu[k] = (ended[k] - cpu[k]) / time.Duration(n)
	}
	return sample{cpu, float64(n) / elapsed.Seconds(), median(took), p99(took), created}, err
}

func (l *load) processorTimes() ([]time.Duration, error) {
	times := make([]time.Duration, len(l.meters))
	for k, m := range l.meters {
		var err error
		if times[k], err = m.processorTime(); err != nil {
			return times, err
		}
	}
	return times, nil
}

// send returns how long each request took and what it created. The error counts the requests that
// failed.
func (l *load) send(requests [][]byte, status int) (took []time.Duration, created []string, err error) {
	took, created = make([]time.Duration, len(requests)), make([]string, len(requests))
	failures := make([]error, len(requests))
	var next atomic.Int64
	var senders sync.WaitGroup
	for _, c := range l.open {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(requests)); i = next.Add(1) - 1 {
				began := time.Now()
				failures[i] = c.expect(requests[i], status)
				took[i], created[i] = time.Since(began), c.location
			}
		})
	}
	senders.Wait()
	return took, created, countFailures(failures)
}

// countFailures returns an error with the number of failures and the first of them, or nil.
func countFailures(failures []error) error {
	failed := slices.DeleteFunc(failures, func(err error) bool { return err == nil })
	if len(failed) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d requests failed; the first error: %w", len(failed), len(failures), failed[0])
}
