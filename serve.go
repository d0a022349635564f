package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
	"example.com/gatehouse/telemetry"
	"golang.org/x/sync/errgroup"
)

// A serveCommand serves the API.
type serveCommand struct{}

// Run returns when ctx is done.
func (serveCommand) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := c.Env.Read()
	if err != nil {
		return err
	}
	if cfg.StopAtEOF {
		ctx = c.UntilEOF(ctx)
	}
	return run(ctx, c.Env.Get, c.Out, c.Env.Typos()...)
}

// run serves the API until stop is done. It is then not ready, so that whoever balances load sends its
// callers elsewhere; after STOP_DELAY nobody new is let in; and the requests under way are answered.
func run(stop context.Context, getenv func(string) string, out io.Writer, typos ...config.Typo) error {
	cfg, err := config.Read(getenv)
	if err != nil {
		return err
	}
	log := cfg.Logger(out)
	warn(cfg, typos, log)
	ctx, end := context.WithCancel(context.WithoutCancel(stop))
	defer end()
	verifier, err := auth.Connect(ctx, verification(cfg, log))
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.DatabaseURL, log)
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer db.Close()
	traces, flush, err := telemetry.StartTracing(ctx, config.Version(), getenv, log)
	if err != nil {
		return err
	}
	defer flush()
	parts := handlers.Parts{
		Verifier: verifier, DB: db, Items: store.NewItems(db), Traces: traces, Stopping: stop.Done(), Log: log,
	}
	if cfg.MetricsAddr != "" {
		parts.Metrics = telemetry.NewMetrics(verifier)
	}
	api, err := handlers.New(cfg, parts)
	if err != nil {
		return err
	}
	defer api.Flush()
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	log.Info("listening", "addr", listener.Addr().String(), "url", cfg.PublicURL, "issuer", cfg.Issuer, "version", config.Version())
	server := newServer(closeWhenStopping(stop.Done(), api), log)
	defer context.AfterFunc(stop, func() {
		log.Info("stopping", "delay", cfg.StopDelay)
		time.AfterFunc(cfg.StopDelay, end)
	})()
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error { return serve(ctx, listener, server) })
	if parts.Metrics != nil {
		both.Go(func() error { return serveMetrics(ctx, cfg.MetricsAddr, parts.Metrics, log) })
	}
	return both.Wait()
}

// warn logs what is probably wrong with a configuration that can be used.
func warn(cfg *config.Config, typos []config.Typo, log *slog.Logger) {
	for _, typo := range typos {
		log.Warn("unknown variable", "name", typo.Name, "where", typo.Where, "similar", typo.Meant)
	}
	if cfg.Development && cfg.Public() {
		log.Warn("DEVELOPMENT=true, and other machines reach the API: every visitor can see why requests were rejected", "addr", cfg.Addr, "url", cfg.PublicURL)
	}
}

// closeWhenStopping lets connections end with the next answer on them once stopping is closed. To close idle ones
// at once would lose what a balancer of load is just sending.
func closeWhenStopping(stopping <-chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-stopping:
			w.Header().Set("Connection", "close")
		default:
		}
		next.ServeHTTP(w, r)
	})
}

// serveMetrics serves them on a listener of their own, which callers of the API need not reach.
func serveMetrics(ctx context.Context, addr string, metrics *telemetry.Metrics, log *slog.Logger) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("METRICS_ADDR: %w", err)
	}
	log.Info("metrics", "addr", listener.Addr().String())
	return serve(ctx, listener, newServer(metrics.Handler(), log))
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

// serve answers until ctx is done. Requests under way then have a while to end.
func serve(ctx context.Context, listener net.Listener, server *http.Server) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		stopped <- server.Shutdown(deadline)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("requests were cut off after %s: %w", drainTimeout, err)
	}
	return nil
}

// drainTimeout is how long requests under way may take to end.
const drainTimeout = 10 * time.Second

// verification returns which tokens are accepted. What is asked of the provider joins the trace of the request
// that it is asked for.
func verification(cfg *config.Config, log *slog.Logger) auth.Config {
	v := cfg.Verification(log)
	v.Transport = telemetry.Propagate(http.DefaultTransport)
	return v
}

// routes returns the routes of the API that the configuration makes. Nothing is fetched: the verifier's
// context is done before it begins.
func routes(cfg *config.Config) ([]ginauth.Route, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	log := slog.New(slog.DiscardHandler)
	verifier, err := auth.Connect(ctx, verification(cfg, log))
	if err != nil {
		return nil, err
	}
	api, err := handlers.New(cfg, handlers.Parts{Verifier: verifier, Log: log})
	if err != nil {
		return nil, err
	}
	return api.Table(), nil
}
