package handlers_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

func TestCallersAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("RATE_LIMIT=2", "CORS_ORIGINS=https://app.example.com"))
		api.Router().Require().Hidden().Limit(1, time.Hour).POST("/a-report", func(c *gin.Context, _ *auth.Principal) error {
			c.Status(202)
			return nil
		})
		alice, bob := api.Token("alice", "items:read"), api.Token("bob", "items:read")
		api.Call(t, alice, "GET /items", "").WantStatus(t, 200)
		api.Call(t, alice, "GET /items/1", "").WantStatus(t, 404)
		r := api.Call(t, alice, "GET /me", "", "Origin: https://app.example.com")
		r.WantProblem(t, problem.RateLimited, `"retry_after":30`)
		for name, want := range map[string]string{
			"Retry-After": "30", "RateLimit-Policy": `"default";q=2;w=60`, "RateLimit": `"default";r=0;t=30`,
			"Access-Control-Expose-Headers": "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		api.Call(t, bob, "GET /me", "").WantStatus(t, 200)
		api.Call(t, alice, "POST /a-report", "").WantStatus(t, 202)
		api.Call(t, alice, "POST /a-report", "").WantProblem(t, problem.RateLimited, `"retry_after":3600`)
		for range 10 { // anonymous, without credentials, without a route, and a probe
			api.Call(t, "", "GET /items", "").WantStatus(t, 401)
			api.Call(t, bob, "GET /nowhere", "").WantStatus(t, 404)
			api.Call(t, "", "GET /readyz", "").WantStatus(t, 200)
		}
		time.Sleep(30 * time.Second)
		api.Call(t, alice, "GET /me", "").WantStatus(t, 200)
	})
}

// TestTheLimitIsAsItsDocumentSays waits whenever a caller is limited, which takes no time.
func TestTheLimitIsAsItsDocumentSays(t *testing.T) {
	for _, variables := range [][]string{{"DOCS=on", "RATE_LIMIT=10"}, {"DOCS=protected", "RATE_LIMIT=10", "FAILURE_LIMIT=1"}} {
		synctest.Test(t, func(t *testing.T) {
			api := apitest.New(t, apitest.Env(variables...))
			docstest.Audit(t, api, api.Issuer)
			if n := len(api.Log.Records(t, "request rejected")); !strings.Contains(api.Log.String(), `"code":"rate-limited"`) {
				t.Errorf("none of %d rejections is one for the limit", n)
			}
		})
	}
}

// TestAuditReportsLimits changes what the document says of a limit, or what the API does.
func TestAuditReportsLimits(t *testing.T) {
	type object = map[string]any
	for _, test := range []struct {
		name   string
		mutant mutant
		want   string
	}{
		{"another limit than documented", mutant{line: "GET /me", document: func(_, op object) {
			member(op, "responses", "200", "headers", "RateLimit-Policy").(object)["example"] = `"default";q=90;w=60`
		}}, `complete: header RateLimit-Policy: got "default";q=60;w=60, want "default";q=90;w=60`},
		{"a limit that is not documented", mutant{line: "GET /me", document: func(_, op object) {
			remove(op, "responses", "200", "headers", "RateLimit-Policy")
		}}, `complete: header RateLimit-Policy: got "default";q=60;w=60, want none`},
		{"a limit that is not enforced", mutant{line: "GET /healthz", document: func(doc, op object) {
			header := member(doc, "paths", "/me", "get", "responses", "200", "headers", "RateLimit-Policy")
			member(op, "responses", "200", "headers").(object)["RateLimit-Policy"] = header
		}}, "complete: header RateLimit-Policy: got none, want what is documented"},
		{"a rejection that is not documented", mutant{line: "GET /items/{id}", besides: "/items", document: func(_, op object) {
			remove(op, "responses", "429", "content", "application/problem+json", "examples", "rate-limited")
		}}, "code: got rate-limited, want one of too-many-failures"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.mutant.API = apitest.New(t, apitest.Env("DOCS=on", "RATE_LIMIT=60"))
				token := test.mutant.Issuer.Token()
				for range 60 {
					test.mutant.Call(t, token, "GET /me", "")
				}
				if got := strings.Join(audit(t, &test.mutant), "\n"); !strings.Contains(got, test.want) {
					t.Errorf("got\n%s\nwant one with\n%s", got, test.want)
				}
			})
		})
	}
}
