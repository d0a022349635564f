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
	middleware  []gin.HandlerFunc
	hidden      bool
	widened     []auth.Credential // that were to be accepted, and are not around here
}

// Require also requires a valid token that has every one of the scopes.
func (r Routes) Require(scopes ...string) *Routes { return r.and(auth.Requirement{Scopes: scopes}) }

// Role also requires a caller that has every one of the roles.
func (r Routes) Role(roles ...string) *Routes { return r.and(auth.Requirement{Roles: roles}) }

// ACR also requires a sign-in of one of the authentication context classes (RFC 9470).
func (r Routes) ACR(classes ...string) *Routes { return r.and(auth.Requirement{ACR: classes}) }

// MaxAge also requires a sign-in that is not older (RFC 9470).
func (r Routes) MaxAge(age time.Duration) *Routes { return r.and(auth.Requirement{MaxAge: age}) }

// Accept accepts only these kinds of credentials, of those that were accepted before.
func (r Routes) Accept(kinds ...auth.Credential) *Routes {
	for _, kind := range kinds {
		if !r.requirement.Accepts(kind) {
			r.widened = append(slices.Clip(r.widened), kind)
		}
	}
	r.requirement = r.requirement.And(auth.Requirement{Accept: append([]auth.Credential{}, kinds...)})
	return &r
}

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
	route := Route{Method: method, Access: r.access, Requirement: r.requirement, Hidden: r.hidden, widened: r.widened}
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

// requirementKey is the key of the route's requirement in gin's context.
type requirementKey struct{}

// Required returns the requirement of the route, for the log.
func Required(c *gin.Context) auth.Requirement {
	found, _ := c.Get(requirementKey{})
	if required, ok := found.(*auth.Requirement); ok {
		return *required
	}
	return auth.Requirement{}
}

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
