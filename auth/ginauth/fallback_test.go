package ginauth_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

var (
	errNotFound         = &problem.Type{Code: "not-found", Status: http.StatusNotFound}
	errMethodNotAllowed = &problem.Type{Code: "method-not-allowed", Status: http.StatusMethodNotAllowed}
)

func TestWhatNoRouteAnswers(t *testing.T) {
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		r.Use(mark("outer"))
		r.Optional().GET("/", hello)
		r.Public().GET("/open", open)
		r.Require("a").GET("/closed/:id", hello)
		r.Require("a").PUT("/closed/:id", hello)
		r.Require("a").GET("/mixed/closed", hello)
		r.Public().GET("/mixed/open", open)
		r.Optional().GET("/optional", hello)
		r.Fallback(errNotFound, errMethodNotAllowed)
	})
	for _, test := range []struct {
		name, method, path, credentials, want string
		status                                int
		allow                                 string
	}{
		{"an unknown path is not found", "GET", "/nowhere", "", "not-found", 404, ""},
		{"an unknown path reads no credentials", "GET", "/nowhere", "forged", "not-found", 404, ""},
		{"a path below a public one is not found", "GET", "/open/deeper", "", "not-found", 404, ""},
		{"another method of a public path is told", "POST", "/open", "", "method-not-allowed", 405, "GET, HEAD"},
		{"another method of an optional path is told", "POST", "/optional", "", "method-not-allowed", 405, "GET, HEAD"},
		{"another method of the root is told", "DELETE", "/", "", "method-not-allowed", 405, "GET, HEAD"},
		{"a stranger does not learn which paths are closed", "GET", "/closed/1/deeper", "", "credentials-missing", 401, ""},
		{"nor that the first segment alone is none", "GET", "/closed", "", "credentials-missing", 401, ""},
		{"nor that a trailing slash is none", "GET", "/closed/1/", "", "credentials-missing", 401, ""},
		{"a stranger does not learn which methods are closed", "POST", "/closed/1", "", "credentials-missing", 401, ""},
		{"nor does who sends credentials that fail", "POST", "/closed/1", "forged", "signature-invalid", 401, ""},
		{"an escaped path is no way around", "POST", "/%63losed/1", "", "credentials-missing", 401, ""},
		{"a caller learns which paths are closed", "GET", "/closed/1/deeper", "/", "not-found", 404, ""},
		{"a caller is not redirected", "GET", "/closed/1/", "/", "not-found", 404, ""},
		{"a caller learns which methods are closed", "POST", "/closed/1", "/", "method-not-allowed", 405, "GET, HEAD, PUT"},
		{"paths with a public neighbour are not found", "GET", "/mixed/other", "", "not-found", 404, ""},
		{"methods with a public neighbour are told", "POST", "/mixed/closed", "", "method-not-allowed", 405, "GET, HEAD"},
		{"two slashes are another path", "GET", "//closed/1", "", "not-found", 404, ""},
		{"case is another path", "GET", "/CLOSED/1", "", "not-found", 404, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(test.method, test.path, test.credentials)
			if got.status != test.status || got.body != test.want {
				t.Errorf("answers %d %q, want %d %q", got.status, got.body, test.status, test.want)
			}
			if allow := sorted(got.header.Values("Allow")); allow != test.allow {
				t.Errorf("Allow is %q, want %q", allow, test.allow)
			}
			if n := len(got.header.Values("Failed")); n != 1 {
				t.Errorf("the error was written %d times", n)
			}
			if got.header.Get("Seen") != "outer stranger" {
				t.Error("the middleware was left out")
			}
		})
	}
}

// sorted returns the members of a list header in order.
func sorted(values []string) string {
	members := strings.FieldsFunc(strings.Join(values, ","), func(c rune) bool { return c == ',' || c == ' ' })
	slices.Sort(members)
	return strings.Join(members, ", ")
}
