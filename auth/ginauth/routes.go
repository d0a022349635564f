package ginauth

import (
	"net/http"
	"slices"
	"time"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
)

// A Handler answers a known caller. What it returns is answered with a problem.
type Handler func(c *gin.Context, caller *auth.Principal) error

// Routes makes routes that ask something of their caller. Every method that narrows it returns
// another one that asks for more; there is none that asks for less.
type Routes struct {
	table       *table
	group       *gin.RouterGroup
	access      Access
	requirement auth.Requirement
	middleware  []gin.HandlerFunc
	hidden      bool
}

// Require asks for a valid token that grants every one of the scopes, too.
func (r Routes) Require(scopes ...string) *Routes { return r.and(auth.Requirement{Scopes: scopes}) }

// Role asks for a caller that holds every one of the roles, too.
func (r Routes) Role(roles ...string) *Routes { return r.and(auth.Requirement{Roles: roles}) }

// ACR asks for a sign-in of one of the authentication context classes, too (RFC 9470).
func (r Routes) ACR(classes ...string) *Routes { return r.and(auth.Requirement{ACR: classes}) }

// MaxAge asks for a sign-in that is not older, too (RFC 9470).
func (r Routes) MaxAge(age time.Duration) *Routes { return r.and(auth.Requirement{MaxAge: age}) }

func (r Routes) and(more auth.Requirement) *Routes {
	r.access = Protected
	r.requirement = r.requirement.And(more)
	return &r
}

// Group returns Routes for the paths below path, with the same requirement.
func (r Routes) Group(path string) *Routes {
	r.group = r.group.Group(path)
	return &r
}

// Use returns Routes with gin middleware that runs after the caller was let in; [Caller] returns it
// there.
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
	route := Route{Method: method, Access: r.access, Requirement: r.requirement, Hidden: r.hidden}
	chain := append([]gin.HandlerFunc{r.table.guard(route)}, r.middleware...)
	chain = append(chain, func(c *gin.Context) {
		if err := h(c, Caller(c)); err != nil {
			r.table.refuse(c, err)
		}
	})
	r.table.add(r.group, route, path, h == nil, chain...)
}

// callerKey is where a guard leaves the caller in gin's context.
type callerKey struct{}

// Caller returns the caller that the route let in, or nil for a stranger.
func Caller(c *gin.Context) *auth.Principal {
	found, _ := c.Get(callerKey{})
	caller, _ := found.(*auth.Principal)
	return caller
}

// requirementKey is where a guard leaves what its route asks for.
type requirementKey struct{}

// Required returns what the route asks of its caller: for the log.
func Required(c *gin.Context) auth.Requirement {
	found, _ := c.Get(requirementKey{})
	if required, ok := found.(*auth.Requirement); ok {
		return *required
	}
	return auth.Requirement{}
}

// Plain adapts a plain gin handler, which does not look at its caller.
func Plain(h gin.HandlerFunc) Handler {
	return func(c *gin.Context, _ *auth.Principal) error {
		h(c)
		return nil
	}
}

// With returns a Handler that first asks a dependency for what the handler needs. A dependency
// loads something on behalf of the caller, or refuses with an error; dependencies compose as plain
// function calls.
func With[T any](
	dependency func(c *gin.Context, caller *auth.Principal) (T, error),
	handler func(c *gin.Context, caller *auth.Principal, needed T) error,
) Handler {
	return func(c *gin.Context, caller *auth.Principal) error {
		needed, err := dependency(c, caller)
		if err != nil {
			return err
		}
		return handler(c, caller, needed)
	}
}
