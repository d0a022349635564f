// Package ginauth makes gin routes that declare what they ask of their caller.
//
// Security is not a middleware that can be forgotten: nothing in this package but [PublicRoutes] and
// [Routes] has a GET method, and either says who is let in.
//
//	r.Public().GET("/healthz", Health)             // func(*gin.Context) error
//	r.Require("items:read").GET("/items", List)    // func(*gin.Context, *auth.Principal) error
//
// The declaration is enforced and recorded at once: [Router.Table] is what documents are made from,
// and [Router.Check] finds the routes that were registered on gin behind its back.
package ginauth

import (
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
)

// An Authenticator finds out who sent a request. Its error says why the request is refused.
type Authenticator interface {
	Authenticate(*http.Request) (*auth.Principal, error)
}

// A Router makes the routes below one path. Routes are declared before the engine serves; from then
// on everything is read only.
type Router struct {
	table *table
	group *gin.RouterGroup
}

// New returns the Router of all of an engine's routes. Whatever a handler returns, and every
// refusal, goes to fail, which writes the response.
func New(engine *gin.Engine, verifier Authenticator, fail func(*gin.Context, error)) *Router {
	t := &table{engine: engine, verifier: verifier, fail: fail, now: time.Now}
	return &Router{t, &engine.RouterGroup}
}

// Throttle answers callers that keep failing to authenticate with [problem.TooManyFailures]. It goes by
// the address that gin takes for the client's, so tell the engine which proxies to trust.
func (r *Router) Throttle(t *Throttle) { r.table.throttle = t }

// Public declares routes for anybody.
func (r *Router) Public() *PublicRoutes { return &PublicRoutes{r.table, r.group, false} }

// Optional declares routes for strangers and callers alike: without credentials the caller is nil,
// and credentials that fail are refused like anywhere else.
func (r *Router) Optional() *Routes {
	return &Routes{table: r.table, group: r.group, access: Optional}
}

// Require declares routes for callers with a valid token that grants every one of the scopes.
func (r *Router) Require(scopes ...string) *Routes {
	return Routes{table: r.table, group: r.group}.Require(scopes...)
}

// Group returns a Router for the paths below path.
func (r *Router) Group(path string) *Router { return &Router{r.table, r.group.Group(path)} }

// Use adds gin middleware to the routes that are declared from here on. It runs before the caller
// is known; for middleware that runs after, see [Routes.Use].
func (r *Router) Use(middleware ...gin.HandlerFunc) { r.group.Use(middleware...) }

// Table returns every route that was declared, in order.
func (r *Router) Table() []Route { return r.table.routes }

// Check returns an error that names every route which was declared wrongly or registered on gin
// directly. A program that gets one must not serve.
func (r *Router) Check() error { return r.table.check() }

// Fallback answers what no route does. Where all the routes below a first path segment ask for a
// token, so does every other path and method there: a stranger does not learn which exist. For the
// same reason gin's redirects, which come before every middleware, are turned off.
func (r *Router) Fallback(notFound, methodNotAllowed error) {
	r.table.engine.HandleMethodNotAllowed = true
	r.table.engine.RedirectTrailingSlash = false
	r.table.engine.RedirectFixedPath = false
	r.table.engine.NoRoute(r.table.fallback(notFound))
	r.table.engine.NoMethod(r.table.fallback(methodNotAllowed))
}
