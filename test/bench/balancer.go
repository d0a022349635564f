package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// A balancer is a reverse proxy. At each of its addresses some of the instances take turns.
type balancer interface {
	meter
	name() string
	address(n int) string // of the first n instances
	close()
}

// startBalancer starts nginx where it is installed, and otherwise a proxy in this process.
func startBalancer(ctx context.Context, instances []string) (balancer, error) {
	if _, err := exec.LookPath("nginx"); err != nil {
		return startPlainProxies(instances), nil
	}
	return startNginx(ctx, instances)
}

// plainProxies are a proxy in this process for each number of instances.
type plainProxies map[int]*httptest.Server

func startPlainProxies(instances []string) plainProxies {
	all := plainProxies{}
	for _, n := range clusterSizes {
		t := &rotation{instances: slices.Clone(instances[:n])}
		all[n] = httptest.NewServer(&httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: t.pick()})
			},
			Transport: &http.Transport{MaxIdleConnsPerHost: connections},
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
				t.drop(r.URL.Host)
				w.WriteHeader(http.StatusBadGateway)
			},
		})
	}
	return all
}

func (p plainProxies) name() string { return "a plain reverse proxy" }

func (p plainProxies) address(n int) string { return p[n].Listener.Addr().String() }

// processorTime is unknown: the load is in the same process.
func (p plainProxies) processorTime() (time.Duration, error) { return 0, nil }

func (p plainProxies) close() {
	for _, server := range p {
		server.Close()
	}
}

// A rotation is addresses of instances that take turns. One that does not respond leaves.
type rotation struct {
	mu        sync.Mutex
	instances []string
	next      int
}

// pick returns the address of the next instance, or the empty string without one.
func (t *rotation) pick() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.instances) == 0 {
		return ""
	}
	t.next = (t.next + 1) % len(t.instances)
	return t.instances[t.next]
}

// drop removes an instance.
func (t *rotation) drop(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.instances = slices.DeleteFunc(t.instances, func(instance string) bool { return instance == address })
}
