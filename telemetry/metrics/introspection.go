package metrics

import (
	"errors"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// countIntrospections adds the time of questions about tokens, and how they end.
func (m *Metrics) countIntrospections() {
	seconds := promauto.With(m.registry).NewHistogramVec(prometheus.HistogramOpts{
		Name: "auth_introspection_seconds", Help: "Time until the provider answered a question about a token (RFC 7662), or did not.",
		Buckets: []float64{.005, .025, .1, .25, 1, 2.5, 5},
	}, []string{"outcome"})
	for _, outcome := range []string{"active", "inactive", "rejected", "failed"} {
		seconds.WithLabelValues(outcome)
	}
	m.auth.more = append(m.auth.more, func(e auth.Event) {
		if e.Kind == auth.Introspected {
			seconds.WithLabelValues(introspectionOutcome(e.Err)).Observe(e.Duration.Seconds())
		}
	})
}

// introspectionOutcome says how a question ended. A token is rejected that is active and not for this API.
func introspectionOutcome(err error) string {
	switch {
	case err == nil:
		return "active"
	case errors.Is(err, problem.TokenInactive):
		return "inactive"
	case errors.Is(err, problem.AuthUnavailable):
		return "failed"
	}
	return "rejected"
}
