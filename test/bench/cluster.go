package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// How much the checks of a cluster do.
const (
	sharedItems      = 500  // created through one instance and read through another
	contestedItems   = 50   // changed by several callers at once
	rivals           = 16   // of these callers
	listedItems      = 300  // on a list that is read from all instances
	listPage         = 7    // of them on a page
	writesBeforeKill = 1500 // and as many after it
)

// clusterSizes are how many instances share the load.
var clusterSizes = [...]int{1, 2, 4}

// A cluster is as many instances of the API on one database, and a balancer before them.
type cluster struct {
	issuer    *issuer
	instances servers
	balancer  balancer
	http      *http.Client
}

// servers are measured together.
type servers []*server

func (s servers) processorTime() (sum time.Duration, err error) {
	for _, one := range s {
		used, err := one.processorTime()
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}

// startCluster starts the instances, each on one core, in turn.
func startCluster(ctx context.Context, p *program, i *issuer, variables ...string) (*cluster, error) {
	c := &cluster{issuer: i}
	c.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}, Timeout: 20 * time.Second}
	for k := range clusterSizes[len(clusterSizes)-1] {
		s, err := p.startOn(ctx, k, i, variables...)
		if err != nil {
			c.close()
			return nil, err
		}
		c.instances = append(c.instances, s)
	}
	var err error
	if c.balancer, err = startBalancer(ctx, each(c.instances, func(s *server) string { return s.address })); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *cluster) close() {
	c.http.CloseIdleConnections()
	if c.balancer != nil {
		c.balancer.close()
	}
	for _, s := range c.instances {
		s.close()
	}
}

// address returns the address of an instance, modulo their number.
func (c *cluster) address(k int) string { return c.instances[k%len(c.instances)].address }

func (c *cluster) client(subject string) client { return client{c.http, c.issuer.tokenOf(subject)} }

// concurrently calls do with every number below n, as many at a time as there are connections. It
// returns how many calls returned true.
func concurrently(n int, do func(k int) (bool, error)) (good int, err error) {
	failures := make([]error, n)
	var next, succeeded atomic.Int64
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for k := next.Add(1) - 1; k < int64(n); k = next.Add(1) - 1 {
				ok, err := do(int(k))
				if failures[k] = err; ok && err == nil {
					succeeded.Add(1)
				}
			}
		})
	}
	workers.Wait()
	return int(succeeded.Load()), countFailures(failures)
}

// share creates items through one instance, reads and changes them through the next one, and reads them
// through the first. It returns for how many every change was visible at once.
func (c *cluster) share(ctx context.Context, n int) (int, error) {
	caller := c.client("sharer")
	return concurrently(n, func(k int) (bool, error) {
		here, there := c.address(k), c.address(k+1)
		created, err := caller.create(ctx, here, fmt.Sprint("item ", k))
		if err != nil {
			return false, err
		}
		read, err := caller.do(ctx, http.MethodGet, there, created.path, "", "")
		if err != nil || read.status != http.StatusOK || read.body != created.body || read.etag != created.etag {
			return false, err
		}
		changed, err := caller.do(ctx, http.MethodPut, there, created.path, draft, read.etag)
		if err != nil || changed.status != http.StatusOK {
			return false, err
		}
		again, err := caller.do(ctx, http.MethodGet, here, created.path, "", "")
		return again.body == changed.body && again.etag == changed.etag && again.etag != read.etag, err
	})
}

// changeAtOnce changes items for the same version several times at once, through all instances. It
// returns for how many items one change was made, the others got 412, and all instances have that one.
func (c *cluster) changeAtOnce(ctx context.Context, n int) (good int, err error) {
	caller := c.client("rival")
	for k := range n {
		created, err := caller.create(ctx, c.address(k), fmt.Sprint("item ", k))
		if err != nil {
			return good, err
		}
		once, err := c.changesOnce(ctx, caller, created)
		if err != nil {
			return good, err
		}
		if once {
			good++
		}
	}
	return good, nil
}

func (c *cluster) changesOnce(ctx context.Context, caller client, item response) (bool, error) {
	responses := make([]response, rivals)
	_, err := concurrently(rivals, func(k int) (_ bool, err error) {
		responses[k], err = caller.do(ctx, http.MethodPut, c.address(k), item.path, fmt.Sprintf(`{"name":"of rival %d"}`, k), item.etag)
		return true, err
	})
	if err != nil {
		return false, err
	}
	var made []response
	for _, r := range responses {
		switch r.status {
		case http.StatusOK:
			made = append(made, r)
		case http.StatusPreconditionFailed:
		default:
			return false, fmt.Errorf("PUT returned %d %s", r.status, r.body)
		}
	}
	if len(made) != 1 {
		return false, nil
	}
	for k := range c.instances {
		now, err := caller.do(ctx, http.MethodGet, c.address(k), item.path, "", "")
		if err != nil || now.body != made[0].body || now.etag != made[0].etag {
			return false, err
		}
	}
	return true, nil
}

// listWhileWriting reads a list page by page from the instances in turn, while all add to it. It
// returns how many of the earlier items are on it once, or 0 when any item is on it twice.
func (c *cluster) listWhileWriting(ctx context.Context, n int) (int, error) {
	caller, before := c.client("reader"), make([]string, n)
	add := func(k int) (string, error) {
		created, err := caller.create(ctx, c.address(k), fmt.Sprint("item ", k))
		return created.path, err
	}
	if _, err := concurrently(n, func(k int) (_ bool, err error) { before[k], err = add(k); return true, err }); err != nil {
		return 0, err
	}
	var adding sync.WaitGroup
	var failed error
	adding.Go(func() {
		_, failed = concurrently(n/2, func(k int) (bool, error) { _, err := add(k); return true, err })
	})
	seen, err := caller.list(ctx, listPage, each(c.instances, func(s *server) string { return s.address })...)
	adding.Wait()
	for _, err := range []error{err, failed} {
		if err != nil {
			return 0, err
		}
	}
	for _, times := range seen {
		if times > 1 {
			return 0, nil
		}
	}
	once := 0
	for _, path := range before {
		once += seen[path]
	}
	return once, nil
}
