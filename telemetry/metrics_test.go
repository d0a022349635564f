package telemetry_test

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
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

// exposition returns what Prometheus reads.
func exposition(t *testing.T, m *handlers.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("the metrics are answered with %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func (d *desk) exposition(t *testing.T) string { return exposition(t, d.metrics) }

// problems finds what is counted by code.
var problems = regexp.MustCompile(`(?m)^http_problems_total\{code="([a-z-]+)"\} (\d+)$`)

// counts returns how many problems there were of each code.
func (d *desk) counts(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, m := range problems.FindAllStringSubmatch(d.exposition(t), -1) {
		counts[m[1]], _ = strconv.Atoi(m[2])
	}
	if len(counts) != len(problem.Types()) {
		t.Fatalf("the metrics have %d codes, and the registry %d", len(counts), len(problem.Types()))
	}
	return counts
}

// wantMetrics fails the test for every line that the exposition lacks.
func wantMetrics(t *testing.T, m *handlers.Metrics, lines ...string) {
	t.Helper()
	text := exposition(t, m)
	for _, line := range lines {
		if !strings.Contains(text, line+"\n") {
			name := line[:strings.LastIndexByte(line, ' ')]
			t.Errorf("want %s, got %q", line, regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(name)+` .*$`).FindString(text))
		}
	}
}

// A distant network takes a second for each request.
type distant struct{ http.RoundTripper }

func (d distant) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(time.Second):
	case <-r.Context().Done():
	}
	return d.RoundTripper.RoundTrip(r)
}

func TestMetricsSayWhatTheAPIDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m *handlers.Metrics
		g := newGate(t, func(c *auth.Config) { c.Transport = distant{c.Transport} }, func(c *handlers.Config) {
			m = handlers.NewMetrics(c.Verifier)
			c.Metrics = m
		})
		wantMetrics(t, m, `auth_outcomes_total{code="accepted"} 0`, `http_problems_total{code="internal"} 0`)
		good := "Bearer " + g.issuer.Token()
		for range 3 {
			g.call(t, anybody, "GET /me", good)
		}
		g.call(t, anybody, "HEAD /me", good)
		g.call(t, anybody, "GET /items", good)
		g.call(t, anybody, "GET /items/1234567890", "Bearer "+g.issuer.Token(authtest.Claims{"scope": "items:read"}))
		g.call(t, anybody, "GET /", "")
		g.call(t, anybody, "GET /me", "Bearer opaque")
		g.call(t, anybody, "GET /nowhere/at/all", "")
		g.call(t, anybody, "INVENTED /me", "")
		g.issuer.Break(authtest.Down)
		time.Sleep(10 * time.Minute)
		wantMetrics(t, m,
			`http_requests_total{method="GET",route="/me",status="200"} 3`,
			`http_requests_total{method="GET",route="/me",status="401"} 1`,
			`http_requests_total{method="HEAD",route="/me",status="200"} 1`,
			`http_requests_total{method="GET",route="/items",status="403"} 1`,
			`http_requests_total{method="GET",route="/items/:id",status="404"} 1`,
			`http_requests_total{method="GET",route="/",status="200"} 1`,
			`http_requests_total{method="GET",route="other",status="404"} 1`,
			`http_requests_total{method="other",route="other",status="401"} 1`,
			`http_request_duration_seconds_count{method="GET",route="/me"} 4`,
			`http_request_duration_seconds_bucket{method="GET",route="/me",le="2.5"} 4`,
			`http_request_duration_seconds_bucket{method="GET",route="/me",le="1"} 3`,
			`http_problems_total{code="scope-insufficient"} 1`,
			`auth_outcomes_total{code="accepted"} 6`,
			`auth_outcomes_total{code="credentials-missing"} 2`,
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
	})
}

func TestMetricsBeforeTheFirstKeys(t *testing.T) {
	verifier, _ := unreached(t)
	m := handlers.NewMetrics(verifier)
	wantMetrics(t, m, `auth_issuer_state{state="down"} 1`, `auth_issuer_state{state="ready"} 0`)
	if text := exposition(t, m); strings.Contains(text, "\nauth_jwks_age_seconds") {
		t.Error("keys that were never fetched have an age")
	}
}

// TestLabelsAreBounded sends what a caller can choose: paths, methods and tokens.
func TestLabelsAreBounded(t *testing.T) {
	verifier, issuer := unreached(t)
	m := handlers.NewMetrics(verifier)
	api := newAPI(t, verifier, issuer, &logbook{}, func(c *handlers.Config) { c.Metrics = m })
	ask := func(method, path string) {
		api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
	}
	ask("GET", "/unknown")
	ask("INVENTED", "/unknown")
	ask("GET", "/problems/unknown")
	before := strings.Count(exposition(t, m), "\n")
	for n := range 100 {
		ask("GET", "/unknown/"+strconv.Itoa(n))
		ask("INVENTED"+strconv.Itoa(n), "/unknown")
		ask("GET", "/problems/"+strconv.Itoa(n)+"?x="+strconv.Itoa(n))
	}
	if after := strings.Count(exposition(t, m), "\n"); after != before {
		t.Errorf("the metrics grew from %d lines to %d", before, after)
	}
}

func TestMetricsAreOneAddress(t *testing.T) {
	verifier, _ := unreached(t)
	h := handlers.NewMetrics(verifier).Handler()
	for line, status := range map[string]int{"GET /metrics": 200, "POST /metrics": 405, "GET /": 404, "GET /me": 404} {
		method, path, _ := strings.Cut(line, " ")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != status {
			t.Errorf("%s is answered with %d, want %d", line, w.Code, status)
		}
	}
}

// TestTheAPIItselfHasNoMetrics looks for them where callers are.
func TestTheAPIItselfHasNoMetrics(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.Metrics = handlers.NewMetrics(c.Verifier) })
	s.call(t, "", "GET /metrics", "").wantProblem(t, problem.NotFound, "")
}
