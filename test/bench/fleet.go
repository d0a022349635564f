package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// What the instances of a fleet are asked to do.
const (
	crossings = 500  // items that are created through one instance and read through the other
	conflicts = 50   // items that several callers change at once
	rivals    = 16   // of these callers
	listed    = 300  // items on a list that is read from both instances
	listSize  = 7    // of them on a page
	killed    = 1500 // writes before one is killed, and after it
)

// A fleet is two instances of the API on one database, and a balancer before them.
type fleet struct {
	issuer    *issuer
	instances [2]*server
	balancer  *balancer
	http      *http.Client
}

func startFleet(ctx context.Context, p *program, i *issuer, database string) (*fleet, error) {
	f := &fleet{issuer: i, balancer: startBalancer()}
	f.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}, Timeout: 20 * time.Second}
	for k := range f.instances {
		var err error
		if f.instances[k], err = p.start(ctx, i, "DATABASE_URL="+database); err != nil {
			f.close()
			return nil, err
		}
	}
	f.balancer.use(f.instances[:]...)
	return f, nil
}

func (f *fleet) close() {
	f.http.CloseIdleConnections()
	f.balancer.close()
	for _, s := range f.instances {
		if s != nil {
			s.close()
		}
	}
}

// address returns where an instance listens; the numbers go on around.
func (f *fleet) address(k int) string { return f.instances[k%len(f.instances)].address }

func (f *fleet) client(subject string) client { return client{f.http, f.issuer.tokenOf(subject)} }

// crowd calls task with every number below n, as many at a time as there are connections, and returns
// how often it held.
func crowd(n int, task func(k int) (bool, error)) (held int, err error) {
	failures := make([]error, n)
	var next, good atomic.Int64
	var workers sync.WaitGroup
	for range connections {
		workers.Go(func() {
			for k := next.Add(1) - 1; k < int64(n); k = next.Add(1) - 1 {
				ok, err := task(int(k))
				if failures[k] = err; ok && err == nil {
					good.Add(1)
				}
			}
		})
	}
	workers.Wait()
	return int(good.Load()), countFailures(failures)
}

// cross creates items through one instance, reads and changes them through the other, and reads
// them through the first. It returns of how many everything was seen at once.
func (f *fleet) cross(ctx context.Context, n int) (int, error) {
	c := f.client("crosser")
	return crowd(n, func(k int) (bool, error) {
		here, there := f.address(k), f.address(k+1)
		created, err := c.create(ctx, here, fmt.Sprint("item ", k))
		if err != nil {
			return false, err
		}
		read, err := c.do(ctx, http.MethodGet, there, created.path, "", "")
		if err != nil || read.status != http.StatusOK || read.body != created.body || read.etag != created.etag {
			return false, err
		}
		changed, err := c.do(ctx, http.MethodPut, there, created.path, draft, read.etag)
		if err != nil || changed.status != http.StatusOK {
			return false, err
		}
		again, err := c.do(ctx, http.MethodGet, here, created.path, "", "")
		return again.body == changed.body && again.etag == changed.etag && again.etag != read.etag, err
	})
}

// compete has rivals change an item for the same version at once, through both instances, and again
// for other items. It returns how often one won, the others heard so, and both instances have what
// the winner said.
func (f *fleet) compete(ctx context.Context, n int) (held int, err error) {
	c := f.client("rival")
	for k := range n {
		created, err := c.create(ctx, f.address(k), fmt.Sprint("item ", k))
		if err != nil {
			return held, err
		}
		won, err := f.competeFor(ctx, c, created)
		if err != nil {
			return held, err
		}
		if won {
			held++
		}
	}
	return held, nil
}

func (f *fleet) competeFor(ctx context.Context, c client, item answer) (bool, error) {
	answers := make([]answer, rivals)
	_, err := crowd(rivals, func(k int) (_ bool, err error) {
		answers[k], err = c.do(ctx, http.MethodPut, f.address(k), item.path, fmt.Sprintf(`{"name":"of rival %d"}`, k), item.etag)
		return true, err
	})
	if err != nil {
		return false, err
	}
	var winners []answer
	for _, a := range answers {
		switch a.status {
		case http.StatusOK:
			winners = append(winners, a)
		case http.StatusPreconditionFailed:
		default:
			return false, fmt.Errorf("PUT is answered with %d %s", a.status, a.body)
		}
	}
	if len(winners) != 1 {
		return false, nil
	}
	for k := range f.instances {
		now, err := c.do(ctx, http.MethodGet, f.address(k), item.path, "", "")
		if err != nil || now.body != winners[0].body || now.etag != winners[0].etag {
			return false, err
		}
	}
	return true, nil
}

// browse reads a list page by page from one instance after the other, while both add to it. It
// returns how many of the items that were there before are seen once, if none is seen twice.
func (f *fleet) browse(ctx context.Context, n int) (int, error) {
	c, before := f.client("reader"), make([]string, n)
	add := func(k int) (string, error) {
		created, err := c.create(ctx, f.address(k), fmt.Sprint("item ", k))
		return created.path, err
	}
	if _, err := crowd(n, func(k int) (_ bool, err error) { before[k], err = add(k); return true, err }); err != nil {
		return 0, err
	}
	var adding sync.WaitGroup
	var failed error
	adding.Go(func() { _, failed = crowd(n/2, func(k int) (bool, error) { _, err := add(k); return true, err }) })
	seen, err := c.list(ctx, listSize, f.address(0), f.address(1))
	adding.Wait()
	for _, err := range []error{err, failed} {
		if err != nil {
			return 0, err
		}
	}
	once := 0
	for _, path := range before {
		if seen[path] == 1 {
			once++
		}
	}
	for _, times := range seen {
		if times > 1 {
			once = 0
		}
	}
	return once, nil
}
