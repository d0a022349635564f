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
	return run(ctx, c.Env.Get, c.Out, c.Env.Typos()...)
}

// run serves the API until stop is done. It then fails readiness, so that load balancers stop routing to this
// instance; after STOP_DELAY it stops accepting connections and drains the requests in flight.
func run(stop context.Context, getenv func(string) string, out io.Writer, typos ...config.Typo) error {
	cfg, err := config.Read(getenv)
	if err != nil {
		return err
	}
	log := cfg.Logger(out)
	for _, typo := range typos {
		log.Warn("unknown variable", "name", typo.Name, "where", typo.Where, "similar", typo.Meant)
	}
	if wrong, fix := cfg.ResourceMismatch(); wrong != "" {
		log.Warn(wrong, "fix", fix)
	}
	ctx, end := delay(stop, cfg.StopDelay, log)
	defer end()
	var metrics *telemetry.Metrics
	if cfg.MetricsAddr != "" {
		metrics = telemetry.NewMetrics()
	}
	verifier, err := auth.Connect(ctx, verification(cfg, log, metrics))
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
	api, err := handlers.New(cfg, handlers.Parts{
		Stores: handlers.NewStores(db), Verifier: verifier, Metrics: metrics, Traces: traces, Stopping: stop.Done(), Log: log,
	})
	if err != nil {
		return err
	}
	defer api.Flush()
	return listenAndServe(ctx, cfg, log, closeWhenStopping(stop.Done(), api), metrics)
}

// delay returns a context that is done a while after another one is.
func delay(stop context.Context, d time.Duration, log *slog.Logger) (context.Context, func()) {
	ctx, end := context.WithCancel(context.WithoutCancel(stop))
	release := context.AfterFunc(stop, func() {
		log.Info("stopping", "delay", d)
		time.AfterFunc(d, end)
	})
	return ctx, func() { release(); end() }
}

// closeWhenStopping sets Connection: close on every response while the API stops, so that clients reconnect
// elsewhere. Closing idle connections at once would lose requests that a load balancer is just sending on them.
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

// listenAndServe serves the API and, unless metrics is nil, the metrics on a listener of their own, which
// callers need not reach. When one of them fails, it stops the other.
func listenAndServe(ctx context.Context, cfg *config.Config, log *slog.Logger, api http.Handler, metrics *telemetry.Metrics) error {
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	log.Info("listening", "addr", listener.Addr().String(), "url", cfg.PublicURL, "issuer", cfg.Issuer, "version", config.Version())
	servers, ctx := errgroup.WithContext(ctx)
	servers.Go(func() error { return serve(ctx, listener, newServer(api, log)) })
	if metrics != nil {
		servers.Go(func() error {
			listener, err := net.Listen("tcp", cfg.MetricsAddr)
			if err != nil {
				return fmt.Errorf("METRICS_ADDR: %w", err)
			}
			log.Info("metrics", "addr", listener.Addr().String())
			return serve(ctx, listener, newServer(metrics.Handler(), log))
		})
	}
	return servers.Wait()
}

// newServer returns a server that limits how long and how large a request may be (RFC 9110, section 15.5.9).
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

// drainTimeout is how long the requests in flight may take when the server stops.
const drainTimeout = 10 * time.Second

// serve serves until ctx is done, and then drains the requests in flight.
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

// verification returns how tokens are verified. Requests to the provider join the trace of the request that they
// are sent for.
func verification(cfg *config.Config, log *slog.Logger, metrics *telemetry.Metrics) auth.Config {
	v := cfg.Verification(log)
	v.Transport = telemetry.Propagate(http.DefaultTransport)
	v.Observe = metrics.Observe
	return v
}

// routes returns the route table of the API that the configuration makes. It fetches nothing: the context of
// the verifier is done before it starts.
func routes(cfg *config.Config) ([]ginauth.Route, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	log := slog.New(slog.DiscardHandler)
	verifier, err := auth.Connect(ctx, verification(cfg, log, nil))
	if err != nil {
		return nil, err
	}
	api, err := handlers.New(cfg, handlers.Parts{Verifier: verifier, Log: log})
	if err != nil {
		return nil, err
	}
	return api.Table(), nil
}
