// Package handlers is the API: its routes, what they answer, and the one place where an error
// becomes a response. Begin with routes.go.
package handlers

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
	"github.com/rs/cors"
	"go.opentelemetry.io/otel/trace"
)

// Parts are what an API is made from beside its configuration.
type Parts struct {
	Stores
	Verifier *auth.Verifier
	Metrics  *telemetry.Metrics   // counts what the API does; nil for none
	Traces   trace.TracerProvider // makes a span of every request; nil for none
	Stopping <-chan struct{}      // closed when the API is about to stop, and not ready any more; nil for never
	Log      *slog.Logger
}

// An API answers requests. It is safe for concurrent use.
type API struct {
	Parts
	config     *config.Config
	input      *Input
	problems   *Problems
	rejections *telemetry.RejectionLog
	throttle   *ginauth.Throttle // nil for none
	site       *docs.Site
	scopes     []string // that its routes ask for
	table      []ginauth.Route
	http.Handler
}

// New returns the API. The error names every route that was declared wrongly: an API that gets one
// must not serve.
func New(cfg *config.Config, parts Parts) (*API, error) {
	realm := strings.NewReplacer(" ", "-", ".", "-").Replace(strings.ToLower(config.Name))
	challenger, err := auth.NewChallenger(realm, cfg.PublicURL+metadataPath)
	if err != nil {
		return nil, err
	}
	a := &API{
		Parts: parts, config: cfg, input: NewInput(),
		problems:   &Problems{PublicURL: cfg.PublicURL, Challenger: challenger, Minimal: cfg.MinimalErrors},
		rejections: &telemetry.RejectionLog{Log: parts.Log, Verifier: parts.Verifier},
	}
	if a.site, err = a.documentation(); err != nil {
		return nil, err
	}
	engine, err := a.engine()
	if err != nil {
		return nil, err
	}
	router := ginauth.New(engine, parts.Metrics.Watch(parts.Verifier), a.problems.Write)
	if cfg.FailureLimit > 0 {
		a.throttle = ginauth.NewThrottle(cfg.FailureLimit, nil)
		router.Throttle(a.throttle)
	}
	a.routes(router)
	router.Fallback(problem.NotFound, problem.MethodNotAllowed)
	a.table = router.Table()
	a.scopes = scopesOf(a.table)
	if err := errors.Join(router.Check(), a.site.Describe(a.table)); err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	a.Handler = crossOrigin(cfg.CORSOrigins, engine)
	return a, nil
}

// Flush logs what floods of rejections left out of the log so far. It is for the end of the program.
func (a *API) Flush() { a.rejections.Flush() }

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

// engine returns a gin engine with the middleware of every request, and without what gin answers on its
// own: redirects, plain text, and trust in whatever X-Forwarded-For says.
func (a *API) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.ContextWithFallback = true
	if a.Traces != nil {
		engine.Use(telemetry.Spans(telemetry.NewTracer(a.Traces, config.Version()), a.config.PublicURL))
	}
	if a.Metrics != nil {
		engine.Use(a.Metrics.Middleware)
	}
	engine.Use(telemetry.SetRequestID, securityHeaders(a.config.PublicURL), telemetry.RequestLog(a.Log),
		a.rejections.Middleware, recoverPanics(a.problems))
	return engine, engine.SetTrustedProxies(a.config.TrustedProxies)
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
