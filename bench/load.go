package main

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many are open at once.
const connections = 64

// A load is requests to one server, over connections that stay open: on each of them one goes out
// as soon as the one before it is answered.
type load struct {
	server *server
	open   []*connection
}

func newLoad(s *server) (*load, error) {
	l := &load{server: s}
	for range connections {
		c, err := dial(s.address)
		if err != nil {
			l.close()
			return nil, err
		}
		l.open = append(l.open, c)
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
}

// run sends every request once.
func (l *load) run(requests [][]byte) (lap, error) {
	cpu, err := l.server.processorTime()
	if err != nil {
		return lap{}, err
	}
	start := time.Now()
	took, err := l.send(requests)
	elapsed := time.Since(start)
	if err != nil {
		return lap{}, err
	}
	end, err := l.server.processorTime()
	n := len(requests)
	return lap{(end - cpu) / time.Duration(n), float64(n) / elapsed.Seconds(), median(took), p99(took)}, err
}

// send returns how long each request took.
func (l *load) send(requests [][]byte) ([]time.Duration, error) {
	took := make([]time.Duration, len(requests))
	failures := make([]error, len(l.open))
	var next atomic.Int64
	var senders sync.WaitGroup
	for k, c := range l.open {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(requests)); i = next.Add(1) - 1 {
				start := time.Now()
				if failures[k] = c.expect(requests[i], http.StatusOK); failures[k] != nil {
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	senders.Wait()
	return took, errors.Join(failures...)
}
