package ginauth_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

func TestUnmatchedRequestsGetErrors(t *testing.T) {
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		r.Use(mark("outer"))
		r.Optional().GET("/", hello)
		r.Public().GET("/open", open)
		r.Require("a").GET("/protected/:id", hello)
		r.Require("a").PUT("/protected/:id", hello)
		r.Require("a").GET("/mixed/protected", hello)
		r.Public().GET("/mixed/open", open)
		r.Optional().GET("/optional", hello)
		r.Fallback(problem.NotFound, problem.MethodNotAllowed)
	})
	for _, test := range []struct {
		name, method, path, credentials, want string
		status                                int
		allow                                 string
	}{
		{"an unknown path is not found", "GET", "/nowhere", "", "not-found", 404, ""},
		{"an unknown path reads no credentials", "GET", "/nowhere", "forged", "not-found", 404, ""},
		{"a path below a public one is not found", "GET", "/open/deeper", "", "not-found", 404, ""},
		{"another method of a public path is named", "POST", "/open", "", "method-not-allowed", 405, "GET, HEAD"},
		{"another method of an optional path is named", "POST", "/optional", "", "method-not-allowed", 405, "GET, HEAD"},
		{"another method of the root is named", "DELETE", "/", "", "method-not-allowed", 405, "GET, HEAD"},
		{"anonymous callers do not learn which paths exist", "GET", "/protected/1/deeper", "", "credentials-missing", 401, ""},
		{"nor that the first segment alone is none", "GET", "/protected", "", "credentials-missing", 401, ""},
		{"nor that a trailing slash is none", "GET", "/protected/1/", "", "credentials-missing", 401, ""},
		{"anonymous callers do not learn which methods exist", "POST", "/protected/1", "", "credentials-missing", 401, ""},
		{"nor do callers with invalid credentials", "POST", "/protected/1", "forged", "signature-invalid", 401, ""},
		{"an escaped path is no bypass", "POST", "/%70rotected/1", "", "credentials-missing", 401, ""},
		{"authenticated callers learn which paths exist", "GET", "/protected/1/deeper", "/", "not-found", 404, ""},
		{"authenticated callers are not redirected", "GET", "/protected/1/", "/", "not-found", 404, ""},
		{"authenticated callers learn which methods exist", "POST", "/protected/1", "/", "method-not-allowed", 405, "GET, HEAD, PUT"},
		{"paths with a public neighbour are not found", "GET", "/mixed/other", "", "not-found", 404, ""},
		{"methods with a public neighbour are named", "POST", "/mixed/protected", "", "method-not-allowed", 405, "GET, HEAD"},
		{"two slashes are another path", "GET", "//protected/1", "", "not-found", 404, ""},
		{"case is another path", "GET", "/PROTECTED/1", "", "not-found", 404, ""},
		{"an unknown method is not implemented", "BREW", "/open", "", "method-not-implemented", 501, ""},
		{"nor is it at an unknown path", "BREW", "/nowhere", "", "method-not-implemented", 501, ""},
		{"nor at a protected path, for anonymous callers", "BREW", "/protected/1", "", "method-not-implemented", 501, ""},
		{"a method in another case is unknown", "get", "/open", "", "method-not-implemented", 501, ""},
		{"TRACE is not implemented", "TRACE", "/open", "", "method-not-implemented", 501, ""},
		{"OPTIONS of an unknown path is not found", "OPTIONS", "/nowhere", "", "not-found", 404, ""},
		{"nor do they learn them by OPTIONS", "OPTIONS", "/protected/1", "", "credentials-missing", 401, ""},
		{"nor by OPTIONS of an unknown path", "OPTIONS", "/protected/1/deeper", "", "credentials-missing", 401, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(test.method, test.path, test.credentials)
			if got.status != test.status || got.body != test.want {
				t.Errorf("responds %d %q, want %d %q", got.status, got.body, test.status, test.want)
			}
			if allow := sorted(got.header.Values("Allow")); allow != test.allow {
				t.Errorf("Allow is %q, want %q", allow, test.allow)
			}
			if n := len(got.header.Values("Failed")); n != 1 {
				t.Errorf("the error was written %d times", n)
			}
			if got.header.Get("Seen") != "outer anonymous" {
				t.Error("the middleware was left out")
			}
		})
	}
}

func TestOptionsListsTheMethodsOfAPath(t *testing.T) {
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		r.Optional().GET("/", hello)
		r.Require("a").PUT("/protected/:id", hello)
		r.Fallback(problem.NotFound, problem.MethodNotAllowed)
	})
	for _, test := range []struct {
		name, path, credentials string
		status                  int
		allow                   string
	}{
		{"the root", "/", "", 204, "GET, HEAD, OPTIONS"},
		{"an unknown path", "/nowhere", "", 404, ""},
		{"a protected path, to anonymous callers", "/protected/1", "", 401, ""},
		{"a protected path, to authenticated callers", "/protected/1", "/", 204, "OPTIONS, PUT"},
	} {
		got := call("OPTIONS", test.path, test.credentials)
		if allow := sorted(got.header.Values("Allow")); got.status != test.status || allow != test.allow || test.status == 204 && got.body != "" {
			t.Errorf("%s: got %d %q and Allow %q", test.name, got.status, got.body, allow)
		}
	}
}

// sorted returns the members of a list header in order.
func sorted(values []string) string {
	members := strings.FieldsFunc(strings.Join(values, ","), func(c rune) bool { return c == ',' || c == ' ' })
	slices.Sort(members)
	return strings.Join(members, ", ")
}
