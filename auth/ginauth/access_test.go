package ginauth_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"github.com/gin-gonic/gin"
)

// declareAccess makes one route of every kind.
func declareAccess(_ *gin.Engine, r *ginauth.Router) {
	r.Public().GET("/open", open)
	r.Optional().GET("/optional", hello)
	r.Optional().Require("a").GET("/narrowed", hello)
	r.Require().GET("/me", hello)
	r.Require("a", "b").GET("/both", hello)
	r.Require("a").Role("x", "y").GET("/roles", hello)
	r.Require().ACR("2", "3").GET("/acr", hello)
	r.Require().ACR("3").GET("/stronger", hello)
	r.Require().MaxAge(2*time.Hour).GET("/recent", hello)
	r.Require().MaxAge(2*time.Hour).MaxAge(time.Minute).GET("/fresh", hello)

	group := r.Group("/group").Require("a")
	group.GET("", hello)
	group.Require("b").GET("/narrower", hello)
	group.Group("/deep").Role("x").GET("/narrowest", hello)
	group.GET("/after", hello)
}

func TestRoutesEnforceTheirDeclaration(t *testing.T) {
	call := serve(t, declareAccess)
	for _, test := range []struct {
		name, path, credentials, want string
		status                        int
	}{
		{"a public route accepts anonymous callers", "/open", "", "open", 200},
		{"a public route reads no credentials", "/open", "forged", "open", 200},
		{"an optional route has no caller for an anonymous one", "/optional", "", "anonymous", 200},
		{"an optional route has the caller of a valid token", "/optional", "a", "alice", 200},
		{"an optional route rejects invalid credentials", "/optional", "forged", "signature-invalid", 401},
		{"an optional route that requires a scope is protected", "/narrowed", "", "credentials-missing", 401},
		{"a route without scopes rejects anonymous callers", "/me", "", "credentials-missing", 401},
		{"a route without scopes rejects invalid credentials", "/me", "forged", "signature-invalid", 401},
		{"a route without scopes accepts any valid token", "/me", "/", "alice", 200},
		{"one of two scopes is not enough", "/both", "a", "scope-insufficient", 403},
		{"the other of two scopes is not enough", "/both", "b", "scope-insufficient", 403},
		{"both of two scopes are enough", "/both", "b c a", "alice", 200},
		{"a scope is compared as a whole", "/both", "ab", "scope-insufficient", 403},
		{"a role is no scope", "/both", "/a b", "scope-insufficient", 403},
		{"one of two roles is not enough", "/roles", "a/x", "access-denied", 403},
		{"both of two roles are enough", "/roles", "a/x y", "alice", 200},
		{"a scope is no role", "/roles", "a x y", "access-denied", 403},
		{"missing credentials come before missing roles", "/roles", "", "credentials-missing", 401},
		{"one of the classes of sign-in is enough", "/acr", "/", "alice", 200},
		{"another class of sign-in is not enough", "/stronger", "/", "step-up-required", 401},
		{"a sign-in that is recent enough is accepted", "/recent", "/", "alice", 200},
		{"the shorter of two ages counts", "/fresh", "/", "step-up-required", 401},
		{"a group requires its scope", "/group", "b", "scope-insufficient", 403},
		{"a group accepts callers with its scope", "/group", "a", "alice", 200},
		{"a narrower route still requires the group's scope", "/group/narrower", "b", "scope-insufficient", 403},
		{"a narrower route requires its own scope too", "/group/narrower", "a", "scope-insufficient", 403},
		{"a narrower route accepts callers with both", "/group/narrower", "a b", "alice", 200},
		{"a nested group still requires the outer scope", "/group/deep/narrowest", "/x", "scope-insufficient", 403},
		{"a nested group requires its role", "/group/deep/narrowest", "a", "access-denied", 403},
		{"a nested group accepts callers with all", "/group/deep/narrowest", "a/x", "alice", 200},
		{"narrowing does not change later routes", "/group/after", "a", "alice", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			get := call(http.MethodGet, test.path, test.credentials)
			if get.status != test.status || get.body != test.want {
				t.Errorf("GET responds %d %q, want %d %q", get.status, get.body, test.status, test.want)
			}
			head := call(http.MethodHead, test.path, test.credentials)
			if head.status != test.status || head.body != "" {
				t.Errorf("HEAD responds %d %q, want %d without a body", head.status, head.body, test.status)
			}
		})
	}
}

func TestEveryMethodIsGuarded(t *testing.T) {
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		public, required := r.Public(), r.Require("a")
		public.GET("/open", open)
		public.POST("/open", open)
		public.PUT("/open", open)
		public.PATCH("/open", open)
		public.DELETE("/open", open)
		required.GET("/closed", hello)
		required.POST("/closed", hello)
		required.PUT("/closed", hello)
		required.PATCH("/closed", hello)
		required.DELETE("/closed", hello)
	})
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		t.Run(method, func(t *testing.T) {
			for _, test := range []struct {
				path, credentials string
				status            int
			}{
				{"/open", "", 200}, {"/closed", "", 401}, {"/closed", "forged", 401}, {"/closed", "b", 403}, {"/closed", "a", 200},
			} {
				if got := call(method, test.path, test.credentials); got.status != test.status {
					t.Errorf("%s with %q responds %d, want %d", test.path, test.credentials, got.status, test.status)
				}
			}
		})
	}
}

func TestErrorsAreWrittenOnce(t *testing.T) {
	never := func(c *gin.Context, _ *auth.Principal) error {
		t.Error("a rejected request reached its handler")
		return nil
	}
	broken := errors.New("broken")
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		r.Public().GET("/public", func(*gin.Context) error { return broken })
		r.Require().GET("/required", func(*gin.Context, *auth.Principal) error { return broken })
		r.Require("a").GET("/rejected", never)
	})
	for _, test := range []struct {
		name, path, credentials, want string
	}{
		{"of a public handler", "/public", "", "broken"},
		{"of a handler", "/required", "a", "broken"},
		{"of credentials", "/rejected", "forged", "signature-invalid"},
		{"of a requirement", "/rejected", "b", "scope-insufficient"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(http.MethodGet, test.path, test.credentials)
			if got.body != test.want || len(got.header.Values("Failed")) != 1 {
				t.Errorf("responds %q, written %d times; want %q once", got.body, len(got.header.Values("Failed")), test.want)
			}
		})
	}
}
