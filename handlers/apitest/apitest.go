// Package apitest starts the API for a test, with an issuer of its own whose tokens are real. A request of the
// test goes the whole way of a caller's request: route, credentials, input, store, response.
//
//	api := apitest.Start(t) // with a store in memory
//	alice := api.Token("alice", "items:read items:write", "admin") // subject, scopes, roles
//	api.Call(t, alice, "POST /items", `{"name":"Lantern"}`).WantStatus(t, 201)
//	api.Call(t, "", "GET /items", "").WantProblem(t, problem.CredentialsMissing)
//
// The example is a whole test.
package apitest

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/server"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
	"example.com/gatehouse/telemetry"
	"example.com/gatehouse/telemetry/logtest"
)

// PublicURL is the URL that callers see. It is the audience of tokens, and not where the API listens.
const PublicURL = "https://api.example.com"

// An API is the API of this program, and what a test observes it with.
type API struct {
	*handlers.API
	URL    string // where it listens; empty for an API of [New]
	Issuer *authtest.Issuer
	Log    *logtest.Buffer
	Close  func() // stops listening and waits for the requests in flight, so that all of them are in the log

	config    *config.Config
	transport http.RoundTripper
}

// Start returns an API that listens until the test ends. Its store is empty: it is in memory, or in the
// database of TEST_DATABASE_URL.
func Start(t testing.TB, options ...Option) *API {
	t.Helper()
	address := storetest.Quick(t)
	if os.Getenv(storetest.Variable) != "" {
		address = storetest.Address(t)
	}
	a := newAPI(t, authtest.Start(t, PublicURL), append([]Option{Env("DATABASE_URL=" + address)}, options...))
	s := httptest.NewUnstartedServer(nil)
	s.Listener = server.Linger(s.Listener)
	s.Config = server.New(a.API, server.Options{IdleTimeout: a.config.IdleTimeout, HTTP2: a.config.HTTP2, Log: a.Log.Logger()})
	s.Start()
	t.Cleanup(s.Close)
	a.URL, a.Close, a.transport = s.URL, s.Close, http.DefaultTransport
	return a
}

// New returns an API that uses no network: neither to serve, nor to reach its issuer. In a bubble of
// testing/synctest, its time is fake.
func New(t testing.TB, options ...Option) *API {
	t.Helper()
	issuer := authtest.New("https://id.example.com", PublicURL)
	offline := Auth(func(c *auth.Config) { c.Transport = issuer })
	a := newAPI(t, issuer, append([]Option{Env("DATABASE_URL=" + storetest.Quick(t)), offline}, options...))
	a.Close, a.transport = func() {}, handlerTransport{a.API}
	return a
}

// Token returns an access token of a user with scopes, separated by spaces, and roles. For other claims there
// is Issuer.Token.
func (a *API) Token(subject, scope string, roles ...string) string {
	return a.Issuer.Token(authtest.Claims{"sub": subject, "scope": scope, "roles": append([]string{}, roles...)})
}

// An Option changes the API before it starts.
type Option func(*setup)

type setup struct {
	env    map[string]string
	issuer *authtest.Issuer
	auth   []func(*auth.Config)
	hooks  telemetry.Hooks
	parts  []func(*handlers.Parts)
}

// Env sets variables of the configuration, each written as in "FAILURE_LIMIT=10".
func Env(variables ...string) Option {
	return func(s *setup) {
		for _, variable := range variables {
			name, value, _ := strings.Cut(variable, "=")
			s.env[name] = value
		}
	}
}

// Issuer changes the issuer before the API connects to it.
func Issuer(change func(*authtest.Issuer)) Option { return func(s *setup) { change(s.issuer) } }

// Auth changes how tokens are verified: the clock, for example.
func Auth(change func(*auth.Config)) Option {
	return func(s *setup) { s.auth = append(s.auth, change) }
}

// Hooks makes something observe the API: metrics, for example.
func Hooks(add func(*telemetry.Hooks)) Option { return func(s *setup) { add(&s.hooks) } }

// Parts replaces parts of the API: the store by one that fails, for example.
func Parts(change func(*handlers.Parts)) Option {
	return func(s *setup) { s.parts = append(s.parts, change) }
}

func newAPI(t testing.TB, issuer *authtest.Issuer, options []Option) *API {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	log := &logtest.Buffer{}
	s := &setup{issuer: issuer, hooks: telemetry.Hooks{Log: log.Logger()}, env: map[string]string{
		"OIDC_ISSUER": issuer.URL, "OIDC_AUDIENCE": PublicURL, "PUBLIC_URL": PublicURL, "DOCS": "off",
	}}
	for _, option := range options {
		option(s)
	}
	cfg, err := config.Read(func(name string) string { return s.env[name] })
	must(err)
	a := &API{Issuer: issuer, Log: log, config: cfg}
	verification := s.hooks.Observed(cfg.Verifications(s.hooks.Log))
	for i := range verification {
		for _, change := range s.auth {
			change(&verification[i])
		}
	}
	verifier, err := auth.ConnectAll(t.Context(), verification)
	must(err)
	db, err := store.Open(t.Context(), cfg.DatabaseURL, a.Log.Logger())
	must(err)
	t.Cleanup(func() { db.Close() })
	must(migrated(t.Context(), db))
	parts := handlers.Parts{Stores: handlers.NewStores(db), Verifier: verifier, Hooks: s.hooks, Log: s.hooks.Log}
	for _, change := range s.parts {
		change(&parts)
	}
	a.API, err = handlers.New(cfg, parts)
	must(err)
	return a
}

// migrated waits for the migration. On a busy machine it takes longer than [store.Open] waits.
func migrated(ctx context.Context, db *store.DB) (err error) {
	nothing := func(context.Context, *sql.Tx) error { return nil }
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if err = db.Transact(ctx, nothing); !errors.Is(err, problem.DatabaseUnavailable) {
			break
		}
	}
	return err
}
