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

// A table is the record of an engine's routes, and what enforces it.
type table struct {
	engine   *gin.Engine
	verifier Authenticator
	fail     func(*gin.Context, error)
	now      func() time.Time
	throttle *Throttle // nil for none
	routes   []Route
	wrong    []error
}

// guard lets a caller pass who meets the route's requirement, and nobody else.
func (t *table) guard(route Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Set(requirementKey{}, &route.Requirement)
		caller, err := t.authenticate(c)
		switch {
		case err == nil:
			c.Set(callerKey{}, caller) // known to the log, even if it may not enter
			err = route.Requirement.Check(caller, t.now())
		case route.Access == Optional && errors.Is(err, problem.CredentialsMissing):
			return
		}
		if err != nil {
			t.refuse(c, err)
		}
	}
}

// authenticate returns the caller. Credentials that were sent and refused count against its address;
// a server's own fault, and a stranger, do not.
func (t *table) authenticate(c *gin.Context) (*auth.Principal, error) {
	caller, err := t.verifier.Authenticate(c.Request)
	reason, refused := errors.AsType[*problem.Type](err)
	if !refused || t.throttle == nil || reason == problem.CredentialsMissing || reason.Status >= http.StatusInternalServerError {
		return caller, err
	}
	if tooMany := t.throttle.Failed(c.ClientIP()); tooMany != nil {
		tooMany.Err = err
		return nil, tooMany
	}
	return nil, err
}

func (t *table) refuse(c *gin.Context, err error) {
	c.Abort()
	t.fail(c, err)
}

// fallback refuses strangers where the paths around are for callers only, and answers with err. The
// Allow header, which gin has set by then, names methods: it is for callers only, too.
func (t *table) fallback(err error) gin.HandlerFunc {
	guard := t.guard(Route{Access: Protected})
	return func(c *gin.Context) {
		if t.closed(c.Request.URL.Path) {
			header := c.Writer.Header()
			allow := header["Allow"]
			delete(header, "Allow")
			if guard(c); c.IsAborted() {
				return
			}
			header["Allow"] = allow
		}
		t.refuse(c, err)
	}
}

// closed reports whether there are routes below the path's first segment and all ask for a token.
func (t *table) closed(path string) bool {
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

// add registers a route on gin and records it. The two stand side by side, so that neither is done
// without the other. HEAD works where GET does (RFC 9110, section 9.3.2).
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

// check compares the record with what gin serves.
func (t *table) check() error {
	wrong := slices.Clone(t.wrong)
	for _, served := range t.engine.Routes() {
		path := parameter.ReplaceAllString(served.Path, "{$1}")
		declared := func(r Route) bool {
			return r.Path == path && (r.Method == served.Method || r.Method == http.MethodGet && served.Method == http.MethodHead)
		}
		if !slices.ContainsFunc(t.routes, declared) {
			wrong = append(wrong, fmt.Errorf("%s %s was registered on gin directly: "+
				"declare it with Public, Optional or Require, so that it says what it asks of its caller", served.Method, path))
		}
	}
	return errors.Join(wrong...)
}
