package conformance

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
)

const (
	publicURL = "https://api.example.com" // where callers see the API, which is not where it listens
	audience  = publicURL
	leeway    = 30 * time.Second
)

// A testAPI is an API on a real listener, with its own issuer, an empty store and a log.
type testAPI struct {
	*handlers.API
	issuer *authtest.Issuer
	log    *logBuffer
	sent   fragments    // of all credentials that the test sent
	addr   string       // host and port
	clock  atomic.Int64 // Unix time of issuer and verifier; a test may change it between two requests
}

// An option changes what a testAPI is made from, before it starts.
type option func(*setup)

type setup struct {
	env          map[string]string // variables of the configuration
	issuer       *authtest.Issuer
	verification func(*auth.Config)
	parts        func(*handlers.Parts)
}

// env sets a variable of the configuration.
func env(name, value string) option { return func(s *setup) { s.env[name] = value } }

// changeIssuer changes the issuer before the API connects to it.
func changeIssuer(change func(*authtest.Issuer)) option { return func(s *setup) { change(s.issuer) } }

// start starts an API until the test ends. Then no credential that was sent may be in the log.
func start(t *testing.T, options ...option) *testAPI {
	t.Helper()
	a := &testAPI{issuer: authtest.Start(t, audience), log: &logBuffer{}}
	a.clock.Store(time.Now().Unix())
	a.issuer.Now = a.now
	log := a.log.logger()
	s := &setup{issuer: a.issuer, verification: func(*auth.Config) {}, parts: func(*handlers.Parts) {}, env: map[string]string{
		"OIDC_ISSUER": a.issuer.URL, "OIDC_AUDIENCE": audience, "PUBLIC_URL": publicURL, "CLOCK_SKEW": leeway.String(), "DOCS": "off",
		"FAILURE_LIMIT": "0",
	}}
	for _, change := range options {
		change(s)
	}
	cfg, err := config.Read(func(name string) string { return s.env[name] })
	if err != nil {
		t.Fatal(err)
	}
	verification := cfg.Verification(log)
	verification.Now = a.now
	s.verification(&verification)
	verifier, err := auth.Connect(t.Context(), verification)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "memory:", log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	parts := handlers.Parts{Stores: handlers.NewStores(db), Verifier: verifier, Log: log}
	s.parts(&parts)
	if a.API, err = handlers.New(cfg, parts); err != nil {
		t.Fatal(err)
	}
	a.addr = serve(t, a.API, log)
	t.Cleanup(func() { a.checkLog(t) })
	return a
}

// serve serves a handler with the header limit of the program.
func serve(t *testing.T, handler http.Handler, log *slog.Logger) (addr string) {
	server := httptest.NewUnstartedServer(handler)
	server.Config.MaxHeaderBytes = 32 << 10
	server.Config.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func (a *testAPI) now() time.Time { return time.Unix(a.clock.Load(), 0) }

// A logBuffer is a log that several goroutines write. The zero value is empty.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// logger returns a logger of every level that writes JSON.
func (b *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// lines returns the records that were logged so far.
func (b *logBuffer) lines() []string { return slices.Collect(strings.Lines(b.String())) }
