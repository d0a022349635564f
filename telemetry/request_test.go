package telemetry_test

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"github.com/google/uuid"
)

func TestOnlyAnAPIWithHTTPSKeepsBrowsersToIt(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.Origin = "http://localhost:8080" })
	if got := s.call(t, "", "GET /healthz", "").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without https the header is %q", got)
	}
}

func TestEveryResponseIsSecured(t *testing.T) {
	s := serve(t, func(c *handlers.Config) {
		c.Store = broken{c.Store, func() error { return errors.New("broken") }}
	})
	alice := s.user("alice")
	for name, r := range map[string]answer{
		"success":           s.call(t, "", "GET /healthz", ""),
		"a created item":    s.call(t, alice, "POST /items", named("a")),
		"a refusal":         s.call(t, "", "GET /me", ""),
		"a missing scope":   s.call(t, s.token("alice", ""), "GET /items", ""),
		"an unknown path":   s.call(t, "", "GET /nowhere", ""),
		"an unknown method": s.call(t, "", "POST /healthz", ""),
		"a bad body":        s.call(t, alice, "POST /items", `{`),
		"an internal error": s.call(t, alice, "GET /items/1", ""),
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
				if got := r.header.Get(header); got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestARequestHasAnIdentifierOfOurs(t *testing.T) {
	s := serve(t)
	seen := map[string]bool{"mine": true}
	for range 3 {
		request := s.request(t, "", "GET /healthz", nil)
		request.Header.Set("X-Request-Id", "mine")
		ids := send(t, request).header.Values("X-Request-Id")
		if len(ids) != 1 || seen[ids[0]] || uuid.Validate(ids[0]) != nil {
			t.Fatalf("the identifiers are %q after %v", ids, seen)
		}
		seen[ids[0]] = true
	}
	for _, record := range s.records(t, "request") {
		if id := record["request_id"].(string); id == "mine" || !seen[id] {
			t.Errorf("the log has the identifier %q", id)
		}
	}
}

func TestTheAccessLog(t *testing.T) {
	s := serve(t)
	token := s.user("alice")
	request := s.request(t, token, "GET /items?limit=5&access_tokens=in-the-query", nil)
	request.Header.Set("X-Forwarded-For", "203.0.113.9")
	request.Header.Set("X-Real-Ip", "203.0.113.9")
	request.Header.Set("User-Agent", "in-the-header")
	request.Header.Set("Cookie", "session=in-the-header")
	size := len(send(t, request).body)
	s.call(t, "", "GET /items?access_token=in-the-query", "")
	s.call(t, token, "GET /items?limit=in-the-query&cursor=in-the-query", "")
	s.call(t, token, "POST /items", `{"in-the-body":"in-the-body"}`)
	s.call(t, token, "POST /items", `{"name":0.123456789}`)

	records := s.records(t, "request")
	if len(records) != 5 {
		t.Fatalf("the log has %d requests, want 5", len(records))
	}
	first, want := records[0], map[string]any{
		"level": "INFO", "method": "GET", "path": "/items", "route": "/items", "status": 200.0, "bytes": float64(size), "client": "127.0.0.1",
		"caller": map[string]any{"iss": s.issuer.URL, "sub": "alice", "client_id": "docs"},
	}
	for member := range want {
		if got := first[member]; !equal(got, want[member]) {
			t.Errorf("%s is %v, want %v", member, got, want[member])
		}
	}
	if records[1]["caller"] != "anonymous" {
		t.Errorf("the caller without credentials is %v", records[1]["caller"])
	}
	for _, secret := range []string{token, token[strings.LastIndex(token, "."):], "in-the-query", "in-the-header", "203.0.113.9", "0.123456789", `:"in-the-body`} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func equal(a, b any) bool {
	group, ok := a.(map[string]any)
	if !ok {
		return a == b
	}
	for key, value := range b.(map[string]any) {
		if group[key] != value {
			return false
		}
	}
	return true
}

func TestAPathDoesNotWriteTheLog(t *testing.T) {
	s := serve(t)
	paths := []string{"/items%0a%7B%22msg%22:%22request%22%7D", "/healthz%0d%0aX", "/%1b[31mred", "/%00", "/%22,%22level%22:%22ERROR", "/%ff%fe", "/%e2%80%a8"}
	for _, path := range paths {
		s.call(t, "", "GET "+path, "").wantProblem(t, problem.NotFound, "")
	}
	var logged []string
	for _, record := range s.records(t, "request") {
		logged = append(logged, record["path"].(string))
	}
	if !slices.Equal(logged, paths) {
		t.Errorf("the log has %q, want %q as they were sent", logged, paths)
	}
}

// A token that somebody pasted into an address, or sent as a method, is not repeated.
func TestTheLogKeepsNamesShort(t *testing.T) {
	s := serve(t)
	token := s.user("alice")
	for _, line := range []string{"GET /items/" + token, token[:40] + " /items", "GET /" + strings.Repeat("a/", 5000)} {
		send(t, s.request(t, "", line, nil))
	}
	var logged []string
	for _, record := range s.records(t, "request") {
		logged = append(logged, record["method"].(string)+" "+record["path"].(string))
	}
	want := []string{"GET /items/...", "other /items", "GET /" + strings.Repeat("a/", 127) + "a..."}
	if !slices.Equal(logged, want) {
		t.Errorf("the log has %q, want %q", logged, want)
	}
	if strings.Contains(s.log.String(), token[:10]) {
		t.Error("the token is in the log")
	}
}

// Of refusals that repeat, not every one has a record of its own.
func TestEveryRefusedRequestNamesItsCode(t *testing.T) {
	s := serve(t)
	for range 15 {
		s.call(t, "", "GET /me", "")
	}
	s.call(t, "", "GET /healthz", "")
	requests := s.records(t, "request")
	for i, record := range requests {
		if code, _ := record["code"].(string); (code == "credentials-missing") != (i < 15) {
			t.Errorf("request %d has the code %q", i, code)
		}
	}
	if refused := s.records(t, "request refused"); len(requests) != 16 || len(refused) != 10 {
		t.Errorf("there are %d requests and %d refusals", len(requests), len(refused))
	}
}

func TestTheTextLogKeepsToItsLines(t *testing.T) {
	var log strings.Builder
	verifier, issuer := unreached(t)
	api := newAPI(t, verifier, issuer, &log, func(c *handlers.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	for _, path := range []string{"/%0amsg=request", "/x%20level=ERROR"} {
		api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	for line := range strings.Lines(log.String()) {
		if !strings.HasPrefix(line, "time=") || strings.Contains(line, " level=ERROR") {
			t.Errorf("the log has the line %s", line)
		}
	}
}
