// Package handlers is the API: its routes, what they do, and the one place where an error becomes a response.
//
// Begin with routes.go, which has every route on one screen. A route says what it requires of its caller, and
// a handler behind a requirement receives the caller:
//
//	r.Require("items:read").GET("/items", items.List)
//
//	func (h *Items) List(c *gin.Context, caller *auth.Principal) error
//
// A handler reads its input, calls the store for its caller, and writes the response of success. It returns
// every error as it is: [Problems.Write] makes the response of it, with the type in package problem that the
// error wraps, and leaves it in the context for the logs. No handler writes an error body.
//
//	api.go            New: configuration and parts give an http.Handler
//	routes.go         every route, and what it requires
//	items.go          a resource: its handlers, with the comments that the OpenAPI document is made from
//	resource.go       what the handlers of every resource share: the owner's row, its responses
//	input.go page.go  read the body, and the query of a list
//	patch.go          JSON Merge Patch
//	rules.go          validate the body: which rules it breaks, in sentences
//	required.go       which required members are there, although they are zero
//	precondition.go   If-Match and If-None-Match
//	problem.go        an error gives a problem
//	response.go       JSON, and the names of headers
//	cors.go           which scripts may call the API
//	client.go         proxies in front of the API: the client's address, the request's identifier
//	stream.go         server-sent events
//	middleware.go     security headers, panics; the middleware that records is in package telemetry
//	index.go me.go health.go documentation.go inspect.go    the routes that every API has
//
// To add a route, write a handler with its comments, declare it in routes.go, and run make docs. [New] fails
// for a route that was declared wrongly, and for one that the document does not have. To test it, use package
// apitest.
package handlers
