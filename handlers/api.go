package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// Parts are what an API is made from, beside its configuration.
type Parts struct {
	Stores
	Verifier *auth.Verifier
	Hooks    telemetry.Hooks // observe the API
	Stopping <-chan struct{} // closed when the API is about to stop and no longer ready; nil for never
	Log      *slog.Logger
	Audit    slog.Handler // of the audit log; nil for that of Log
}

// An API is the handler of every request. It is safe for concurrent use.
type API struct {
	http.Handler
	parts      Parts
	config     *config.Config
	input      *Input
	problems   *Problems
	rejections *telemetry.RejectionLog
	throttle   *ginauth.Throttle // nil for none
	site       *docs.Site
	router     *ginauth.Router
	schemes    *auth.Schemes
	extensions []extension
	table      []ginauth.Route
}

// New returns the API. The error names every route that was declared wrongly: an API with one must not serve.
func New(cfg *config.Config, parts Parts) (*API, error) {
	realm := strings.NewReplacer(" ", "-", ".", "-").Replace(strings.ToLower(config.Name))
	challenger, err := auth.NewChallenger(realm, cfg.MetadataURL())
	if err != nil {
		return nil, err
	}
	challenger.Scopes = cfg.Scopes()
	a := &API{parts: parts, config: cfg, input: NewInput(), extensions: extensions(cfg, parts)}
	var others []auth.Scheme
	for _, e := range a.extensions {
		others = append(others, e.schemes()...)
	}
	a.schemes = auth.NewSchemes(parts.Verifier, others...)
	challenger.Schemes = a.schemes
	a.problems = &Problems{PublicURL: cfg.PublicURL, Verifier: parts.Verifier, Challenger: challenger, Minimal: cfg.MinimalErrors}
	a.rejections = &telemetry.RejectionLog{Log: parts.Log, Verifier: parts.Verifier}
	if a.site, err = a.documentation(); err != nil {
		return nil, err
	}
	engine := a.engine()
	a.router = ginauth.New(engine, parts.Hooks.Wrap(a.schemes, parts.Verifier), a.problems.Write)
	a.router.Schemes(a.schemes.Names()...)
	if cfg.FailureLimit > 0 {
		a.throttle = ginauth.NewThrottle(cfg.FailureLimit, nil)
		a.router.Throttle(a.throttle)
	}
	a.router.Introspects(parts.Verifier.Introspects())
	a.router.Limit(cfg.RateLimit, time.Minute)
	a.routes(a.router)
	a.router.Fallback(problem.RouteAbsent, problem.MethodOther)
	a.table = a.router.Table()
	if err := errors.Join(a.router.Check(), a.site.Describe(a.table)); err != nil {
		return nil, fmt.Errorf("routes: %w", err)
	}
	if err := checkPublicPath(cfg, a.table); err != nil {
		return nil, err
	}
	a.Handler = engine
	if cfg.BasePath() != "" {
		a.Handler = a.removePublicPath(engine)
	}
	return a, nil
}

// Table returns the route table of the API that a configuration makes. It fetches nothing: the context of the verifier is
// done before it starts.
func Table(cfg *config.Config) ([]ginauth.Route, error) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	log := slog.New(slog.DiscardHandler)
	verifier, err := auth.ConnectAll(ctx, cfg.Verifications(log))
	if err != nil {
		return nil, err
	}
	api, err := New(cfg, Parts{Verifier: verifier, Log: log})
	if err != nil {
		return nil, err
	}
	return api.table, nil
}

// Flush logs how many entries the rejection log has suppressed. Call it at the end of the program.
func (a *API) Flush() { a.rejections.Flush() }

// Table returns every route and what it requires of its caller.
func (a *API) Table() []ginauth.Route { return a.table }

// Document serves the OpenAPI document, also where DOCS=off leaves its route out.
func (a *API) Document() http.Handler { return a.site.Document() }

// Operations returns every route that the document describes, as in "GET /items/{id}".
func (a *API) Operations() (names []string) {
	for _, route := range a.table {
		if !route.Hidden {
			names = append(names, route.Method+" "+route.Path)
		}
	}
	return names
}

// engine returns a gin engine with the middleware of every request. Gin's own view of proxies is turned off: see
// [proxies]. Routes are matched as they are written, so that what a proxy decides by a path, such as /admin/, cannot be
// bypassed with /%61dmin/ or /admin%2F; parameters are decoded.
func (a *API) engine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ForwardedByClientIP = false
	engine.ContextWithFallback = true
	engine.UseRawPath = true
	engine.Use(proxies(a.config.TrustedProxies).setClient)
	engine.Use(a.parts.Hooks.Middleware...)
	audit := &telemetry.AuditLog{Handler: a.parts.Audit, Log: a.parts.Log}
	if audit.Handler == nil {
		audit.Handler = a.parts.Log.Handler()
	}
	engine.Use(telemetry.SetRequestID, securityHeaders(a.config.PublicURL), telemetry.RequestLog(a.parts.Log),
		a.rejections.Middleware, audit.Middleware, recoverPanics(a.problems))
	if len(a.config.CORSOrigins) > 0 {
		engine.Use(newCrossOrigin(a.config, a.schemes.Headers(), a.parts.Log).middleware)
	}
	return engine
}
