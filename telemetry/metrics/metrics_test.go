package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry/metrics"
)

// exposition returns the metrics as Prometheus reads them.
func exposition(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET /metrics returns %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// wantMetrics fails the test for every line that the exposition lacks.
func wantMetrics(t *testing.T, m *metrics.Metrics, lines ...string) {
	t.Helper()
	text := exposition(t, m)
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			name := line[:strings.LastIndexByte(line, ' ')]
			t.Errorf("want %s, got %q", line, regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(name)+` .*$`).FindString(text))
		}
	}
}

// A slowTransport takes a second for each request.
type slowTransport struct{ http.RoundTripper }

func (s slowTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(time.Second):
	case <-r.Context().Done():
	}
	return s.RoundTripper.RoundTrip(r)
}

func TestMetricsCountWhatTheAPIDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counts := metrics.New()
		api := apitest.New(t, apitest.Hooks(counts.Use), apitest.Auth(func(c *auth.Config) { c.Transport = slowTransport{c.Transport} }))
		wantMetrics(t, counts, `auth_outcomes_total{code="accepted"} 0`, `http_problems_total{code="internal"} 0`)
		alice := api.Token("alice", "")
		for range 3 {
			api.Call(t, alice, "GET /me", "")
		}
		api.Call(t, alice, "HEAD /me", "")
		api.Call(t, alice, "GET /items", "")
		api.Call(t, api.Token("alice", "items:read"), "GET /items/1234567890", "")
		api.Call(t, "", "GET /", "")
		api.Call(t, "opaque", "GET /me", "")
		api.Call(t, "", "GET /nowhere/at/all", "")
		api.Call(t, "", "INVENTED /me", "")
		api.Issuer.Break(authtest.Down)
		time.Sleep(10 * time.Minute)
		wantMetrics(t, counts,
			`http_requests_total{method="GET",route="/me",status="200"} 3`,
			`http_requests_total{method="GET",route="/me",status="401"} 1`,
			`http_requests_total{method="HEAD",route="/me",status="200"} 1`,
			`http_requests_total{method="GET",route="/items",status="403"} 1`,
			`http_requests_total{method="GET",route="/items/:id",status="404"} 1`,
			`http_requests_total{method="GET",route="/",status="200"} 1`,
			`http_requests_total{method="GET",route="other",status="404"} 1`,
			`http_requests_total{method="other",route="other",status="501"} 1`,
			`http_request_duration_seconds_count{method="GET",route="/me"} 4`,
			`http_request_duration_seconds_bucket{method="GET",route="/me",le="2.5"} 4`,
			`http_request_duration_seconds_bucket{method="GET",route="/me",le="1"} 3`,
			`http_problems_total{code="scope-insufficient"} 1`,
			`auth_outcomes_total{code="accepted"} 6`,
			`auth_outcomes_total{code="credentials-missing"} 1`,
			`auth_outcomes_total{code="token-malformed"} 1`,
			`auth_outcomes_total{code="scope-insufficient"} 0`,
			`auth_cache_hits_total 4`,
			`auth_cache_misses_total 3`,
			`auth_verification_seconds_count 3`,
			`auth_verification_seconds_sum 2`,
			`auth_verification_seconds_bucket{le="1e-05"} 2`,
			`auth_verification_seconds_bucket{le="1"} 2`,
			`auth_verification_seconds_bucket{le="+Inf"} 3`,
			`auth_jwks_fetches_total{outcome="good"} 1`,
			`auth_jwks_age_seconds 600`,
			`auth_issuer_state{state="ready"} 0`,
			`auth_issuer_state{state="degraded"} 1`,
			`auth_issuer_state{state="down"} 0`,
		)
		if strings.Contains(exposition(t, counts), `auth_jwks_fetches_total{outcome="failed"} 0`) {
			t.Error("no failed fetch is counted")
		}
	})
}

// TestMinimalErrorsAreCountedByTheirCode hides the code from the caller.
func TestMinimalErrorsAreCountedByTheirCode(t *testing.T) {
	counts := metrics.New()
	api := apitest.New(t, apitest.Hooks(counts.Use), apitest.Env("ERROR_DETAIL=minimal"))
	api.Call(t, "opaque", "GET /me", "").WantProblem(t, problem.TokenInvalid)
	wantMetrics(t, counts, `http_problems_total{code="token-malformed"} 1`, `http_problems_total{code="token-invalid"} 0`)
}

func TestPreflightsAreCounted(t *testing.T) {
	counts := metrics.New()
	api := apitest.New(t, apitest.Hooks(counts.Use), apitest.Env("CORS_ORIGINS=https://app.example.com"))
	for _, origin := range []string{"https://app.example.com", "https://evil.example"} {
		api.Call(t, "", "OPTIONS /items", "", "Origin: "+origin, "Access-Control-Request-Method: POST")
	}
	wantMetrics(t, counts, `http_requests_total{method="OPTIONS",route="other",status="204"} 2`)
}

func TestMetricsBeforeTheFirstKeys(t *testing.T) {
	counts := metrics.New()
	apitest.New(t, apitest.Hooks(counts.Use), apitest.Issuer(func(i *authtest.Issuer) { i.Break(authtest.Down) }))
	wantMetrics(t, counts, `auth_issuer_state{state="down"} 1`, `auth_issuer_state{state="ready"} 0`)
	if strings.Contains(exposition(t, counts), "\nauth_jwks_age_seconds") {
		t.Error("keys that were never fetched have an age")
	}
}

// TestLabelsAreBounded sends what a caller can choose: paths and methods.
func TestLabelsAreBounded(t *testing.T) {
	counts := metrics.New()
	api := apitest.New(t, apitest.Hooks(counts.Use))
	api.Call(t, "", "GET /unknown", "")
	api.Call(t, "", "INVENTED /unknown", "")
	api.Call(t, "", "GET /problems/unknown", "")
	before := strings.Count(exposition(t, counts), "\n")
	for n := range 100 {
		api.Call(t, "", "GET /unknown/"+strconv.Itoa(n), "")
		api.Call(t, "", "INVENTED"+strconv.Itoa(n)+" /unknown", "")
		api.Call(t, "", "GET /problems/"+strconv.Itoa(n)+"?x="+strconv.Itoa(n), "")
	}
	if after := strings.Count(exposition(t, counts), "\n"); after != before {
		t.Errorf("the metrics grew from %d lines to %d", before, after)
	}
}

func TestTheMetricsHandlerHasOnePath(t *testing.T) {
	handler := metrics.New().Handler()
	for line, status := range map[string]int{"GET /metrics": 200, "POST /metrics": 405, "GET /": 404, "GET /me": 404} {
		method, path, _ := strings.Cut(line, " ")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != status {
			t.Errorf("%s returns %d, want %d", line, w.Code, status)
		}
	}
}

func TestCallersCannotReadTheMetrics(t *testing.T) {
	apitest.New(t).Call(t, "", "GET /metrics", "").WantProblem(t, problem.NotFound)
}
