package handlers_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func TestScriptsOfAllowedOriginsMayCall(t *testing.T) {
	const app = "https://app.example.com"
	s := serve(t, func(c *handlers.Config) { c.Origins = []string{app, "http://localhost:3000"} })
	for _, test := range []struct {
		name, origin string
		allowed      bool
	}{
		{"an allowed one", app, true},
		{"another allowed one", "http://localhost:3000", true},
		{"none", "", false},
		{"another scheme", "http://app.example.com", false},
		{"another port", "https://app.example.com:444", false},
		{"a subdomain", "https://x.app.example.com", false},
		{"a domain that begins like it", "https://app.example.com.evil.example", false},
		{"a domain that ends like it", "https://evil-app.example.com", false},
		{"the API itself", origin, false},
		{"null", "null", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := ""
			if test.allowed {
				want = test.origin
			}
			for _, line := range []string{"GET /healthz", "GET /me", "GET /nowhere"} {
				request := s.request(t, "", line, nil)
				request.Header.Set("Origin", test.origin)
				r := send(t, request)
				wantAllowed(t, r, want)
				exposed := r.header.Get("Access-Control-Expose-Headers")
				if test.allowed && !(strings.Contains(exposed, "Www-Authenticate") && strings.Contains(exposed, "Etag")) {
					t.Errorf("%s exposes %q", line, exposed)
				}
			}
			preflight := s.request(t, "", "OPTIONS /items", nil)
			preflight.Header.Set("Origin", test.origin)
			preflight.Header.Set("Access-Control-Request-Method", "DELETE")
			preflight.Header.Set("Access-Control-Request-Headers", "authorization,content-type,if-match,traceparent")
			r := send(t, preflight)
			wantAllowed(t, r, want)
			methods, headers := r.header.Get("Access-Control-Allow-Methods"), r.header.Get("Access-Control-Allow-Headers")
			if test.allowed != (r.status == 204 && methods == "DELETE" && strings.Contains(headers, "authorization") && strings.Contains(headers, "if-match") && strings.Contains(headers, "traceparent")) {
				t.Errorf("the preflight is answered with %d, methods %q and headers %q", r.status, methods, headers)
			}
		})
	}
}

// wantAllowed fails unless the answer allows this origin and no other, and never with cookies.
func wantAllowed(t *testing.T, r answer, origin string) {
	t.Helper()
	if got := r.header.Get("Access-Control-Allow-Origin"); got != origin {
		t.Errorf("%d allows the origin %q, want %q", r.status, got, origin)
	}
	if !strings.Contains(strings.Join(r.header.Values("Vary"), ","), "Origin") {
		t.Errorf("%d has Vary %q", r.status, r.header.Values("Vary"))
	}
	if r.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Error("cookies are allowed")
	}
}

func TestScriptsOfOtherOriginsMayNotCallUnlessToldSo(t *testing.T) {
	s := serve(t)
	request := s.request(t, "", "OPTIONS /healthz", nil)
	request.Header.Set("Origin", "https://app.example.com")
	request.Header.Set("Access-Control-Request-Method", "GET")
	r := send(t, request)
	r.wantProblem(t, problem.MethodNotAllowed, "")
	for header := range r.header {
		if strings.HasPrefix(header, "Access-Control-") {
			t.Errorf("there is a header %s", header)
		}
	}
}
