package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

// A loss is what became of writes while an instance was killed.
type loss struct {
	acknowledged int // before the kill and after it
	unanswered   int // but by the balancer, that nobody is there
	lost         int // of the acknowledged
}

// A writer is a caller who adds items, and what was acknowledged to it.
type writer struct {
	client
	kept []string // paths
}

// kill ends an instance without a word (SIGKILL) when n writes were acknowledged through the
// balancer, lets the writers go on to twice as many, and looks for all of them through the instance
// that is left.
func (f *fleet) kill(ctx context.Context, n int) (loss, error) {
	writers := make([]*writer, connections)
	for k := range writers {
		writers[k] = &writer{client: f.client(fmt.Sprint("writer-", k))}
	}
	l, err := f.writeAndKill(ctx, n, writers)
	if err != nil {
		return l, err
	}
	for _, w := range writers {
		found, err := w.list(ctx, 100, f.address(1))
		if err != nil {
			return l, err
		}
		for _, path := range w.kept {
			if found[path] != 1 {
				l.lost++
			}
		}
	}
	return l, nil
}

func (f *fleet) writeAndKill(ctx context.Context, n int, writers []*writer) (loss, error) {
	var acknowledged, unanswered atomic.Int64
	failures := make([]error, len(writers))
	var writing sync.WaitGroup
	for k, w := range writers {
		writing.Go(func() {
			for failures[k] == nil && acknowledged.Load() < int64(2*n) {
				created, err := w.do(ctx, http.MethodPost, f.balancer.address(), "/items", draft, "")
				switch {
				case err != nil:
					failures[k] = err
				case created.status == http.StatusBadGateway: // the balancer's word
					unanswered.Add(1)
				case created.status != http.StatusCreated:
					failures[k] = fmt.Errorf("POST /items is answered with %d %s", created.status, created.body)
				default:
					w.kept = append(w.kept, created.path)
					if acknowledged.Add(1) == int64(n) {
						f.instances[0].command.Process.Kill()
					}
				}
			}
		})
	}
	writing.Wait()
	return loss{acknowledged: int(acknowledged.Load()), unanswered: int(unanswered.Load())}, countFailures(failures)
}
