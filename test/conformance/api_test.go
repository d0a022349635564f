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
	handler *handlers.API
	items   handlers.ItemStore
	issuer  *authtest.Issuer
	log     *logBuffer
	sent    fragments    // of all credentials that the test sent
	addr    string       // host and port
	clock   atomic.Int64 // Unix time of issuer and verifier; a test may change it between two requests
}

// An option changes what a testAPI is made from, before it starts.
type option func(*testAPI, *auth.Config, *config.Config)

// withDocs serves the documentation too, which takes long to load.
func withDocs(_ *testAPI, _ *auth.Config, c *config.Config) {
	c.Docs, c.DocsClientID = config.DocsOn, "docs"
}

// start starts an API until the test ends. Then no credential that was sent may be in the log.
func start(t *testing.T, options ...option) *testAPI {
	t.Helper()
	a := &testAPI{issuer: authtest.Start(t, audience), log: &logBuffer{}}
	a.clock.Store(time.Now().Unix())
	a.issuer.Now = a.now
	log := a.log.logger()
	db, err := store.Open(t.Context(), "memory:", log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a.items = store.NewItems(db)
	verification := auth.Config{Issuer: a.issuer.URL, Audience: []string{audience}, Leeway: leeway, Now: a.now, Log: log}
	cfg := config.Config{PublicURL: publicURL, Issuer: a.issuer.URL, Audience: []string{audience}, Docs: config.DocsOff}
	for _, change := range options {
		change(a, &verification, &cfg)
	}
	verifier, err := auth.Connect(t.Context(), verification)
	if err != nil {
		t.Fatal(err)
	}
	if a.handler, err = handlers.New(&cfg, handlers.Parts{Verifier: verifier, DB: db, Items: a.items, Log: log}); err != nil {
		t.Fatal(err)
	}
	a.addr = serve(t, a.handler, log)
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
