package telemetry_test

import (
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry/logtest"
	"github.com/google/uuid"
)

func TestRequestIDsAreNotTakenFromCallers(t *testing.T) {
	api := apitest.Start(t)
	seen := map[string]bool{"mine": true}
	for range 3 {
		ids := api.Call(t, "", "GET /healthz", "", "X-Request-Id: mine").Header.Values("X-Request-Id")
		if len(ids) != 1 || seen[ids[0]] || uuid.Validate(ids[0]) != nil {
			t.Fatalf("the identifiers are %q after %v", ids, seen)
		}
		seen[ids[0]] = true
	}
	for _, record := range api.Log.Records(t, "request") {
		if id := record["request_id"].(string); id == "mine" || !seen[id] {
			t.Errorf("the log has the identifier %q", id)
		}
	}
}

func TestTheRequestLogDescribesRequests(t *testing.T) {
	api := apitest.Start(t)
	r := api.Call(t, api.Token("alice", "items:read"), "GET /items?limit=5", "")
	api.Call(t, "", "GET /items", "")
	api.Close()
	records := api.Log.Records(t, "request")
	if len(records) != 2 {
		t.Fatalf("the log has %d requests, want 2", len(records))
	}
	for name, want := range map[string]any{
		"level": "INFO", "method": "GET", "path": "/items", "route": "/items", "status": 200.0, "bytes": float64(len(r.Body)), "client": "127.0.0.1",
		"caller": map[string]any{"iss": api.Issuer.URL, "sub": "alice", "client_id": "docs"}, "code": nil,
	} {
		if got := records[0][name]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if _, measured := records[0]["took"].(float64); !measured {
		t.Errorf("the duration is %v", records[0]["took"])
	}
	var anonymous *auth.Principal
	if records[1]["caller"] != anonymous.LogValue().String() || records[1]["code"] != "credentials-missing" {
		t.Errorf("a rejected anonymous caller is logged as %v", records[1])
	}
}

// TestNoSecretReachesTheLog sends secrets wherever a request has room for them.
func TestNoSecretReachesTheLog(t *testing.T) {
	api := apitest.Start(t)
	token := api.Token("alice", "items:read items:write")
	api.Call(t, token, "GET /items?limit=5&access_tokens=in-the-query", "", "X-Forwarded-For: 203.0.113.9", "X-Real-Ip: 203.0.113.9",
		"User-Agent: in-the-header", "Cookie: session=in-the-header")
	api.Call(t, "", "GET /items?access_token=in-the-query", "")
	api.Call(t, token, "GET /items?limit=in-the-query&cursor=in-the-query", "")
	api.Call(t, token, "POST /items", `{"in-the-body":"in-the-body"}`)
	api.Call(t, token, "POST /items", `{"name":0.123456789}`)
	api.Close()
	if n := len(api.Log.Records(t, "request")); n != 5 {
		t.Fatalf("the log has %d requests, want 5", n)
	}
	for _, secret := range []string{token, token[strings.LastIndex(token, "."):], "in-the-query", "in-the-header", "203.0.113.9", "0.123456789", `:"in-the-body`} {
		if strings.Contains(api.Log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestPathsCannotForgeLogRecords(t *testing.T) {
	api := apitest.Start(t)
	paths := []string{"/items%0a%7B%22msg%22:%22request%22%7D", "/healthz%0d%0aX", "/%1b[31mred", "/%00", "/%22,%22level%22:%22ERROR", "/%ff%fe", "/%e2%80%a8"}
	for _, path := range paths {
		api.Call(t, "", "GET "+path, "").WantProblem(t, problem.NotFound)
	}
	api.Close()
	var logged []string
	for _, record := range api.Log.Records(t, "request") {
		logged = append(logged, record["path"].(string))
	}
	if !slices.Equal(logged, paths) {
		t.Errorf("the log has %q, want %q as they were sent", logged, paths)
	}
}

func TestPathsCannotForgeLinesOfTheTextLog(t *testing.T) {
	var log logtest.Buffer
	api := apitest.New(t, apitest.Parts(func(p *handlers.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) }))
	for _, path := range []string{"/%0amsg=request", "/x%20level=ERROR"} {
		api.Call(t, "", "GET "+path, "")
	}
	if n := strings.Count(log.String(), "msg=request "); n != 2 {
		t.Errorf("the log has %d requests", n)
	}
	for line := range strings.Lines(log.String()) {
		if !strings.HasPrefix(line, "time=") || strings.Contains(line, " level=ERROR") {
			t.Errorf("the log has the line %s", line)
		}
	}
}

// TestTheRequestLogShortensNames sends a token in the path, and as a method.
func TestTheRequestLogShortensNames(t *testing.T) {
	api := apitest.Start(t)
	token := api.Token("alice", "")
	for _, line := range []string{"GET /items/" + token, token[:40] + " /items", "GET /" + strings.Repeat("a/", 5000)} {
		api.Call(t, "", line, "")
	}
	api.Close()
	var logged []string
	for _, record := range api.Log.Records(t, "request") {
		logged = append(logged, record["method"].(string)+" "+record["path"].(string))
	}
	want := []string{"GET /items/...", "other /items", "GET /" + strings.Repeat("a/", 127) + "a..."}
	if !slices.Equal(logged, want) {
		t.Errorf("the log has %q, want %q", logged, want)
	}
	if strings.Contains(api.Log.String(), token[:10]) {
		t.Error("the token is in the log")
	}
}

// TestEveryRejectedRequestHasItsCode sends more rejections than the rejection log has entries for.
func TestEveryRejectedRequestHasItsCode(t *testing.T) {
	api := apitest.Start(t)
	for range 15 {
		api.Call(t, "", "GET /me", "")
	}
	api.Call(t, "", "GET /healthz", "")
	api.Close()
	requests, rejections := api.Log.Records(t, "request"), api.Log.Records(t, "request rejected")
	for i, record := range requests {
		if code, _ := record["code"].(string); (code == "credentials-missing") != (i < 15) {
			t.Errorf("request %d has the code %q", i, code)
		}
	}
	if len(requests) != 16 || len(rejections) != 10 {
		t.Errorf("the log has %d requests and %d rejections", len(requests), len(rejections))
	}
}
