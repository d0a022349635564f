package handlers_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// newItem creates an item and returns its path.
func newItem(t *testing.T, api *apitest.API, token string) string {
	t.Helper()
	line, body := api.Example(t, token, "POST /items")
	return api.Call(t, token, line, body).WantStatus(t, 201).Header.Get("Location")
}

func TestUnmatchedRequestsGetProblems(t *testing.T) {
	api := apitest.Start(t)
	alice := api.Token("alice", "items:read items:write")
	item := newItem(t, api, alice)
	for _, test := range []struct {
		name, token, line string
		want              *problem.Type
		allow             string
	}{
		{"an unknown path", "", "GET /nowhere", problem.NotFound, ""},
		{"an unknown path, for a caller", alice, "GET /nowhere", problem.NotFound, ""},
		{"a public path with an added slash", "", "GET /healthz/", problem.NotFound, ""},
		{"a public path in capitals", "", "GET /Healthz", problem.NotFound, ""},
		{"a list with an added slash", alice, "GET /items/", problem.NotFound, ""},
		{"an item with an added slash", alice, "GET " + item + "/", problem.NotFound, ""},
		{"a slash in an identifier", alice, "GET /items/a%2Fb", problem.NotFound, ""},
		{"an encoded slash in a route", alice, "GET /me%2Fprofile", problem.NotFound, ""},
		{"an encoded letter in a route", alice, "GET /%6De", problem.NotFound, ""},
		{"an encoded letter in a route, for an anonymous caller", "", "GET /%6De", problem.CredentialsMissing, ""},
		{"two slashes", alice, "GET //items", problem.NotFound, ""},
		{"an anonymous caller does not learn which paths are below items", "", "GET /items/1/2", problem.CredentialsMissing, ""},
		{"an anonymous caller does not learn which paths are below admin", "", "GET /admin", problem.CredentialsMissing, ""},
		{"an anonymous caller does not learn the methods of items", "", "PATCH /items", problem.CredentialsMissing, ""},
		{"an anonymous caller does not learn about an added slash", "", "GET /items/", problem.CredentialsMissing, ""},
		{"a method that a public path does not have", "", "POST /healthz", problem.MethodNotAllowed, "GET, HEAD"},
		{"a method that the root does not have", "", "DELETE /", problem.MethodNotAllowed, "GET, HEAD"},
		{"a method that a list does not have", alice, "DELETE /items", problem.MethodNotAllowed, "GET, HEAD, POST"},
		{"a method that an item does not have", alice, "POST " + item, problem.MethodNotAllowed, "DELETE, GET, HEAD, PATCH, PUT"},
		{"OPTIONS without a preflight, for an anonymous caller", "", "OPTIONS /me", problem.CredentialsMissing, ""},
		{"OPTIONS of an unknown path", "", "OPTIONS /nowhere", problem.NotFound, ""},
		{"an invented method", "", "BREW /healthz", problem.MethodNotImplemented, ""},
		{"an invented method at a protected path", "", "BREW /items", problem.MethodNotImplemented, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := api.Call(t, test.token, test.line, "")
			r.WantProblem(t, test.want)
			allow := strings.Split(r.Header.Get("Allow"), ", ")
			slices.Sort(allow)
			if got := strings.Join(allow, ", "); got != test.allow {
				t.Errorf("Allow is %q, want %q", got, test.allow)
			}
		})
	}
}

func TestOPTIONSNamesTheMethodsOfAPath(t *testing.T) {
	for name, option := range map[string]apitest.Option{"without CORS": apitest.Env(), "with CORS": apitest.Env("CORS_ORIGINS=https://app.example.com")} {
		t.Run(name, func(t *testing.T) {
			api := apitest.Start(t, option)
			alice := api.Token("alice", "items:read items:write")
			for path, want := range map[string]string{
				"/": "GET, HEAD, OPTIONS", "/healthz": "GET, HEAD, OPTIONS", "/items": "GET, HEAD, OPTIONS, POST",
				"/items/1": "DELETE, GET, HEAD, OPTIONS, PATCH, PUT",
			} {
				r := api.Call(t, alice, "OPTIONS "+path, "")
				allow := strings.Split(r.Header.Get("Allow"), ", ")
				slices.Sort(allow)
				if got := strings.Join(allow, ", "); r.Status != 204 || r.Body != "" || got != want {
					t.Errorf("%s returns %d %s with Allow: %q, want 204 with %q", path, r.Status, r.Body, got, want)
				}
			}
		})
	}
}

func TestHEADReturnsTheHeadersOfGET(t *testing.T) {
	api := apitest.Start(t)
	alice := api.Token("alice", "items:read items:write")
	item := newItem(t, api, alice)
	for _, path := range []string{"/", "/healthz", "/readyz", "/me", "/items", item, "/items/none", "/nowhere"} {
		for name, token := range map[string]string{"a caller": alice, "an anonymous caller": ""} {
			t.Run(name+" at "+path, func(t *testing.T) {
				get, head := api.Call(t, token, "GET "+path, ""), api.Call(t, token, "HEAD "+path, "")
				for _, r := range []*apitest.Response{get, head} {
					r.Header = maps.Clone(r.Header)
					r.Header.Del("X-Request-Id")
					r.Header.Del("Date")
				}
				if head.Body != "" || head.Status != get.Status || fmt.Sprint(head.Header) != fmt.Sprint(get.Header) {
					t.Errorf("GET returns\n%d %v\nand HEAD\n%d %v %s", get.Status, get.Header, head.Status, head.Header, head.Body)
				}
			})
		}
	}
}

func TestEveryScopeOfARouteIsDescribed(t *testing.T) {
	described := map[string]bool{}
	for _, scope := range handlers.Scopes() {
		described[scope.Name] = scope.Description != ""
	}
	for _, route := range apitest.New(t).Table() {
		for _, scope := range route.Requirement.Scopes {
			if !described[scope] {
				t.Errorf("%s %s requires %q, which Scopes does not describe", route.Method, route.Path, scope)
			}
		}
	}
}

// TestASlashAtTheEndIsNamedWhereThereIsOne sends a path without one after it: the errors of the fallback are shared.
func TestASlashAtTheEndIsNamedWhereThereIsOne(t *testing.T) {
	api := apitest.New(t)
	for _, test := range []struct {
		path string
		want *problem.Variant
	}{{"/nowhere/", problem.SlashAtEnd}, {"/nowhere", problem.RouteAbsent}, {"//nowhere", problem.RouteAbsent}} {
		api.Call(t, "", "GET "+test.path, "").WantProblem(t, test.want)
	}
}
