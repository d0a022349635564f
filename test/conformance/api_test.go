package conformance

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

const (
	publicURL = "https://api.example.com" // where callers see the API, which is not where it listens
	audience  = publicURL
	leeway    = 30 * time.Second
)

// A testAPI is an API on a real listener, and what is sent to it.
type testAPI struct {
	*apitest.API
	sent  fragments    // of all credentials that the test sent
	addr  string       // host and port
	clock atomic.Int64 // Unix time of issuer and verifier; a test may change it between two requests
}

// start starts an API until the test ends. Then no credential that was sent may be in the log.
func start(t *testing.T, options ...apitest.Option) *testAPI {
	t.Helper()
	a := &testAPI{}
	a.clock.Store(time.Now().Unix())
	a.API = apitest.Start(t, append([]apitest.Option{
		apitest.Env("CLOCK_SKEW="+leeway.String(), "FAILURE_LIMIT=0"),
		apitest.Issuer(func(i *authtest.Issuer) { i.Now = a.now }),
		apitest.Auth(func(c *auth.Config) { c.Now = a.now }),
	}, options...)...)
	a.addr = strings.TrimPrefix(a.URL, "http://")
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

// lines returns the records that were logged so far.
func (a *testAPI) lines() []string { return slices.Collect(strings.Lines(a.Log.String())) }
