package telemetry

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the API does, for Prometheus. Its registry is its own, and every label has a
// bounded number of values, none of which a caller chooses. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	problems *prometheus.CounterVec
	outcomes *prometheus.CounterVec
	verification
}

// accepted is the outcome of an authentication that has no reason against it.
const accepted = "accepted"

// durations are bounds for an API that answers within milliseconds and gives up after seconds.
var durations = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics returns Metrics in which every code is zero. The configuration of the verifier needs its Observe method,
// and Provider needs the verifier's provider.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests that were answered.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer a request.", Buckets: durations,
		}, []string{"method", "route"}),
		problems: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_problems_total", Help: "Requests that were answered with a problem, by its code, which ERROR_DETAIL does not change here.",
		}, []string{"code"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_outcomes_total", Help: "Attempts to find out who sent a request: accepted, or the code against it.",
		}, []string{"code"}),
		verification: newVerification(),
	}
	m.registry.MustRegister(m.requests, m.duration, m.problems, m.outcomes,
		m.verifications, m.cacheHits, m.cacheMisses, m.keyFetches,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.outcomes.WithLabelValues(accepted)
	for _, reason := range problem.Auth() {
		m.outcomes.WithLabelValues(reason.Code)
	}
	for _, reason := range problem.Types() {
		m.problems.WithLabelValues(reason.Code)
	}
	return m
}

// Handler returns the handler of GET /metrics, for a listener that callers do not reach.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// Middleware counts a request when it is done. It stands before all that may answer.
func (m *Metrics) Middleware(c *gin.Context) {
	start := time.Now()
	defer func() { // also when the connection is cut
		route := cmp.Or(c.FullPath(), "other")
		m.requests.WithLabelValues(method(c.Request), route, strconv.Itoa(c.Writer.Status())).Inc()
		m.duration.WithLabelValues(method(c.Request), route).Observe(time.Since(start).Seconds())
		if err := failure(c); err != nil {
			m.problems.WithLabelValues(problem.Of(err).Code).Inc()
		}
	}()
	c.Next()
}

// Watch returns an authenticator whose outcomes are counted.
func (m *Metrics) Watch(a ginauth.Authenticator) ginauth.Authenticator {
	if m == nil {
		return a
	}
	return watched{a, m.outcomes}
}
