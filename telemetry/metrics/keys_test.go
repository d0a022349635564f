package metrics_test

import (
	"testing"

	"example.com/gatehouse/auth/apikey"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/telemetry/metrics"
)

func TestMetricsNameTheKindOfCredentials(t *testing.T) {
	counts := metrics.New()
	api := apitest.New(t, apitest.Hooks(counts.Use), apitest.Env("FAILURE_LIMIT=1"))
	format := apikey.NewFormat("Gatehouse")
	for range 2 {
		api.Call(t, format.Write("01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77", apikey.NewSecret()), "GET /items", "")
	}
	api.Call(t, format.Prefix()+"x", "GET /me", "")
	api.Call(t, api.Token("alice", "items:read"), "GET /items", "")
	wantMetrics(t, counts,
		`auth_outcomes_total{code="accepted",scheme="token"} 1`, `auth_outcomes_total{code="api-key-invalid",scheme="key"} 2`,
		`auth_outcomes_total{code="credentials-not-accepted",scheme="key"} 1`)
}
