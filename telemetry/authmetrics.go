package telemetry

import (
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/prometheus/client_golang/prometheus"
)

// accepted is the outcome of an authentication without an error.
const accepted = "accepted"

// Instrument returns an authenticator that counts how its attempts end, and adds the state of the verifier's
// issuer to the metrics.
func (m *Metrics) Instrument(verifier *auth.Verifier) ginauth.Authenticator {
	if m == nil {
		return verifier
	}
	m.registry.MustRegister(verification{verifier})
	return countingAuthenticator{verifier, m.outcomes}
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
	a.outcomes.WithLabelValues(outcome).Inc()
	return caller, err
}

// verification reads the statistics of a verifier.
type verification struct{ verifier *auth.Verifier }

var (
	verificationTime = prometheus.NewDesc("auth_verification_seconds", "Time to verify a token that was not in the cache, including the wait for keys.", nil, nil)
	cacheHits        = prometheus.NewDesc("auth_cache_hits_total", "Tokens whose caller was in the cache.", nil, nil)
	cacheMisses      = prometheus.NewDesc("auth_cache_misses_total", "Tokens whose caller was not in the cache.", nil, nil)
	keyFetches       = prometheus.NewDesc("auth_jwks_fetches_total", "Fetches of the provider's metadata and keys.", []string{"outcome"}, nil)
	keyAge           = prometheus.NewDesc("auth_jwks_age_seconds", "Age of the keys. Absent as long as there are none.", nil, nil)
	issuerState      = prometheus.NewDesc("auth_issuer_state", "1 for the state that the issuer is in.", []string{"state"}, nil)
)

// Describe implements [prometheus.Collector].
func (v verification) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{verificationTime, cacheHits, cacheMisses, keyFetches, keyAge, issuerState} {
		descriptions <- d
	}
}

// Collect implements [prometheus.Collector].
func (v verification) Collect(metrics chan<- prometheus.Metric) {
	s, status := v.verifier.Stats(), v.verifier.Provider().Status()
	send := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	misses, buckets := cumulate(s.Verified)
	metrics <- prometheus.MustNewConstHistogram(verificationTime, misses, s.Verified.Sum.Seconds(), buckets)
	send(cacheHits, prometheus.CounterValue, float64(s.Remembered))
	send(cacheMisses, prometheus.CounterValue, float64(misses))
	send(keyFetches, prometheus.CounterValue, float64(s.Fetched), "good")
	send(keyFetches, prometheus.CounterValue, float64(s.Failed), "failed")
	if !status.Fetched.IsZero() {
		send(keyAge, prometheus.GaugeValue, time.Since(status.Fetched).Seconds())
	}
	for _, state := range []auth.State{auth.Ready, auth.Degraded, auth.Down} {
		value := 0.0
		if state == status.State {
			value = 1
		}
		send(issuerState, prometheus.GaugeValue, value, string(state))
	}
}

// cumulate returns a histogram as Prometheus has it: a bucket includes the smaller ones.
func cumulate(h auth.Histogram) (total uint64, buckets map[float64]uint64) {
	buckets = map[float64]uint64{}
	for i, n := range h.Counts {
		total += n
		if i < len(h.Bounds) {
			buckets[h.Bounds[i].Seconds()] = total
		}
	}
	return total, buckets
}
