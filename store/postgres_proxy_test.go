//go:build postgres

package store_test

import (
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A fault is a failure of a proxy.
type fault int

const (
	none        fault = iota
	disconnects       // the proxy closes every connection
	drops             // connections stay open, and the proxy drops all data
)

// A proxy forwards connections to a server, and can fail.
type proxy struct {
	listener net.Listener
	network  string // of the server
	target   string

	mu    sync.Mutex
	fault fault
	conns []net.Conn
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener}
	t.Cleanup(func() {
		listener.Close()
		p.set(disconnects)
	})
	return p
}

// forward forwards connections to the server at an address, and returns the address of the proxy.
func (p *proxy) forward(t *testing.T, address string) string {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	p.network, p.target = pgconn.NetworkAddress(config.Host, config.Port)
	go p.accept()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = p.listener.Addr().String(), query.Encode()
	return u.String()
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(p.network, p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		disconnected := p.fault == disconnects
		p.mu.Unlock()
		if disconnected {
			client.Close()
			server.Close()
			continue
		}
		go p.copy(server, client)
		go p.copy(client, server)
	}
}

// copy forwards data until one of the connections ends.
func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		p.mu.Lock()
		fault := p.fault
		p.mu.Unlock()
		if fault == none {
			to.Write(buffer[:n])
		}
	}
}

// set sets the fault. Existing connections do not recover from one.
func (p *proxy) set(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	recovered := p.fault != none && f == none
	p.fault = f
	if f == disconnects || recovered {
		for _, conn := range p.conns {
			conn.Close()
		}
		p.conns = nil
	}
}
