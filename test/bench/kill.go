package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

// A killResult is what happened to writes while an instance was killed.
type killResult struct {
	acknowledged int // before the kill and after it
	failed       int // 502 of the balancer
	lost         int // of the acknowledged
}

// A writer is a caller who creates items.
type writer struct {
	client
	acknowledged []string // paths
}

// kill kills an instance (SIGKILL) when n writes were acknowledged through the balancer, continues to
// twice as many, and looks for all of them through another instance.
func (c *cluster) kill(ctx context.Context, n int) (killResult, error) {
	writers := make([]*writer, connections)
	for k := range writers {
		writers[k] = &writer{client: c.client(fmt.Sprint("writer-", k))}
	}
	result, err := c.writeAndKill(ctx, n, writers)
	if err != nil {
		return result, err
	}
	for _, w := range writers {
		found, err := w.list(ctx, 100, c.address(1))
		if err != nil {
			return result, err
		}
		for _, path := range w.acknowledged {
			if found[path] != 1 {
				result.lost++
			}
		}
	}
	return result, nil
}

func (c *cluster) writeAndKill(ctx context.Context, n int, writers []*writer) (killResult, error) {
	var acknowledged, failed atomic.Int64
	failures := make([]error, len(writers))
	var writing sync.WaitGroup
	for k, w := range writers {
		writing.Go(func() {
			for failures[k] == nil && acknowledged.Load() < int64(2*n) {
				created, err := w.do(ctx, http.MethodPost, c.balancer.address(len(c.instances)), "/items", draft, "")
				switch {
				case err != nil:
					failures[k] = err
				case created.status == http.StatusBadGateway:
					failed.Add(1)
				case created.status != http.StatusCreated:
					failures[k] = fmt.Errorf("POST /items returned %d %s", created.status, created.body)
				default:
					w.acknowledged = append(w.acknowledged, created.path)
					if acknowledged.Add(1) == int64(n) {
						c.instances[0].command.Process.Kill()
					}
				}
			}
		})
	}
	writing.Wait()
	return killResult{acknowledged: int(acknowledged.Load()), failed: int(failed.Load())}, countFailures(failures)
}
