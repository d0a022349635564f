package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reject responds before it reads the body, of which it reads as many bytes as the path says.
func reject(w http.ResponseWriter, r *http.Request) {
	var n int64
	fmt.Sscanf(r.URL.Path, "/%d", &n)
	io.CopyN(io.Discard, r.Body, n)
	w.WriteHeader(http.StatusUnauthorized)
	io.WriteString(w, "rejected")
}

// serve serves reject until the test ends, with limits of lingering, and returns the address.
func serve(t *testing.T, d time.Duration, bytes int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(http.HandlerFunc(reject), Options{IdleTimeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
	go s.Serve(lingerer{listener, d, bytes})
	t.Cleanup(func() { s.Shutdown(context.WithoutCancel(t.Context())) })
	return listener.Addr().String()
}

// dial returns a connection.
func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// upload sends the rest of a request, and waits until the server closes the connection. It reports whether the
// server reset it instead.
func upload(t *testing.T, c *net.TCPConn, bytes int64) (reset bool) {
	t.Helper()
	_, err := io.CopyN(c, zeros{}, bytes)
	if err == nil {
		c.CloseWrite()
		_, err = io.ReadAll(c)
	}
	if reset = errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE); err != nil && !reset {
		t.Fatal(err)
	}
	return reset
}

// zeros are bytes without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestResponsesArriveWhileTheBodyIsSent has clients that read the response before they send the rest of the request,
// so that a server which does not read on has closed the connection by then.
func TestResponsesArriveWhileTheBodyIsSent(t *testing.T) {
	const rest = 7 << 20 // more than the buffers of the kernel
	length := fmt.Sprintf("Content-Length: %d\r\n\r\n", rest+3)
	closing := "Host: a\r\nConnection: close\r\n"
	for _, test := range []struct {
		name, head string
		status     int
	}{
		{"a client that closes its connection", "POST / HTTP/1.1\r\n" + closing + length, 401},
		{"a body that was read in part", "POST /2 HTTP/1.1\r\n" + closing + length, 401},
		{"HTTP/1.0", "POST / HTTP/1.0\r\n" + length, 401},
		{"a body in chunks", fmt.Sprintf("POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n", closing, rest+3), 401},
		{"a body that net/http does not skip", "POST / HTTP/1.1\r\nHost: a\r\n" + length, 401},
		{"a client that received 100 Continue", "POST /2 HTTP/1.1\r\nExpect: 100-continue\r\n" + closing + length, 401},
		{"a malformed header", "POST / HTTP/1.1\r\nA b: c\r\n" + closing + length, 400},
		{"a header that is too large", "POST / HTTP/1.1\r\nA: " + strings.Repeat("a", 40<<10) + "\r\n" + closing + length, 431},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, serve(t, lingerTime, lingerBytes))
			io.WriteString(c, test.head+"abc")
			reader := bufio.NewReader(c)
			response, err := http.ReadResponse(reader, nil)
			if err == nil && response.StatusCode == http.StatusContinue {
				response, err = http.ReadResponse(reader, nil)
			}
			if err != nil || response.StatusCode != test.status {
				t.Fatalf("got %+v and %v", response, err)
			}
			if upload(t, c, rest) {
				t.Error("the connection is reset while the client sends its body")
			}
		})
	}
}

func TestLingeringHasLimits(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000000000\r\n\r\nabc"
	for _, test := range []struct {
		name  string
		time  time.Duration
		bytes int64
	}{{"in bytes", time.Hour, 64 << 10}, {"in time", time.Millisecond, 1 << 40}} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, serve(t, test.time, test.bytes))
			io.WriteString(c, head)
			io.ReadAll(c)
			if !upload(t, c, 100<<20) {
				t.Error("the server reads everything")
			}
		})
	}
}

// TestConnectionsLingerOnlyForABody has clients that never close their connection: the server does it first, without
// a wait of an hour.
func TestConnectionsLingerOnlyForABody(t *testing.T) {
	for _, test := range []struct{ name, request string }{
		{"no body", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
		{"a body that was read", "POST /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"},
		{"a client that waits before it sends the body", "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"},
		{"a body before the connection is idle", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			stopped := make(chan error, 1)
			s := New(http.HandlerFunc(reject), Options{IdleTimeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
			go func() { stopped <- Serve(ctx, listener, s) }()
			c := dial(t, listener.Addr().String())
			io.WriteString(c, test.request)
			response, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || response.StatusCode != http.StatusUnauthorized {
				t.Fatalf("got %+v and %v", response, err)
			}
			begin := time.Now()
			stop()
			if err := <-stopped; err != nil || time.Since(begin) > lingerTime/2 {
				t.Errorf("the server stops after %s with %v", time.Since(begin), err)
			}
		})
	}
}
