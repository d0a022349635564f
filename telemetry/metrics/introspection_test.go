package metrics_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/telemetry/metrics"
)

func TestIntrospectionsAreCounted(t *testing.T) {
	m := metrics.New()
	api := apitest.Start(t, apitest.Hooks(m.Use), apitest.Env("INTROSPECTION=opaque",
		"INTROSPECTION_CLIENT_ID="+authtest.ClientID, "INTROSPECTION_CLIENT_SECRET="+authtest.ClientSecret))
	active := api.Issuer.Opaque()
	for _, token := range []string{active, active, "made-up", api.Issuer.Opaque(authtest.Claims{"aud": "other"})} {
		api.Call(t, token, "GET /me", "")
	}
	api.Issuer.Break(authtest.Down)
	api.Call(t, "another", "GET /me", "")
	text := exposition(t, m)
	for _, outcome := range []string{"active", "inactive", "rejected", "failed"} {
		if line := `auth_introspection_seconds_count{outcome="` + outcome + `"} 1`; !strings.Contains(text, line+"\n") {
			t.Errorf("there is no %s", line)
		}
	}
	if !strings.Contains(text, "auth_cache_hits_total 1\n") {
		t.Error("the second request is no hit")
	}
}
