package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits of what is read from a connection before it is closed.
const (
	lingerTime  = 5 * time.Second
	lingerBytes = 8 << 20
)

// Linger returns a listener whose connections are closed so that the last response arrives. When a TCP connection is
// closed while there is something left to read, the kernel resets it, and the client may lose the response: a proxy
// then sends 502 in place of 401. So the server stops writing, reads what the client still sends, and closes the
// connection when the client does (RFC 9112, section 9.6), within limits.
func Linger(listener net.Listener) net.Listener { return lingerer{listener, lingerTime, lingerBytes} }

type lingerer struct {
	net.Listener
	time  time.Duration
	bytes int64
}

// Accept implements [net.Listener].
func (l lingerer) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if tcp, ok := accepted.(*net.TCPConn); ok {
		return &conn{TCPConn: tcp, limits: l}, err
	}
	return accepted, err
}

// A conn is a connection that lingers if its client may still be sending a request.
type conn struct {
	*net.TCPConn
	limits lingerer
	unread atomic.Bool // whether there may be a part of a request that was not read
}

// CloseWrite implements the interface of connections that can be closed for writing alone.
func (c *conn) CloseWrite() error {
	err := c.TCPConn.CloseWrite()
	if c.unread.Swap(false) && c.SetReadDeadline(time.Now().Add(c.limits.time)) == nil {
		io.CopyN(io.Discard, c.TCPConn, c.limits.bytes)
	}
	return err
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	if c.unread.Load() {
		_ = c.CloseWrite() // fails if the client has gone
	}
	return c.TCPConn.Close()
}

// connKey is the key of the connection in the context of its requests.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// noteState marks a connection as soon as it has sent a part of a request, which net/http may reject itself.
func noteState(c net.Conn, state http.ConnState) {
	if c, ok := c.(*conn); ok {
		c.unread.Store(state == http.StateActive)
	}
}

// readOn tells the connection whether the handler read the request to its end. On HTTP/2 it reads the rest before the
// response is sent: net/http would reset the stream, for which some clients discard the response (RFC 9113, section
// 8.1, asks them not to).
func readOn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(connKey{}).(*conn)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		read := &body{ReadCloser: r.Body, complete: r.Body == http.NoBody}
		if !read.complete {
			r = r.WithContext(r.Context()) // net/http expects the body of the request that it passes to stay
			r.Body = read
		}
		defer func() { c.unread.Store(read.remains(r)) }()
		next.ServeHTTP(w, r)
		deadline := time.Now().Add(c.limits.time)
		if r.ProtoMajor > 1 && read.remains(r) && http.NewResponseController(w).SetReadDeadline(deadline) == nil {
			io.CopyN(io.Discard, read, c.limits.bytes)
		}
	})
}

// A body notes how far it was read.
type body struct {
	io.ReadCloser
	begun, complete bool
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.begun, b.complete = true, b.complete || err == io.EOF
	return n, err
}

// remains reports whether the client may still be sending the body. It is not if it waits for 100 Continue, which the
// first read does (RFC 9110, section 10.1.1); on HTTP/2 net/http does not show that it waits.
func (b *body) remains(r *http.Request) bool {
	return !b.complete && (b.begun || r.Header.Get("Expect") == "")
}
