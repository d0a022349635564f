package devidp_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// inline matches what a policy without 'unsafe-inline' blocks.
var inline = regexp.MustCompile(`<script|<style|\s(style|on\w+)=`)

func TestPagesAreCompleteAndSecured(t *testing.T) {
	p := serve(t)
	device := p.startDevice().must(t)
	for _, target := range []string{"/", "/authorize?" + asDocs().Encode(), "/authorize", "/device", "/device?user_code=x",
		"/device?user_code=" + device.UserCode, "/end_session"} {
		t.Run(target, func(t *testing.T) {
			page := p.get(target)
			for _, want := range []string{"<!doctype html>", `<html lang="en">`, "<title>", "width=device-width", "<main>"} {
				if !strings.Contains(page.body, want) {
					t.Errorf("lacks %s: %s", want, page.body)
				}
			}
			if n := strings.Count(page.body, "<h1>"); n != 1 {
				t.Errorf("has %d headings, want 1", n)
			}
			if found := inline.FindString(page.body); found != "" {
				t.Errorf("contains %q, which the policy forbids: %s", found, page.body)
			}
			if strings.Contains(page.body, "service-secret") {
				t.Errorf("shows a secret: %s", page.body)
			}
			wantSecured(t, page)
		})
	}
}

func wantSecured(t *testing.T, page reply) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Type":               "text/html; charset=utf-8",
		"Cache-Control":              "no-store",
		"Referrer-Policy":            "same-origin",
		"X-Content-Type-Options":     "nosniff",
		"Cross-Origin-Opener-Policy": "",
	} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	policy := page.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %s", policy, want)
		}
	}
	if strings.Contains(policy, "form-action") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}

func TestPagesEscapeWhatTheyShow(t *testing.T) {
	p := serve(t)
	page := p.get("/authorize?" + asDocs("scope", "<script>alert(1)</script>", "state", `"><script>`).Encode())
	if page.StatusCode != 200 || strings.Contains(page.body, "<script") {
		t.Errorf("got %d %s", page.StatusCode, page.body)
	}
}

func TestIndexListsUsersAndClients(t *testing.T) {
	page := serve(t).get("/")
	for _, want := range []string{"alice", "bob", "docs", "cli", "service", `href="/.well-known/openid-configuration"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

func TestStyleAndIconAreServed(t *testing.T) {
	p := serve(t)
	if got := p.get("/pages/style.css"); got.StatusCode != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/css") {
		t.Errorf("style: got %d %v", got.StatusCode, got.Header)
	}
	if got := p.get("/favicon.ico"); got.StatusCode != 204 {
		t.Errorf("icon: got %d, want 204", got.StatusCode)
	}
	if got := p.log.String(); got != "" {
		t.Errorf("these requests are logged: %s", got)
	}
}

func TestMethodsAndPaths(t *testing.T) {
	p := serve(t)
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/token", 405, "POST"},
		{"PUT", "/token", 405, "POST"},
		{"GET", "/introspect", 405, "POST"},
		{"GET", "/revoke", 405, "POST"},
		{"GET", "/login", 405, "POST"},
		{"GET", "/device_authorization", 405, "POST"},
		{"POST", "/jwks", 405, "GET, HEAD"},
		{"DELETE", "/userinfo", 405, "GET, HEAD, POST"},
		{"PUT", "/authorize", 405, "GET, HEAD, POST"},
		{"DELETE", "/device", 405, "GET, HEAD, POST"},
		{"PATCH", "/end_session", 405, "GET, HEAD, POST"},
		{"POST", "/.well-known/openid-configuration", 405, "GET, HEAD"},
		{"GET", "/nowhere", 404, ""},
	} {
		got := p.send(tt.method, tt.path, nil, "")
		if got.StatusCode != tt.status || got.Header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: got %d, Allow %q", tt.method, tt.path, got.StatusCode, got.Header.Get("Allow"))
		}
	}
}

// With DNS rebinding, a hostile page would otherwise share the origin of the provider.
func TestOtherHostsAreMisdirected(t *testing.T) {
	p := serve(t)
	for host, want := range map[string]int{"localhost:9000": 200, "127.0.0.1": 200, "[::1]:9000": 200,
		"evil.example.com": 421, "evil.example.com:9000": 421, "localhost.evil.example.com": 421, "192.0.2.1": 421} {
		got := p.send("GET", "/authorize?"+asDocs().Encode(), http.Header{"Host": {host}}, "")
		if got.StatusCode != want {
			t.Errorf("%s: got %d, want %d", host, got.StatusCode, want)
		}
	}
}
