package devidp_test

import (
	"net/http"
	"testing"
)

func TestCORS(t *testing.T) {
	p := serve(t)
	open := map[string]string{"/token": "POST", "/revoke": "POST", "/device_authorization": "POST", "/userinfo": "GET",
		"/jwks": "GET", "/.well-known/openid-configuration": "GET", "/.well-known/oauth-authorization-server": "GET"}
	for path, method := range open {
		for origin, want := range map[string]bool{
			api:                          true,
			"https://idle.example.com":   true,
			"https://app.example.com":    false, // of a confidential client
			"http://127.0.0.1:53682":     false, // of a program, not of a page
			"http://localhost:8081":      false,
			"http://localhost:8080.evil": false,
			"https://localhost:8080":     false,
			"null":                       false,
			"":                           false,
		} {
			for _, m := range []string{method, "OPTIONS"} {
				got := p.send(m, path, http.Header{"Origin": {origin}, "Access-Control-Request-Method": {method},
					"Access-Control-Request-Headers": {"authorization,content-type,x-requested-with"}}, "")
				checkCORS(t, got, m, path, origin, want)
			}
		}
	}
	for _, path := range []string{"/authorize", "/login", "/introspect", "/device", "/"} {
		got := p.send("OPTIONS", path, http.Header{"Origin": {api}}, "")
		if got.StatusCode != 405 || got.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: got %d, want 405 and no CORS", path, got.StatusCode)
		}
	}
}

func checkCORS(t *testing.T, got reply, method, path, origin string, allowed bool) {
	t.Helper()
	want := ""
	if allowed {
		want = origin
	}
	if h := got.Header.Get("Access-Control-Allow-Origin"); h != want {
		t.Errorf("%s %s from %q: allows %q, want %q", method, path, origin, h, want)
	}
	if got.Header.Get("Vary") != "Origin" || got.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%s %s from %q: got %v", method, path, origin, got.Header)
	}
	if method != "OPTIONS" {
		return
	}
	headers := got.Header.Get("Access-Control-Allow-Headers")
	if allowed && (got.StatusCode != 204 || headers != "authorization, content-type, x-requested-with") {
		t.Errorf("preflight of %s: got %d %v", path, got.StatusCode, got.Header)
	}
	if !allowed && (got.StatusCode != 405 || headers != "") {
		t.Errorf("preflight of %s from %q: got %d %q", path, origin, got.StatusCode, headers)
	}
}
