// Package ginauth makes gin routes that declare what they require of their caller.
//
// Security is not a middleware that can be forgotten: only [PublicRoutes] and [Routes] have a GET method, and either
// says who has access.
//
//	r.Public().GET("/healthz", Health)           // func(*gin.Context) error
//	r.Optional().GET("/", Index)                 // func(*gin.Context, *auth.Principal) error; the caller may be nil
//	r.Require("items:read").GET("/items", List)  // the caller has a valid token with the scope
//
// Routes accept access tokens, unless [Router.Accept] says which kinds of credentials they accept. Routes made of them can
// only accept fewer.
//
// For each request of a route that is not public, in this order:
//
//	Authenticator  the caller of the request, or why its credentials are rejected
//	Throttle       rejected credentials count against the client's network; too many of them are a 429
//	RateLimit      the requests of the caller are counted; too many of them are a 429
//	Requirement    scopes, then roles, then the sign-in
//	Routes.Use     middleware of the route
//	With           dependencies of the handler, such as the item that belongs to the caller
//	Handler        the handler
//
// The first error of any of them goes to one function, which writes the response.
//
// The declaration is enforced and recorded at once. [Router.Table] is the record, from which the OpenAPI document is
// made, and [Router.Check] finds routes that were registered on gin directly. [Router.Fallback] responds to requests
// without a route, and hides from anonymous callers which paths exist below a protected one.
package ginauth
