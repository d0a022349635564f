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
	throttle *Throttle         // nil for none
	schemes  []auth.Credential // that the verifier reads
	limiter  *rateLimiter
	common   RateLimit // of routes that have none of their own
	routes   []Route

	introspects bool // the verifier can ask the provider about tokens

	wrong []error
}

// guard rejects requests whose caller does not meet the route's requirement, or sends too many.
func (t *table) guard(route Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Set(routeKey{}, &route)
		if err := t.admit(c, route); err != nil {
			t.reject(c, err)
		}
	}
}

// admit returns why a request is rejected. Its limit comes before its requirement, so that it counts either way.
func (t *table) admit(c *gin.Context, route Route) error {
	if route.Requirement.Fresh {
		c.Request = c.Request.WithContext(auth.Fresh(c.Request.Context()))
	}
	caller, err := t.authenticate(c, &route.Requirement)
	switch {
	case err == nil:
		c.Set(callerKey{}, caller) // for the log, also if the caller is rejected
	case route.Access == Optional && errors.Is(err, problem.CredentialsMissing) && auth.SchemeOf(nil, err) == auth.Token: // not a key in the wrong place
		return t.limit(c, route.Limit, nil)
	default:
		return route.Requirement.Missed(err)
	}
	if err := t.limit(c, route.Limit, caller); err != nil {
		return err
	}
	return route.Requirement.Check(caller, t.now())
}

// authenticate returns the caller, or why the credentials are rejected.
func (t *table) authenticate(c *gin.Context, required *auth.Requirement) (*auth.Principal, error) {
	ctx := auth.Accepting(c.Request.Context(), required.Accept)
	if t.throttle == nil {
		return t.verifier.Authenticate(c.Request.WithContext(ctx))
	}
	address := c.ClientIP()
	c.Request = c.Request.WithContext(auth.LimitSignatures(ctx, t.throttle.Limit(address)))
	caller, err := t.verifier.Authenticate(c.Request)
	if !isFailure(err) {
		return caller, err
	}
	if tooMany := t.throttle.Failed(address); tooMany != nil {
		tooMany.Err = err
		return nil, tooMany
	}
	return nil, err
}

// isFailure reports whether an error counts against the client's network: that of credentials which are there and not
// genuine. The client learns the reason for which a genuine token is rejected, whatever others of its network send.
func isFailure(err error) bool {
	t, ok := errors.AsType[*problem.Type](err)
	if !ok || t == problem.CredentialsMissing || t == problem.TooManyFailures || t.Status >= http.StatusInternalServerError {
		return false
	}
	rejected, ok := errors.AsType[*auth.Error](err)
	return !ok || !rejected.Genuine()
}

func (t *table) reject(c *gin.Context, err error) {
	c.Abort()
	t.fail(c, err)
}

// known are the methods of RFC 9110, section 9.3, PATCH (RFC 5789) and QUERY. A path that does not support one rejects
// it with 405. Other methods are not known to any path.
var known = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodConnect, http.MethodOptions, http.MethodTrace, "QUERY",
}

// fallback rejects anonymous callers where all routes around are protected, and returns err to the others, or the
// methods of the path to OPTIONS (RFC 9110, section 9.3.7). The Allow header, which gin has already set, lists
// methods, so that it is for the others only, too. A method that no path has says nothing about this one.
func (t *table) fallback(err error) gin.HandlerFunc {
	return func(c *gin.Context) {
		header := c.Writer.Header()
		allow := header.Get("Allow")
		header.Del("Allow")
		if !slices.Contains(known, c.Request.Method) {
			t.reject(c, notImplemented(c.Request.Method))
			return
		}
		if near := t.near(c.Request); near != nil {
			caller, rejected := t.authenticate(c, near)
			if rejected != nil {
				t.reject(c, near.Missed(rejected))
				return
			}
			c.Set(callerKey{}, caller)
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
		if errors.Is(err, problem.NotFound) && strings.HasSuffix(c.Request.URL.Path, "/") {
			t.reject(c, problem.SlashAtEnd)
			return
		}
		t.reject(c, err)
	}
}

// notImplemented returns the error of a method that no path has.
func notImplemented(method string) error {
	if slices.Contains(known, strings.ToUpper(method)) {
		return problem.MethodCase
	}
	return problem.MethodNotImplemented
}

// near returns the requirement that a challenge names where there is no route: that of a route below the same first
// segment, so that the challenge does not tell whether there is one. If a route there is not protected, it returns nil.
func (t *table) near(r *http.Request) *auth.Requirement {
	var found []Route
	for _, route := range t.routes {
		if segment(route.Path) != segment(r.URL.Path) {
			continue
		}
		if route.Access != Protected {
			return nil
		}
		found = append(found, route)
	}
	for _, similar := range []func(Route) bool{
		func(route Route) bool { return route.Method == r.Method },
		func(route Route) bool { return isSafe(route.Method) == isSafe(r.Method) },
		func(Route) bool { return true },
	} {
		if i := slices.IndexFunc(found, similar); i >= 0 {
			return &found[i].Requirement
		}
	}
	return nil
}

// isSafe reports whether a method only reads (RFC 9110, section 9.2.1).
func isSafe(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

func segment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// parameter is a path parameter as gin writes it.
var parameter = regexp.MustCompile(`[:*]([^/:*]+)`)

// pathIn returns a path in a group, joined as gin does it, and as OpenAPI writes it.
func pathIn(group *gin.RouterGroup, path string) string {
	return parameter.ReplaceAllString(group.Group(path).BasePath(), "{$1}")
}

// add registers a route on gin and records it, so that neither is done without the other. HEAD works where GET does
// (RFC 9110, section 9.3.2).
func (t *table) add(group *gin.RouterGroup, route Route, path string, unhandled bool, chain ...gin.HandlerFunc) {
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
	for _, route := range t.routes {
		for _, kind := range route.Requirement.Accept {
			if !slices.Contains(t.schemes, kind) {
				wrong = append(wrong, fmt.Errorf("%s %s accepts the credentials %q, which no scheme reads", route.Method, route.Path, kind))
			}
		}
		if route.Requirement.Fresh && !t.introspects {
			wrong = append(wrong, fmt.Errorf("%s %s asks the provider anew about each token, and introspection is off: set INTROSPECTION", route.Method, route.Path))
		}
	}
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
