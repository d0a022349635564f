// Package handlers is the API: its routes, what they answer, and the one place where an error
// becomes a response. Begin with routes.go.
package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs"
	"github.com/gin-gonic/gin"
	"github.com/rs/cors"
	"go.opentelemetry.io/otel/trace"
)

// A DocsMode says who may see the documentation.
type DocsMode string

// The three modes.
const (
	DocsOn        DocsMode = "on"        // everybody
	DocsOff       DocsMode = "off"       // nobody: there is nothing at its addresses, as with none of the three
	DocsProtected DocsMode = "protected" // callers with a token
)

// A Config is what an API is made from.
type Config struct {
	Name           string // of the API, from which the realm of its challenges is made
	Version        string
	Origin         string // of the API as callers see it: https://api.example.com
	Issuer         string
	Audience       []string // of the tokens
	Verifier       *auth.Verifier
	Store          Store
	Docs           DocsMode
	ClientID       string   // of the documentation at the provider
	Origins        []string // whose scripts may call the API (CORS)
	FailureLimit   int      // refused credentials a minute from one address; zero means any number
	TrustedProxies []string // addresses and networks whose X-Forwarded-For is believed

	Minimal        bool // whether the reasons against a token are kept from its holder
	RequireIfMatch bool // whether a change must name the version that it is for

	Development bool   // whether everybody may see the records of refusals
	SignInHint  string // shown in the documentation: who can sign in, in development

	Metrics *Metrics             // counts what the API does; nil for nobody
	Traces  trace.TracerProvider // makes a span of every request; nil for none

	Stopping <-chan struct{} // closed when the API is about to stop, and not ready any more; nil for never

	Log *slog.Logger
}

// An API answers requests. It is safe for concurrent use.
type API struct {
	config   Config
	verifier *auth.Verifier
	items    *Items
	problems *Problems
	throttle *auth.Throttle // nil for none
	site     *docs.Site
	scopes   []string // that its routes ask for
	table    []ginauth.Route
	http.Handler
}

// New returns the API. The error names every route that was declared wrongly: an API that gets one
// must not serve.
func New(cfg Config) (*API, error) {
	cfg.Docs = cmp.Or(cfg.Docs, DocsOff)
	realm := strings.NewReplacer(" ", "-", ".", "-").Replace(strings.ToLower(cfg.Name))
	challenger, err := auth.NewChallenger(realm, cfg.Origin+metadataPath)
	if err != nil {
		return nil, err
	}
	refusals := &Refusals{Log: cfg.Log, Verifier: cfg.Verifier}
	problems := &Problems{Origin: cfg.Origin, Challenger: challenger, Minimal: cfg.Minimal, Refusals: refusals, Metrics: cfg.Metrics}
	items := &Items{RequireIfMatch: cfg.RequireIfMatch, store: cfg.Store, input: NewInput()}
	a := &API{config: cfg, verifier: cfg.Verifier, problems: problems, items: items}
	if a.site, err = a.documentation(); err != nil {
		return nil, err
	}

	engine, err := newEngine(cfg.TrustedProxies)
	if err != nil {
		return nil, err
	}
	if cfg.Traces != nil {
		engine.Use(traced(newTracer(cfg.Traces, cfg.Version), cfg.Origin))
	}
	if cfg.Metrics != nil {
		engine.Use(cfg.Metrics.observe)
	}
	engine.Use(identify, secure(cfg.Origin), access(cfg.Log), rescue(problems))
	router := ginauth.New(engine, cfg.Metrics.watch(cfg.Verifier), problems.Write)
	if cfg.FailureLimit > 0 {
		a.throttle = auth.NewThrottle(cfg.FailureLimit, nil)
		router.Throttle(a.throttle)
	}
	a.routes(router)
	router.Fallback(NotFound, MethodNotAllowed)
	a.table = router.Table()
	a.scopes = scopesOf(a.table)
	if err := errors.Join(router.Check(), a.site.Describe(a.table)); err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	a.Handler = crossOrigin(cfg.Origins, engine)
	return a, nil
}

// Flush logs what floods of refusals left out of the log so far. It is for the end of the program.
func (a *API) Flush() { a.problems.Refusals.Flush() }

// Table returns every route and what it asks of its caller.
func (a *API) Table() []ginauth.Route { return a.table }

// Operations returns every route that is not hidden, as in "GET /items/{id}": what the document must
// have, no more and no less.
func (a *API) Operations() (names []string) {
	for _, route := range a.table {
		if !route.Hidden {
			names = append(names, route.Method+" "+route.Path)
		}
	}
	return names
}

// newEngine returns a gin engine without what gin answers on its own: redirects, plain text, and
// trust in whatever X-Forwarded-For says.
func newEngine(proxies []string) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.ContextWithFallback = true
	return engine, engine.SetTrustedProxies(proxies)
}

// crossOrigin lets the scripts of the origins call the API, and read the headers that explain a
// refusal. A preflight is answered here: it has no credentials and needs none (Fetch, section 3.2).
func crossOrigin(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"Authorization", "Content-Type", "If-Match", "If-None-Match", "Traceparent", "Tracestate"},
		ExposedHeaders: []string{"ETag", "Location", "Retry-After", "WWW-Authenticate", "X-Request-Id"},
		MaxAge:         600,
	}).Handler(next)
}

func scopesOf(table []ginauth.Route) []string {
	var scopes []string
	for _, route := range table {
		scopes = append(scopes, route.Requirement.Scopes...)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
