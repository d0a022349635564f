package handlers_test

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestCORSAllowsConfiguredOriginsOnly(t *testing.T) {
	const app = "https://app.example.com"
	api := apitest.Start(t, apitest.Env("CORS_ORIGINS="+app+",http://localhost:3000"))
	for _, test := range []struct {
		name, origin string
		allowed      bool
	}{
		{"an allowed origin", app, true},
		{"another allowed origin", "http://localhost:3000", true},
		{"no origin", "", false},
		{"another scheme", "http://app.example.com", false},
		{"another port", "https://app.example.com:444", false},
		{"a subdomain", "https://x.app.example.com", false},
		{"a domain that begins with an allowed one", "https://app.example.com.evil.example", false},
		{"a domain that ends with an allowed one", "https://evil-app.example.com", false},
		{"the API itself", apitest.PublicURL, false},
		{"null", "null", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := ""
			if test.allowed {
				want = test.origin
			}
			for _, line := range []string{"GET /healthz", "GET /me", "GET /nowhere"} {
				r := api.Call(t, "", line, "", "Origin: "+test.origin)
				wantAllowedOrigin(t, r, want)
				exposed := r.Header.Get("Access-Control-Expose-Headers")
				if test.allowed && exposed != "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id" {
					t.Errorf("%s exposes %q", line, exposed)
				}
			}
			r := api.Call(t, "", "OPTIONS /items", "", "Origin: "+test.origin, "Access-Control-Request-Method: DELETE",
				"Access-Control-Request-Headers: authorization,content-type,if-match,traceparent")
			wantAllowedOrigin(t, r, want)
			methods, headers := r.Header.Get("Access-Control-Allow-Methods"), r.Header.Get("Access-Control-Allow-Headers")
			if test.allowed != (r.Status == 204 && methods == "DELETE" && strings.Contains(headers, "authorization") && strings.Contains(headers, "if-match") && strings.Contains(headers, "traceparent")) {
				t.Errorf("the preflight returns %d, methods %q and headers %q", r.Status, methods, headers)
			}
		})
	}
}

// wantAllowedOrigin fails the test unless the response allows this origin and no other, and never cookies.
func wantAllowedOrigin(t *testing.T, r *apitest.Response, origin string) {
	t.Helper()
	if got := r.Header.Get("Access-Control-Allow-Origin"); got != origin {
		t.Errorf("%d allows the origin %q, want %q", r.Status, got, origin)
	}
	if !strings.Contains(strings.Join(r.Header.Values("Vary"), ","), "Origin") {
		t.Errorf("%d has Vary %q", r.Status, r.Header.Values("Vary"))
	}
	if r.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Error("cookies are allowed")
	}
}

func TestCORSAllowsAppsAndExtensions(t *testing.T) {
	for _, origin := range []string{
		"capacitor://localhost", "ionic://localhost", "tauri://localhost", "https://tauri.localhost", "app://com.example.notes",
		"chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
		"safari-web-extension://9A9B6A2C-0B0C-4E53-8C6B-0C5B5E0B7D11",
	} {
		t.Run(origin, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env("CORS_ORIGINS="+origin))
			wantAllowedOrigin(t, api.Call(t, "", "GET /me", "", "Origin: "+origin), origin)
			wantAllowedOrigin(t, api.Call(t, "", "OPTIONS /items", "", "Origin: "+origin, "Access-Control-Request-Method: GET"), origin)
			wantAllowedOrigin(t, api.Call(t, "", "GET /me", "", "Origin: "+origin+".evil.example"), "")
			wantAllowedOrigin(t, api.Call(t, "", "GET /me", "", "Origin: null"), "")
		})
	}
}

