package handlers_test

import (
	"context"
	"errors"
	"testing"

	"example.com/gatehouse/handlers/apitest"
)

func TestEveryResponseHasSecurityHeaders(t *testing.T) {
	api := apitest.Start(t, onGet(func(context.Context) error { return errors.New("broken") }))
	alice := api.Token("alice", "items:read items:write")
	line, item := api.Example(t, alice, "POST /items")
	for name, r := range map[string]*apitest.Response{
		"success":           api.Call(t, "", "GET /healthz", ""),
		"a created item":    api.Call(t, alice, line, item),
		"a rejection":       api.Call(t, "", "GET /me", ""),
		"a missing scope":   api.Call(t, api.Token("alice", ""), "GET /items", ""),
		"an unknown path":   api.Call(t, "", "GET /nowhere", ""),
		"an unknown method": api.Call(t, "", "POST /healthz", ""),
		"a bad body":        api.Call(t, alice, "POST /items", `{`),
		"an internal error": api.Call(t, alice, "GET /items/1", ""),
	} {
		t.Run(name, func(t *testing.T) {
			for header, want := range map[string]string{
				"Cache-Control":             "no-store",
				"Content-Security-Policy":   "default-src 'none'; frame-ancestors 'none'",
				"Referrer-Policy":           "no-referrer",
				"X-Content-Type-Options":    "nosniff",
				"Strict-Transport-Security": "max-age=31536000",
				"Server":                    "",
				"X-Powered-By":              "",
			} {
				if got := r.Header.Get(header); got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestOnlyAnHTTPSAPISetsHSTS(t *testing.T) {
	api := apitest.Start(t, apitest.Env("PUBLIC_URL=http://localhost:8080"))
	if got := api.Call(t, "", "GET /healthz", "").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without https the header is %q", got)
	}
}
