// Package metrics counts what the API does, for Prometheus: GET /metrics on a listener of its own.
package metrics

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the API does, for Prometheus, in a registry of its own. Every label has a bounded number
// of values, and none of them is chosen by a caller.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	problems *prometheus.CounterVec
	auth     authMetrics
}

// Add adds metrics to an API, and serves them at an address. Without an address there are none.
func Add(h *telemetry.Hooks, addr string) {
	if addr == "" {
		return
	}
	m := New()
	m.Use(h)
	h.Servers = append(h.Servers, telemetry.Server{Name: "metrics", Variable: "METRICS_ADDR", Addr: addr, Handler: m.Handler()})
}

// Use makes the metrics count what an API does.
func (m *Metrics) Use(h *telemetry.Hooks) {
	h.Middleware = append(h.Middleware, m.middleware)
	h.Observe, h.Authenticator = m.observe, m.authenticator
}

// New returns Metrics in which the counter of every problem type is zero.
func New() *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registered := promauto.With(registry)
	m := &Metrics{
		registry: registry,
		requests: registered.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests, by method, route and status of the response.",
		}, []string{"method", "route", "status"}),
		duration: registered.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time from a request to the end of its response.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		problems: registered.NewCounterVec(prometheus.CounterOpts{
			Name: "http_problems_total", Help: "Responses that are a problem, by its code in the log, which ERROR_DETAIL does not change.",
		}, []string{"code"}),
		auth: newAuthMetrics(registered),
	}
	m.countIntrospections() // part:introspection
	for _, t := range problem.Types() {
		m.problems.WithLabelValues(t.Code)
	}
	return m
}

// Handler returns the handler of GET /metrics, for a listener that callers do not reach.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

// middleware counts a request when it is done. It must run before all middleware that may respond.
func (m *Metrics) middleware(c *gin.Context) {
	start := time.Now()
	defer func() { // also when the connection is cut
		route := cmp.Or(c.FullPath(), "other")
		m.requests.WithLabelValues(telemetry.Method(c.Request), route, strconv.Itoa(c.Writer.Status())).Inc()
		m.duration.WithLabelValues(telemetry.Method(c.Request), route).Observe(time.Since(start).Seconds())
		if err := telemetry.Error(c); err != nil {
			m.problems.WithLabelValues(problem.Of(err).Code).Inc()
		}
	}()
	c.Next()
}