func TestPreflightsAllowKnownHeaders(t *testing.T) {
	const origin = "https://app.example.com"
	api := apitest.Start(t, apitest.Env("CORS_ORIGINS="+origin, "CORS_HEADERS=Baggage, sentry-trace,Idempotency-Key"))
	for _, test := range []struct {
		name, headers string
		allowed       string // what the response allows; empty for nothing
		reason        string
	}{
		{"what the API reads", "authorization,content-type,if-match,if-none-match,traceparent,tracestate",
			"authorization,content-type,if-match,if-none-match,traceparent,tracestate", ""},
		{"what CORS_HEADERS adds", "authorization,baggage,idempotency-key,sentry-trace", "authorization,baggage,idempotency-key,sentry-trace", ""},
		{"by hand, in another order and case", "Content-Type, Authorization, Baggage", "authorization,baggage,content-type", ""},
		{"one that is not known", "authorization,x-tenant", "", "CORS_HEADERS does not have x-tenant"},
		{"several that are not known", "X-B,authorization,x-a", "", "CORS_HEADERS does not have x-a, x-b"},
		{"an asterisk", "*", "", "CORS_HEADERS does not have *"},
	} {
		t.Run(test.name, func(t *testing.T) {
			api.Log.Reset()
			r := api.Call(t, "", "OPTIONS /items", "", "Origin: "+origin, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: "+test.headers)
			if got := r.Header.Get("Access-Control-Allow-Headers"); r.Status != 204 || got != test.allowed {
				t.Errorf("got %d with %q, want %q", r.Status, got, test.allowed)
			}
			wantPreflightRejection(t, api, r, origin, test.reason)
		})
	}
}

// wantPreflightRejection fails the test unless the log says why the preflight was rejected: for no reason, nothing.
func wantPreflightRejection(t *testing.T, api *apitest.API, r *apitest.Response, origin, reason string) {
	t.Helper()
	records := api.Log.Records(t, "preflight rejected")
	if reason == "" {
		if len(records) > 0 {
			t.Errorf("the log has %v", records)
		}
		return
	}
	if len(records) != 1 || records[0]["origin"] != origin || records[0]["reason"] != reason || records[0]["request_id"] != r.Header.Get("X-Request-Id") {
		t.Errorf("the log has %v, want %s with the reason %s", records, origin, reason)
	}
}

func TestRejectedPreflightsAreInTheLog(t *testing.T) {
	const app = "https://app.example.com"
	for _, test := range []struct{ name, origin, method, logged, reason string }{
		{"another origin", "https://app.example.org", "GET", "https://app.example.org", "CORS_ORIGINS does not have the origin"},
		{"no page", "null", "GET", "null", "CORS_ORIGINS does not have the origin"},
		{"a long origin", "https://" + strings.Repeat("a", 5000), "GET", "https://" + strings.Repeat("a", 291) + "…", "CORS_ORIGINS does not have the origin"},
		{"control characters", "https://a\u0085\u202eb", "GET", `https://a\u0085\u202eb`, "CORS_ORIGINS does not have the origin"},
		{"an invented method", app, "BREW", app, "no route has the method BREW"},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env("CORS_ORIGINS="+app))
			r := api.Call(t, "", "OPTIONS /items", "", "Origin: "+test.origin, "Access-Control-Request-Method: "+test.method)
			wantAllowedOrigin(t, r, "")
			wantPreflightRejection(t, api, r, test.logged, test.reason)
			if requests := api.Log.Records(t, "request"); len(requests) != 1 || requests[0]["method"] != "OPTIONS" || requests[0]["status"] != 204.0 {
				t.Errorf("the request log has %v", requests)
			}
		})
	}
}

func TestAFloodOfPreflightsDoesNotFloodTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("CORS_ORIGINS=https://app.example.com"))
		for range 100 {
			api.Call(t, "", "OPTIONS /items", "", "Origin: https://evil.example.com", "Access-Control-Request-Method: GET")
		}
		if n := len(api.Log.Records(t, "preflight rejected")); n != 10 {
			t.Errorf("the log has %d entries", n)
		}
	})
}

// A preflight must not say which paths exist, or which methods they have: it needs no credentials.
func TestPreflightsAreTheSameForEveryPath(t *testing.T) {
	const app = "https://app.example.com"
	api := apitest.Start(t, apitest.Env("CORS_ORIGINS="+app))
	for _, origin := range []string{app, "https://evil.example.com"} {
		var first string
		for _, path := range []string{"/items", "/items/1", "/nowhere", "/admin/items", "/"} {
			r := api.Call(t, "", "OPTIONS "+path, "", "Origin: "+origin, "Access-Control-Request-Method: DELETE")
			r.Header.Del("X-Request-Id")
			r.Header.Del("Date")
			got := fmt.Sprint(r.Status, r.Header, r.Body)
			if first = cmp.Or(first, got); got != first {
				t.Errorf("%s returns %s, want %s", path, got, first)
			}
		}
	}
}

func TestCORSIsOffByDefault(t *testing.T) {
	api := apitest.Start(t)
	r := api.Call(t, "", "OPTIONS /healthz", "", "Origin: https://app.example.com", "Access-Control-Request-Method: GET")
	r.WantStatus(t, http.StatusNoContent)
	for header := range r.Header {
		if strings.HasPrefix(header, "Access-Control-") {
			t.Errorf("there is a header %s", header)
		}
	}
	api.Call(t, "", "OPTIONS /items", "", "Origin: https://app.example.com", "Access-Control-Request-Method: GET").
		WantProblem(t, problem.CredentialsMissing)
}

// TestPreflightsAreLogged has one that is allowed, and one that is not. Neither shows which routes exist.
func TestPreflightsAreLogged(t *testing.T) {
	api := apitest.New(t, apitest.Env("CORS_ORIGINS=https://app.example.com"))
	for _, origin := range []string{"https://app.example.com", "https://evil.example"} {
		r := api.Call(t, "", "OPTIONS /items", "", "Origin: "+origin, "Access-Control-Request-Method: POST")
		if r.Status != 204 || r.Header.Get("X-Request-Id") == "" || r.Header.Get("Allow") != "" {
			t.Errorf("%s gets %d with %v", origin, r.Status, r.Header)
		}
	}
	records := api.Log.Records(t, "request")
	if len(records) != 2 || records[0]["method"] != "OPTIONS" || records[0]["path"] != "/items" || records[0]["status"] != 204.0 || records[0]["level"] != "INFO" {
		t.Errorf("the log has %v", records)
	}
}
