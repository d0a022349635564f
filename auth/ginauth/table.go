package ginauth

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A table has the routes of an engine, and enforces their requirements.
type table struct {
	engine   *gin.Engine
	verifier Authenticator
	fail     func(*gin.Context, error)
	now      func() time.Time
	throttle *Throttle // nil for none
	routes   []Route
	wrong    []error
}

// guard rejects requests whose caller does not meet the route's requirement.
func (t *table) guard(route Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Set(requirementKey{}, &route.Requirement)
		caller, err := t.authenticate(c)
		switch {
		case err == nil:
			c.Set(callerKey{}, caller) // for the log, also if the caller is rejected
			err = route.Requirement.Check(caller, t.now())
		case route.Access == Optional && errors.Is(err, problem.CredentialsMissing):
			return
		}
		if err != nil {
			t.reject(c, err)
		}
	}
}

// authenticate returns the caller. Rejected credentials count against the client's network; missing credentials and
// server errors do not.
func (t *table) authenticate(c *gin.Context) (*auth.Principal, error) {
	caller, err := t.verifier.Authenticate(c.Request)
	failed, ok := errors.AsType[*problem.Type](err)
	if !ok || t.throttle == nil || failed == problem.CredentialsMissing || failed.Status >= http.StatusInternalServerError {
		return caller, err
	}
	if tooMany := t.throttle.Failed(c.ClientIP()); tooMany != nil {
		tooMany.Err = err
		return nil, tooMany
	}
	return nil, err
}

func (t *table) reject(c *gin.Context, err error) {
	c.Abort()
	t.fail(c, err)
}

// known are the methods of RFC 9110, section 9.3, and PATCH (RFC 5789). A path that does not support one rejects it with
// 405. Other methods are not known to any path.
var known = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodConnect, http.MethodOptions, http.MethodTrace,
}

// fallback rejects anonymous callers where all routes around are protected, and returns err to the others, or the
// methods of the path to OPTIONS (RFC 9110, section 9.3.7). The Allow header, which gin has already set, lists
// methods, so that it is for the others only, too. A method that no path has says nothing about this one.
func (t *table) fallback(err error) gin.HandlerFunc {
	guard := t.guard(Route{Access: Protected})
	return func(c *gin.Context) {
		header := c.Writer.Header()
		allow := header.Get("Allow")
		header.Del("Allow")
		if !slices.Contains(known, c.Request.Method) {
			t.reject(c, problem.MethodNotImplemented)
			return
		}
		if t.allProtected(c.Request.URL.Path) {
			if guard(c); c.IsAborted() {
				return
			}
		}
		switch {
		case allow == "":
		case c.Request.Method == http.MethodOptions:
			header.Set("Allow", allow+", "+http.MethodOptions)
			c.AbortWithStatus(http.StatusNoContent)
			return
		default:
			header.Set("Allow", allow)
		}
		t.reject(c, err)
	}
}

// allProtected reports whether there are routes below the path's first segment, and all of them are protected.
func (t *table) allProtected(path string) bool {
	found := false
	for _, r := range t.routes {
		if segment(r.Path) != segment(path) {
			continue
		}
		if r.Access != Protected {
			return false
		}
		found = true
	}
	return found
}

func segment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// parameter is a path parameter as gin writes it.
var parameter = regexp.MustCompile(`[:*]([^/:*]+)`)

// add registers a route on gin and records it, so that neither is done without the other. HEAD works where GET does
// (RFC 9110, section 9.3.2).
func (t *table) add(group *gin.RouterGroup, route Route, path string, unhandled bool, chain ...gin.HandlerFunc) {
	full := group.Group(path).BasePath() // joined as gin does it
	route.Path = parameter.ReplaceAllString(full, "{$1}")
	if err := route.check(unhandled); err != nil {
		t.wrong = append(t.wrong, err)
		return
	}
	group.Handle(route.Method, path, chain...)
	t.routes = append(t.routes, route)
	if route.Method == http.MethodGet {
		group.Handle(http.MethodHead, path, chain...)
	}
}

// check compares the recorded routes with those of gin.
func (t *table) check() error {
	wrong := slices.Clone(t.wrong)
	for _, served := range t.engine.Routes() {
		path := parameter.ReplaceAllString(served.Path, "{$1}")
		declared := func(r Route) bool {
			return r.Path == path && (r.Method == served.Method || r.Method == http.MethodGet && served.Method == http.MethodHead)
		}
		if !slices.ContainsFunc(t.routes, declared) {
			wrong = append(wrong, fmt.Errorf("%s %s was registered on gin directly: "+
				"declare it with Public, Optional or Require, so that it says what it requires of its caller", served.Method, path))
		}
	}
	return errors.Join(wrong...)
}
