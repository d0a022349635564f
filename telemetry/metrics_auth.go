package telemetry

import (
	"errors"
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/prometheus/client_golang/prometheus"
)

// A watched authenticator counts how its attempts end.
type watched struct {
	ginauth.Authenticator
	outcomes *prometheus.CounterVec
}

// Authenticate implements [ginauth.Authenticator].
func (w watched) Authenticate(r *http.Request) (*auth.Principal, error) {
	caller, err := w.Authenticator.Authenticate(r)
	code := accepted
	if err != nil {
		code = problem.Internal.Code
	}
	if reason, ok := errors.AsType[*problem.Type](err); ok {
		code = reason.Code
	}
	w.outcomes.WithLabelValues(code).Inc()
	return caller, err
}

// verification has the metrics of a verifier.
type verification struct {
	verifications          prometheus.Histogram
	cacheHits, cacheMisses prometheus.Counter
	keyFetches             *prometheus.CounterVec
}

// verificationTimes are buckets from an Ed25519 or RSA signature, which takes tens of microseconds, to waiting for
// the first keys.
var verificationTimes = []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .005, .025, .1, 1}

func newVerification() verification {
	v := verification{
		verifications: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "auth_verification_seconds", Help: "Time to verify a token that was not in the cache, waiting for keys included.", Buckets: verificationTimes,
		}),
		cacheHits: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "auth_cache_hits_total", Help: "Tokens whose caller was in the cache.",
		}),
		cacheMisses: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "auth_cache_misses_total", Help: "Tokens whose caller was not.",
		}),
		keyFetches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "auth_jwks_fetches_total", Help: "Fetches of the provider's metadata and keys.",
		}, []string{"outcome"}),
	}
	v.keyFetches.WithLabelValues("good")
	v.keyFetches.WithLabelValues("failed")
	return v
}

// Observe counts an event of a verifier.
func (v *verification) Observe(e auth.Event) {
	switch e.Kind {
	case auth.CacheHit:
		v.cacheHits.Inc()
	case auth.Verification:
		v.cacheMisses.Inc()
		v.verifications.Observe(e.Duration.Seconds())
	case auth.Fetch:
		outcome := "good"
		if e.Err != nil {
			outcome = "failed"
		}
		v.keyFetches.WithLabelValues(outcome).Inc()
	}
}

// Provider adds the state of a provider to the metrics.
func (m *Metrics) Provider(p *auth.Provider) { m.registry.MustRegister(providerState{p}) }

// A providerState reads the state of a provider when the metrics are collected.
type providerState struct{ provider *auth.Provider }

var (
	keyAge      = prometheus.NewDesc("auth_jwks_age_seconds", "Age of the keys. Without keys it is missing.", nil, nil)
	issuerState = prometheus.NewDesc("auth_issuer_state", "1 for the state that the issuer is in.", []string{"state"}, nil)
)

// Describe implements [prometheus.Collector].
func (s providerState) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- keyAge
	descriptions <- issuerState
}

// Collect implements [prometheus.Collector].
func (s providerState) Collect(metrics chan<- prometheus.Metric) {
	status := s.provider.Status()
	if !status.Fetched.IsZero() {
		metrics <- prometheus.MustNewConstMetric(keyAge, prometheus.GaugeValue, time.Since(status.Fetched).Seconds())
	}
	for _, state := range []auth.State{auth.Ready, auth.Degraded, auth.Down} {
		value := 0.0
		if state == status.State {
			value = 1
		}
		metrics <- prometheus.MustNewConstMetric(issuerState, prometheus.GaugeValue, value, string(state))
	}
}
