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

func TestARouteLetsInWhomItDeclares(t *testing.T) {
	call := serve(t, declareAccess)
	for _, test := range []struct {
		name, path, credentials, want string
		status                        int
	}{
		{"a public route lets in a stranger", "/open", "", "open", 200},
		{"a public route reads no credentials", "/open", "forged", "open", 200},
		{"an optional route gives a stranger no caller", "/optional", "", "stranger", 200},
		{"an optional route gives a caller its name", "/optional", "a", "alice", 200},
		{"an optional route refuses credentials that fail", "/optional", "forged", "signature-invalid", 401},
		{"an optional route that requires a scope is optional no more", "/narrowed", "", "credentials-missing", 401},
		{"a route without scopes refuses a stranger", "/me", "", "credentials-missing", 401},
		{"a route without scopes refuses credentials that fail", "/me", "forged", "signature-invalid", 401},
		{"a route without scopes lets in any caller", "/me", "/", "alice", 200},
		{"one of two scopes is not enough", "/both", "a", "scope-insufficient", 403},
		{"the other of two scopes is not enough", "/both", "b", "scope-insufficient", 403},
		{"both of two scopes are enough", "/both", "b c a", "alice", 200},
		{"a scope is compared as a whole", "/both", "ab", "scope-insufficient", 403},
		{"a role is no scope", "/both", "/a b", "scope-insufficient", 403},
		{"one of two roles is not enough", "/roles", "a/x", "access-denied", 403},
		{"both of two roles are enough", "/roles", "a/x y", "alice", 200},
		{"a scope is no role", "/roles", "a x y", "access-denied", 403},
		{"a missing scope is told before a missing role", "/roles", "", "credentials-missing", 401},
		{"one of the classes of sign-in is enough", "/acr", "/", "alice", 200},
		{"another class of sign-in is not enough", "/stronger", "/", "step-up-required", 401},
		{"a sign-in that is recent enough is let in", "/recent", "/", "alice", 200},
		{"the shorter of two ages counts", "/fresh", "/", "step-up-required", 401},
		{"a group asks for its scope", "/group", "b", "scope-insufficient", 403},
		{"a group lets in who has its scope", "/group", "a", "alice", 200},
		{"a narrower route still asks for the group's scope", "/group/narrower", "b", "scope-insufficient", 403},
		{"a narrower route asks for its own scope too", "/group/narrower", "a", "scope-insufficient", 403},
		{"a narrower route lets in who has both", "/group/narrower", "a b", "alice", 200},
		{"a nested group still asks for the outer scope", "/group/deep/narrowest", "/x", "scope-insufficient", 403},
		{"a nested group asks for its role", "/group/deep/narrowest", "a", "access-denied", 403},
		{"a nested group lets in who has all", "/group/deep/narrowest", "a/x", "alice", 200},
		{"narrowing leaves the routes declared later as they were", "/group/after", "a", "alice", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			get := call(http.MethodGet, test.path, test.credentials)
			if get.status != test.status || get.body != test.want {
				t.Errorf("GET answers %d %q, want %d %q", get.status, get.body, test.status, test.want)
			}
			head := call(http.MethodHead, test.path, test.credentials)
			if head.status != test.status || head.body != "" {
				t.Errorf("HEAD answers %d %q, want %d without a body", head.status, head.body, test.status)
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
					t.Errorf("%s with %q answers %d, want %d", test.path, test.credentials, got.status, test.status)
				}
			}
		})
	}
}

func TestAnErrorIsAnsweredOnce(t *testing.T) {
	never := func(c *gin.Context, _ *auth.Principal) error {
		t.Error("a refused request reached its handler")
		return nil
	}
	broken := errors.New("broken")
	call := serve(t, func(_ *gin.Engine, r *ginauth.Router) {
		r.Public().GET("/public", func(*gin.Context) error { return broken })
		r.Require().GET("/required", func(*gin.Context, *auth.Principal) error { return broken })
		r.Require("a").GET("/refused", never)
	})
	for _, test := range []struct {
		name, path, credentials, want string
	}{
		{"of a public handler", "/public", "", "broken"},
		{"of a handler", "/required", "a", "broken"},
		{"of credentials", "/refused", "forged", "signature-invalid"},
		{"of a requirement", "/refused", "b", "scope-insufficient"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := call(http.MethodGet, test.path, test.credentials)
			if got.body != test.want || len(got.header.Values("Failed")) != 1 {
				t.Errorf("answers %q, written %d times; want %q once", got.body, len(got.header.Values("Failed")), test.want)
			}
		})
	}
}
