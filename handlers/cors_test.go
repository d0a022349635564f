package handlers_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
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
				if test.allowed && !(strings.Contains(exposed, "Www-Authenticate") && strings.Contains(exposed, "Etag")) {
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

func TestCORSIsOffByDefault(t *testing.T) {
	api := apitest.Start(t)
	r := api.Call(t, "", "OPTIONS /healthz", "", "Origin: https://app.example.com", "Access-Control-Request-Method: GET")
	if allow := r.Header.Get("Allow"); r.Status != 204 || allow != "GET, HEAD" && allow != "HEAD, GET" {
		t.Errorf("got %d and Allow %q", r.Status, allow)
	}
	for header := range r.Header {
		if strings.HasPrefix(header, "Access-Control-") {
			t.Errorf("there is a header %s", header)
		}
	}
}

// TestPreflightsAreLoggedAndCounted has one that is allowed, and one that is not. Neither shows which routes exist.
func TestPreflightsAreLoggedAndCounted(t *testing.T) {
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
	if want := `http_requests_total{method="OPTIONS",route="other",status="204"} 2`; !strings.Contains(exposition(t, api), want) {
		t.Errorf("the metrics have no %s", want)
	}
}
