package ginauth_test

import (
	"net/http"
	"slices"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// mark is middleware that adds its name and the current caller to the Seen header.
func mark(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		seen := name + " anonymous"
		if caller := ginauth.Caller(c); caller != nil {
			seen = name + " " + caller.Subject
		}
		c.Writer.Header().Add("Seen", seen)
	}
}

func TestMiddlewareRunsAroundAuthentication(t *testing.T) {
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		routes := r.Require("a")
		routes.GET("/before-use", hello)
		r.Use(mark("outer"))
		inner := routes.Use(mark("inner"))
		inner.GET("/both", hello)
		inner = inner.Use(mark("second")).Use(mark("third"))
		four, other := inner.Use(mark("fourth")), inner.Use(mark("other"))
		four.GET("/four", hello)
		other.GET("/other", hello)
		routes.GET("/outer", hello)
		r.Optional().Use(mark("inner")).GET("/optional", hello)
		routes.Use(func(c *gin.Context) { c.AbortWithStatus(http.StatusTeapot) }).GET("/aborted", hello)
	})
	for _, test := range []struct {
		name, path, credentials string
		status                  int
		seen                    []string
	}{
		{"routes declared before Use do not change", "/before-use", "a", 200, nil},
		{"the router's runs before authentication, the routes' after", "/both", "a", 200, []string{"outer anonymous", "inner alice"}},
		{"the routes' does not run for rejected callers", "/both", "b", 403, []string{"outer anonymous"}},
		{"the routes' does not run for anonymous callers", "/both", "", 401, []string{"outer anonymous"}},
		{"more runs after it", "/four", "a", 200, []string{"outer anonymous", "inner alice", "second alice", "third alice", "fourth alice"}},
		{"siblings do not share theirs", "/other", "a", 200, []string{"outer anonymous", "inner alice", "second alice", "third alice", "other alice"}},
		{"the routes' stays with its own copy", "/outer", "a", 200, []string{"outer anonymous"}},
		{"an optional route's runs for anonymous callers", "/optional", "", 200, []string{"outer anonymous", "inner anonymous"}},
		{"it may respond instead of the handler", "/aborted", "a", http.StatusTeapot, []string{"outer anonymous"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(http.MethodGet, test.path, test.credentials)
			if got.status != test.status || !slices.Equal(got.header.Values("Seen"), test.seen) {
				t.Errorf("responds %d after %q, want %d after %q", got.status, got.header.Values("Seen"), test.status, test.seen)
			}
		})
	}
}

func TestPlainHandlersAreGuarded(t *testing.T) {
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		plain := func(c *gin.Context) { c.String(http.StatusOK, "plain, called by %s", ginauth.Caller(c).Subject) }
		r.Require("a").GET("/plain", ginauth.Plain(plain))
	})
	if got := call(http.MethodGet, "/plain", "a"); got.status != 200 || got.body != "plain, called by alice" {
		t.Errorf("responds %d %q", got.status, got.body)
	}
	if got := call(http.MethodGet, "/plain", "b"); got.status != 403 {
		t.Errorf("responds %d without the scope, want 403", got.status)
	}
}

func TestDependenciesRunBeforeTheHandler(t *testing.T) {
	type account struct{ owner string }
	load := func(_ *gin.Context, caller *auth.Principal) (account, error) {
		if !caller.HasRole("x") {
			return account{}, problem.AccessDenied
		}
		return account{caller.Subject}, nil
	}
	size := func(c *gin.Context, caller *auth.Principal) (int, error) { // a dependency of a dependency
		a, err := load(c, caller)
		return len(a.owner), err
	}
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		r.Require("a").GET("/account", ginauth.With(load, func(c *gin.Context, _ *auth.Principal, a account) error {
			c.String(http.StatusOK, a.owner)
			return nil
		}))
		r.Require("a").GET("/two", ginauth.With(load, func(c *gin.Context, caller *auth.Principal, a account) error {
			return ginauth.With(size, func(c *gin.Context, _ *auth.Principal, n int) error {
				c.String(http.StatusOK, "%s has %d letters", a.owner, n)
				return nil
			})(c, caller)
		}))
	})
	for _, test := range []struct {
		name, path, credentials, want string
		status                        int
	}{
		{"the handler gets what the dependency loaded", "/account", "a/x", "alice", 200},
		{"the error of a dependency is written", "/account", "a", "access-denied", 403},
		{"a dependency does not run before the guard", "/account", "/x", "scope-insufficient", 403},
		{"dependencies nest and call each other", "/two", "a/x", "alice has 5 letters", 200},
		{"the error of an inner dependency is written", "/two", "a", "access-denied", 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(http.MethodGet, test.path, test.credentials)
			if got.status != test.status || got.body != test.want || len(got.header.Values("Failed")) > 1 {
				t.Errorf("responds %d %q, want %d %q", got.status, got.body, test.status, test.want)
			}
		})
	}
}
