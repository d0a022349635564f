package metrics

import (
	"net/http"
	"slices"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// authMetrics count what a verifier does.
type authMetrics struct {
	outcomes      *prometheus.CounterVec
	verifications prometheus.Histogram
	hits, misses  prometheus.Counter
	fetches       *prometheus.CounterVec

	more []func(auth.Event) // counts other events
}

// accepted is the outcome of an authentication without an error.
const accepted = "accepted"

func newAuthMetrics(registered promauto.Factory) authMetrics {
	m := authMetrics{
		outcomes: registered.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_outcomes_total", Help: "Attempts to authenticate a request: accepted, or the code of the problem, by the kind of credentials.",
		}, []string{"code", "scheme"}),
		verifications: registered.NewHistogram(prometheus.HistogramOpts{
			Name: "auth_verification_seconds", Help: "Time to verify a token that was not in the cache, including the wait for keys.",
			// An Ed25519 or RSA signature takes tens of microseconds, and the first keys are waited for up to 5 seconds.
			Buckets: []float64{10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 500e-6, .001, .005, .025, .1, 1},
		}),
		hits:   registered.NewCounter(prometheus.CounterOpts{Name: "auth_cache_hits_total", Help: "Tokens whose caller was in the cache."}),
		misses: registered.NewCounter(prometheus.CounterOpts{Name: "auth_cache_misses_total", Help: "Tokens whose caller was not in the cache."}),
		fetches: registered.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_jwks_fetches_total", Help: "Fetches of the provider's metadata and keys.",
		}, []string{"outcome"}),
	}
	m.fetches.WithLabelValues("good")
	m.fetches.WithLabelValues("failed")
	m.outcomes.WithLabelValues(accepted, string(auth.Token))
	for _, t := range problem.Auth() {
		m.outcomes.WithLabelValues(t.Code, string(auth.Token))
	}
	return m
}

// observe counts an event of a verifier.
func (m *Metrics) observe(e auth.Event) {
	switch {
	case e.Kind == auth.CacheHit:
		m.auth.hits.Inc()
	case e.Kind == auth.Verification:
		m.auth.misses.Inc()
		m.auth.verifications.Observe(e.Duration.Seconds())
	case e.Kind == auth.Fetch && e.Err == nil:
		m.auth.fetches.WithLabelValues("good").Inc()
	case e.Kind == auth.Fetch:
		m.auth.fetches.WithLabelValues("failed").Inc()
	}
	for _, count := range m.auth.more {
		count(e)
	}
}

// authenticator returns an authenticator that counts how its attempts end, and adds the state of each issuer to the
// metrics.
func (m *Metrics) authenticator(a ginauth.Authenticator, verifier *auth.Verifier) ginauth.Authenticator {
	m.registry.MustRegister(newIssuerCollector(verifier))
	return countingAuthenticator{a, m.auth.outcomes}
}

type countingAuthenticator struct {
	ginauth.Authenticator
	outcomes *prometheus.CounterVec
}

// Authenticate implements [ginauth.Authenticator].
func (a countingAuthenticator) Authenticate(r *http.Request) (*auth.Principal, error) {
	caller, err := a.Authenticator.Authenticate(r)
	outcome := accepted
	if err != nil {
		outcome = problem.Of(err).Code
	}
	a.outcomes.WithLabelValues(outcome, string(auth.SchemeOf(caller, err))).Inc()
	return caller, err
}

// An issuerCollector reads the state of each issuer when Prometheus asks for it. Where there are several, the label issuer has
// them as they are configured: no token adds one.
type issuerCollector struct {
	verifier      *auth.Verifier
	keyAge, state *prometheus.Desc
}

func newIssuerCollector(verifier *auth.Verifier) issuerCollector {
	var labels []string
	if len(verifier.Issuers()) > 1 {
		labels = []string{"issuer"}
	}
	return issuerCollector{
		verifier: verifier,
		keyAge:   prometheus.NewDesc("auth_jwks_age_seconds", "Age of the keys. Absent as long as there are none.", labels, nil),
		state:    prometheus.NewDesc("auth_issuer_state", "1 for the state that the issuer is in.", append(labels, "state"), nil),
	}
}

// Describe implements [prometheus.Collector].
func (c issuerCollector) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- c.keyAge
	descriptions <- c.state
}

// Collect implements [prometheus.Collector].
func (c issuerCollector) Collect(metrics chan<- prometheus.Metric) {
	all := c.verifier.Issuers()
	for _, issuer := range all {
		var labels []string
		if len(all) > 1 {
			labels = []string{issuer.Issuer()}
		}
		c.collect(metrics, issuer.Provider().Status(), labels)
	}
}

// collect sends the gauges of one issuer.
func (c issuerCollector) collect(metrics chan<- prometheus.Metric, status auth.Status, labels []string) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if !status.Fetched.IsZero() {
		gauge(c.keyAge, time.Since(status.Fetched).Seconds(), labels...)
	}
	for _, state := range []auth.State{auth.Ready, auth.Degraded, auth.Down} {
		value := 0.0
		if state == status.State {
			value = 1
		}
		gauge(c.state, value, append(slices.Clone(labels), string(state))...)
	}
}
