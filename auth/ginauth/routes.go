package ginauth

import (
	"net/http"
	"slices"
	"time"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
)

// A Handler handles a request of a caller, which is nil for an anonymous caller of an optional route. Its error becomes
// a problem.
type Handler func(c *gin.Context, caller *auth.Principal) error

// Routes makes routes with a requirement. Methods return a copy that requires more; there is no method to require less.
type Routes struct {
	table       *table
	group       *gin.RouterGroup
	access      Access
	requirement auth.Requirement
	limit       *RateLimit // nil for that of all routes
	audited     *bool      // nil for what the method says
	middleware  []gin.HandlerFunc
	hidden      bool
}

// Require also requires a valid token that has every one of the scopes.
func (r Routes) Require(scopes ...string) *Routes { return r.and(auth.Requirement{Scopes: scopes}) }

// Role also requires a caller that has every one of the roles.
func (r Routes) Role(roles ...string) *Routes { return r.and(auth.Requirement{Roles: roles}) }

// ACR also requires a sign-in of one of the authentication context classes (RFC 9470).
func (r Routes) ACR(classes ...string) *Routes { return r.and(auth.Requirement{ACR: classes}) }

// MaxAge also requires a sign-in that is not older (RFC 9470).
func (r Routes) MaxAge(age time.Duration) *Routes { return r.and(auth.Requirement{MaxAge: age}) }

// Fresh also requires that the provider says anew that the token is active, with each request, whatever it said before. It
// needs a verifier that introspects tokens: see [Router.Introspects].
func (r Routes) Fresh() *Routes { return r.and(auth.Requirement{Fresh: true}) }

func (r Routes) and(more auth.Requirement) *Routes {
	r.access = Protected
	r.requirement = r.requirement.And(more)
	return &r
}

// Limit returns Routes of which each accepts so many requests of a caller in a time, in place of the limit of all routes
// or an earlier one. Each route counts its own; 0 means any number. Requests count once their caller is known, whatever
// becomes of them; those of anonymous callers by their network, which is an IPv4 address or an IPv6 /64.
func (r Routes) Limit(requests int, per time.Duration) *Routes {
	r.limit = &RateLimit{Requests: requests, Per: per}
	return &r
}

// Audit returns Routes whose requests are in the audit log, or are not. Without it, those of protected routes are that
// are for a method which can change something.
func (r Routes) Audit(audited bool) *Routes {
	r.audited = &audited
	return &r
}

// Group returns Routes for the paths below path, with the same requirement.
func (r Routes) Group(path string) *Routes {
	r.group = r.group.Group(path)
	return &r
}

// Use returns Routes with gin middleware that runs after the requirement was met, where [Caller] returns the caller.
func (r Routes) Use(middleware ...gin.HandlerFunc) *Routes {
	r.middleware = append(slices.Clone(r.middleware), middleware...)
	return &r
}

// Hidden returns Routes that are left out of the OpenAPI document.
func (r Routes) Hidden() *Routes {
	r.hidden = true
	return &r
}

// GET declares a route for GET and HEAD.
func (r *Routes) GET(path string, h Handler) { r.handle(http.MethodGet, path, h) }

// POST declares a route.
func (r *Routes) POST(path string, h Handler) { r.handle(http.MethodPost, path, h) }

// PUT declares a route.
func (r *Routes) PUT(path string, h Handler) { r.handle(http.MethodPut, path, h) }

// PATCH declares a route.
func (r *Routes) PATCH(path string, h Handler) { r.handle(http.MethodPatch, path, h) }

// DELETE declares a route.
func (r *Routes) DELETE(path string, h Handler) { r.handle(http.MethodDelete, path, h) }

func (r *Routes) handle(method, path string, h Handler) {
	route := Route{Method: method, Path: pathIn(r.group, path), Access: r.access, Requirement: r.requirement, Limit: r.table.common, Hidden: r.hidden}
	route.Audited = r.access == Protected && !isSafe(method)
	if r.audited != nil {
		route.Audited = *r.audited
	}
	if r.limit != nil {
		route.Limit = r.limit.of(route.Method, route.Path)
	}
	chain := append([]gin.HandlerFunc{r.table.guard(route)}, r.middleware...)
	chain = append(chain, func(c *gin.Context) {
		if err := h(c, Caller(c)); err != nil {
			r.table.reject(c, err)
		}
	})
	r.table.add(r.group, route, path, h == nil, chain...)
}

// callerKey is the key of the caller in gin's context.
type callerKey struct{}

// Caller returns the caller of a request, or nil for an anonymous one.
func Caller(c *gin.Context) *auth.Principal {
	found, _ := c.Get(callerKey{})
	caller, _ := found.(*auth.Principal)
	return caller
}

// routeKey is the key of the route in gin's context.
type routeKey struct{}

// Declared returns the route of a request as it was declared, for the log. It is empty for a public one.
func Declared(c *gin.Context) Route {
	found, _ := c.Get(routeKey{})
	if route, ok := found.(*Route); ok {
		return *route
	}
	return Route{}
}

// Required returns the requirement of the route, for the log.
func Required(c *gin.Context) auth.Requirement { return Declared(c).Requirement }

// Plain adapts a gin handler that does not need its caller.
func Plain(h gin.HandlerFunc) Handler {
	return func(c *gin.Context, _ *auth.Principal) error {
		h(c)
		return nil
	}
}

// With returns a Handler that first calls a dependency, which loads something on behalf of the caller or returns an
// error. Dependencies compose as plain function calls.
func With[T any](
	dependency func(c *gin.Context, caller *auth.Principal) (T, error),
	handler func(c *gin.Context, caller *auth.Principal, value T) error,
) Handler {
	return func(c *gin.Context, caller *auth.Principal) error {
		value, err := dependency(c, caller)
		if err != nil {
			return err
		}
		return handler(c, caller, value)
	}
}
