// Command gatehouse is a REST API whose callers come with access tokens of an OpenID provider.
//
// It reads its configuration from the environment, and from the file .env where there is one; the
// file .env.example names every variable.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
)

// @title			Gatehouse
// @version		1.0
// @description	An API behind an OpenID provider. Press **Authorize** to sign in, then try an operation out.
// @description	Every error is a problem (RFC 9457) whose `code` is explained at [/problems](/problems).
// @contact.name	Gatehouse
// @contact.url	http://localhost:8080/
// @license.name	MIT
// @license.url	https://opensource.org/license/mit
// @tag.name		items
// @tag.description	What callers keep here: each sees and changes only its own.
// @tag.name		me
// @tag.description	What the API knows of its caller.
// @tag.name		admin
// @tag.description	For callers with the role admin.
// @tag.name		service
// @tag.description	The API itself: where to begin, how it is, what its problems mean.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(ctx context.Context) error {
	getenv, err := environment(".env")
	if err != nil {
		return err
	}
	return run(ctx, getenv, os.Stdout)
}

// run serves the API until ctx is done, and then until the requests under way are answered.
func run(ctx context.Context, getenv func(string) string, out io.Writer) error {
	cfg, err := readConfig(getenv)
	if err != nil {
		return err
	}
	log := cfg.logger(out)
	verifier, err := auth.Connect(ctx, cfg.verification(log))
	if err != nil {
		return err
	}
	api, err := handlers.New(cfg.api(verifier, log))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	log.Info("listening", "addr", listener.Addr().String(), "url", cfg.origin, "issuer", cfg.issuer, "version", version())
	return serve(ctx, listener, newServer(api, log))
}

// newServer returns a server with limits on all that a client could drag out (RFC 9110, section 15.5.9).
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// serve answers until ctx is done. Requests under way then have ten seconds to end.
func serve(ctx context.Context, listener net.Listener, server *http.Server) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(deadline)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// version returns the version that this program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
