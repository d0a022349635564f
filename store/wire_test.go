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

// A fault is how a wire breaks.
type fault int

const (
	nothing fault = iota
	refuses       // connections end, and new ones at once
	silent        // connections last, and nothing comes through
)

// A wire is a way to a server that can be cut.
type wire struct {
	listener net.Listener
	target   string // of net.Dial
	network  string

	mu    sync.Mutex
	fault fault
	conns []net.Conn
}

func newWire(t *testing.T) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener}
	t.Cleanup(func() {
		listener.Close()
		w.breaks(refuses)
	})
	return w
}

// to leads the wire to the server at an address, and returns the address through it.
func (w *wire) to(t *testing.T, address string) string {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	w.network, w.target = pgconn.NetworkAddress(config.Host, config.Port)
	go w.accept()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = w.listener.Addr().String(), query.Encode()
	return u.String()
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(w.network, w.target)
		if err != nil {
			client.Close()
			continue
		}
		w.mu.Lock()
		w.conns = append(w.conns, client, server)
		refused := w.fault == refuses
		w.mu.Unlock()
		if refused {
			client.Close()
			server.Close()
			continue
		}
		go w.copy(server, client)
		go w.copy(client, server)
	}
}

// copy passes on what comes, until either side ends. What comes while the wire is silent is lost.
func (w *wire) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		w.mu.Lock()
		broken := w.fault != nothing
		w.mu.Unlock()
		if !broken {
			to.Write(buffer[:n])
		}
	}
}

// breaks breaks the wire, or mends it. What was connected does not come back.
func (w *wire) breaks(f fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	mended := w.fault != nothing && f == nothing
	w.fault = f
	if f == refuses || mended {
		for _, conn := range w.conns {
			conn.Close()
		}
		w.conns = nil
	}
}
