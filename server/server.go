// Package server is net/http's server as this program uses it: with limits in time and size, with an orderly end,
// and with responses that reach their caller even if the request was not read to its end.
package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// WriteTimeout is how long a response may take. A response that streams extends it for every part.
const WriteTimeout = 30 * time.Second

// Limits of a server, beside WriteTimeout (RFC 9110, section 15.5.9).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	maxHeaderBytes    = 32 << 10
	drainTimeout      = 10 * time.Second // for the requests in flight when the server stops
)

// Options are what servers differ in.
type Options struct {
	IdleTimeout time.Duration // how long a connection waits for its next request; zero closes it after each response
	HTTP2       bool          // also serve HTTP/2 without TLS, to clients that know of it (RFC 9113, section 3.3)
	Log         *slog.Logger
}

// New returns a server of a handler. Serve it with [Serve], or with a listener of [Linger].
func New(handler http.Handler, o Options) *http.Server {
	s := &http.Server{
		Handler:           readOn(handler),
		ConnContext:       withConn,
		ConnState:         noteState,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(errorLog{o.Log}, "", 0),
		Protocols:         &http.Protocols{},
	}
	draining, drain := context.WithCancel(context.Background())
	s.RegisterOnShutdown(drain)
	s.BaseContext = func(net.Listener) context.Context {
		return context.WithValue(context.Background(), drainingKey{}, draining.Done())
	}
	s.Protocols.SetHTTP1(true)
	s.Protocols.SetUnencryptedHTTP2(o.HTTP2)
	s.SetKeepAlivesEnabled(o.IdleTimeout > 0)
	return s
}

// drainingKey is the key of the channel that Draining returns.
type drainingKey struct{}

// Draining returns a channel that is closed when the server of a request accepts no more connections and waits for
// the requests in flight: those that would not end by themselves end then. It is nil without a server.
func Draining(ctx context.Context) <-chan struct{} {
	draining, _ := ctx.Value(drainingKey{}).(<-chan struct{})
	return draining
}

// Serve serves until ctx is done, and then drains the requests in flight.
func Serve(ctx context.Context, listener net.Listener, server *http.Server) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		stopped <- server.Shutdown(deadline)
	}()
	if err := server.Serve(Linger(listener)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("requests were cut off after %s: %w", drainTimeout, err)
	}
	return nil
}
