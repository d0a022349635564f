package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
)

// A balancer is a plain reverse proxy before several instances, which take turns. It removes an instance
// that does not respond.
type balancer struct {
	server *httptest.Server

	mu        sync.Mutex
	instances []string // addresses
	next      int
}

func startBalancer() *balancer {
	b := &balancer{}
	b.server = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: b.pick()})
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: connections},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
			b.drop(r.URL.Host)
			w.WriteHeader(http.StatusBadGateway)
		},
	})
	return b
}

func (b *balancer) close() { b.server.Close() }

// address returns the address of the balancer.
func (b *balancer) address() string { return b.server.Listener.Addr().String() }

// use replaces the instances.
func (b *balancer) use(servers ...*server) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.instances = each(servers, func(s *server) string { return s.address })
}

// pick returns the address of the next instance, or the empty string without one.
func (b *balancer) pick() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.instances) == 0 {
		return ""
	}
	b.next = (b.next + 1) % len(b.instances)
	return b.instances[b.next]
}

// drop removes an instance.
func (b *balancer) drop(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.instances = slices.DeleteFunc(b.instances, func(instance string) bool { return instance == address })
}
