package metrics

import (
	"errors"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"github.com/prometheus/client_golang/prometheus"
)

// introspectionOutcomes are how a question about a token ends.
var introspectionOutcomes = [...]string{"active", "inactive", "rejected", "failed"}

func newIntrospections() *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "auth_introspection_seconds", Help: "Time until the provider answered a question about a token (RFC 7662), or did not.",
		Buckets: []float64{.005, .025, .1, .25, 1, 2.5, 5},
	}, []string{"outcome"})
	for _, outcome := range introspectionOutcomes {
		h.WithLabelValues(outcome)
	}
	return h
}

// introspected counts a question. A token is rejected that is active and not for this API.
func (m *Metrics) introspected(e auth.Event) {
	outcome := introspectionOutcomes[2]
	switch {
	case e.Err == nil:
		outcome = introspectionOutcomes[0]
	case errors.Is(e.Err, problem.TokenInactive):
		outcome = introspectionOutcomes[1]
	case errors.Is(e.Err, problem.AuthUnavailable):
		outcome = introspectionOutcomes[3]
	}
	m.auth.introspections.WithLabelValues(outcome).Observe(e.Duration.Seconds())
}
