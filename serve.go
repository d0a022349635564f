package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/server"
	"example.com/gatehouse/store"
	"example.com/gatehouse/telemetry"
	"example.com/gatehouse/telemetry/metrics"
	"example.com/gatehouse/telemetry/tracing"
	"golang.org/x/sync/errgroup"
)

// A serveCommand serves the API.
type serveCommand struct{}

// Run returns when ctx is done.
func (serveCommand) Run(ctx context.Context, c *cli.Console) error {
	cfg, err := c.Env.Read()
	err = cmp.Or(err, c.Env.Export("OTEL_")) // part:tracing
	if err != nil {
		return err
	}
	if cfg.StopAtEOF {
		ctx = c.UntilEOF(ctx)
	}
	return run(ctx, c.Env.Get, c.Out, c.Env.Typos()...)
}

// ballastSize is the size of a block of the heap that is never written, so that it takes no memory. The garbage collector
// runs when the heap has doubled. Without the block it would run for every 2 MB that requests allocate, and use a tenth
// of the CPU.
const ballastSize = 4 << 20

// run serves the API until stop is done. It then fails readiness, so that load balancers stop routing to this
// instance; after STOP_DELAY it stops accepting connections and drains the requests in flight.
func run(stop context.Context, getenv func(string) string, out io.Writer, typos ...config.Typo) error {
	ballast := make([]byte, ballastSize)
	defer runtime.KeepAlive(ballast)
	cfg, err := config.Read(getenv)
	if err != nil {
		return err
	}
	log, flushLog := telemetry.BatchLog(out, cfg.Logger)
	defer flushLog()
	warn(cfg, typos, log)
	logProfiles(cfg, log)
	ctx, end := delay(stop, cfg.StopDelay, log)
	defer end()
	hooks, err := observe(ctx, cfg, getenv, log)
	defer hooks.Close() //nolint:staticcheck // beside an error, it closes what was opened before
	if err != nil {
		return err
	}
	verifier, err := auth.ConnectAll(ctx, hooks.Observed(cfg.Verifications(hooks.Log)))
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.DatabaseURL, log)
	if err != nil {
		return databaseError(err, cfg)
	}
	defer db.Close()
	db.SetConnections(cfg.DatabaseConns)
	api, err := handlers.New(cfg, handlers.Parts{
		Stores: handlers.NewStores(db), Verifier: verifier, Hooks: *hooks, Stopping: stop.Done(), Log: hooks.Log,
	})
	if err != nil {
		return err
	}
	defer api.Flush()
	defer time.AfterFunc(time.Second, debug.FreeOSMemory).Stop() // the start used several times the memory that the API needs
	return listenAndServe(ctx, cfg, log, closeWhenStopping(stop.Done(), api), hooks.Servers)
}

// observe returns what observes the API beside its logs.
func observe(ctx context.Context, cfg *config.Config, getenv func(string) string, log *slog.Logger) (*telemetry.Hooks, error) {
	hooks := &telemetry.Hooks{Log: log}
	metrics.Add(hooks, cfg.MetricsAddr) // part:metrics
	return hooks, errors.Join(
		tracing.Add(ctx, hooks, config.Version(), cfg.PublicURL, getenv), // part:tracing
	)
}

// warn logs what is probably wrong with a configuration that can be used.
func warn(cfg *config.Config, typos []config.Typo, log *slog.Logger) {
	for _, typo := range typos {
		log.Warn("unknown variable", "name", typo.Name, "where", typo.Where, "similar", typo.Meant)
	}
	for _, issuer := range cfg.Issuers() {
		if wrong, fix := issuer.ResourceMismatch(); wrong != "" {
			log.Warn(issuer.Suffixed(wrong), "issuer", issuer.Issuer, "fix", issuer.Suffixed(fix))
		}
	}
	if cfg.Development && cfg.Public() {
		log.Warn("DEVELOPMENT=true, and other machines reach the API: every visitor can see why requests were rejected", "addr", cfg.Addr, "url", cfg.PublicURL)
	}
}

// logProfiles logs how the tokens of each issuer are read, and why.
func logProfiles(cfg *config.Config, log *slog.Logger) {
	for _, issuer := range cfg.Issuers() {
		profile, why := issuer.Profile()
		log := log.With("issuer", issuer.Issuer)
		log.Info("token profile", "profile", profile.String(), "why", issuer.Suffixed(why))
		if warning := profile.Warning(); warning != "" {
			log.Warn(warning, "profile", profile.String())
		}
	}
}

// databaseError returns why the database cannot be used, and for that of make run how to get an empty one.
func databaseError(err error, cfg *config.Config) error {
	if cfg.Development && strings.HasPrefix(cfg.DatabaseURL, "sqlite:.dev/") {
		return fmt.Errorf("DATABASE_URL: %w: make reset deletes this development database", err)
	}
	return fmt.Errorf("DATABASE_URL: %w", err)
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
// elsewhere. Closing idle connections at once would lose requests that a load balancer is just sending on them. So would
// net/http's GOAWAY on HTTP/2 (RFC 9113, section 6.8), which ignores the requests on their way: it waits for the end of
// the delay, when load balancers send none.
func closeWhenStopping(stopping <-chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-stopping:
			if r.ProtoMajor == 1 {
				w.Header().Set("Connection", "close")
			}
		default:
		}
		next.ServeHTTP(w, r)
	})
}

// listenAndServe serves the API, and beside it what has a listener of its own, which callers need not reach. When one
// of them fails, it stops the others.
func listenAndServe(ctx context.Context, cfg *config.Config, log *slog.Logger, api http.Handler, beside []telemetry.Server) error {
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	log.Info("listening", "addr", listener.Addr().String(), "url", cfg.PublicURL, "issuer", cfg.Issuer, "version", config.Version())
	servers, ctx := errgroup.WithContext(ctx)
	servers.Go(func() error {
		options := server.Options{IdleTimeout: cfg.IdleTimeout, HTTP2: cfg.HTTP2, Log: log}
		return server.Serve(ctx, listener, server.New(api, options))
	})
	for _, s := range beside {
		servers.Go(func() error {
			listener, err := net.Listen("tcp", s.Addr)
			if err != nil {
				return fmt.Errorf("%s: %w", s.Variable, err)
			}
			log.Info(s.Name, "addr", listener.Addr().String())
			return server.Serve(ctx, listener, server.New(s.Handler, server.Options{IdleTimeout: cfg.IdleTimeout, Log: log}))
		})
	}
	return servers.Wait()
}
