package ginauth

import (
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
)

// An Authenticator returns the caller of a request, or why the request is rejected.
type Authenticator interface {
	Authenticate(*http.Request) (*auth.Principal, error)
}

// A Router makes the routes below one path. Routes are declared before the engine serves; after that the Router must
// not change.
type Router struct {
	table *table
	group *gin.RouterGroup
}

// New returns the Router of an engine's routes. Every rejection, and every error of a handler, goes to fail, which
// writes the response.
func New(engine *gin.Engine, verifier Authenticator, fail func(*gin.Context, error)) *Router {
	t := &table{engine: engine, verifier: verifier, fail: fail, now: time.Now, limiter: newRateLimiter(time.Now, maxLimited)}
	return &Router{t, &engine.RouterGroup}
}

// Throttle rejects clients that keep failing to authenticate with [problem.TooManyFailures]. It uses the client address
// of gin, so configure the engine's trusted proxies.
func (r *Router) Throttle(t *Throttle) { r.table.throttle = t }

// Limit rejects callers that send more requests in a time, counted on all routes together, with [problem.RateLimited].
// It is for routes with access Optional or Protected that are declared after it and have no limit of their own.
func (r *Router) Limit(requests int, per time.Duration) {
	r.table.common = RateLimit{defaultLimit, requests, per}
}

// Introspects says whether the verifier can ask the provider about tokens. Otherwise [Router.Check] rejects routes that
// require it.
func (r *Router) Introspects(able bool) { r.table.introspects = able }

// Public declares routes for all callers.
func (r *Router) Public() *PublicRoutes { return &PublicRoutes{table: r.table, group: r.group} }

// Optional declares routes for anonymous and authenticated callers: without credentials the caller is nil, and invalid
// credentials are rejected as on every other route.
func (r *Router) Optional() *Routes {
	return &Routes{table: r.table, group: r.group, access: Optional}
}

// Require declares routes for callers with a valid token that has every one of the scopes.
func (r *Router) Require(scopes ...string) *Routes {
	return Routes{table: r.table, group: r.group}.Require(scopes...)
}

// Group returns a Router for the paths below path.
func (r *Router) Group(path string) *Router { return &Router{r.table, r.group.Group(path)} }

// Use adds gin middleware to the routes that are declared after it. It runs before authentication; for middleware that
// runs after it, see [Routes.Use].
func (r *Router) Use(middleware ...gin.HandlerFunc) { r.group.Use(middleware...) }

// Table returns every declared route, in order.
func (r *Router) Table() []Route { return r.table.routes }

// Check returns an error that names every route which was declared wrongly or registered on gin directly. A program
// with such an error must not serve.
func (r *Router) Check() error { return r.table.check() }

// Fallback sets the errors of requests without a route. Where all routes below a first path segment are protected, so
// is every other path and method there: anonymous callers cannot find out which exist. Their challenge names the scopes
// of a route there. For the same reason it turns off gin's redirects, which come before every middleware.
func (r *Router) Fallback(notFound, methodNotAllowed error) {
	r.table.engine.HandleMethodNotAllowed = true
	r.table.engine.RedirectTrailingSlash = false
	r.table.engine.RedirectFixedPath = false
	r.table.engine.NoRoute(r.table.fallback(notFound))
	r.table.engine.NoMethod(r.table.fallback(methodNotAllowed))
}
