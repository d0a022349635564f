package metrics_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/telemetry/metrics"
)

// TestMetricsNameEachIssuer has a second issuer that is down, and tokens that name others: no token adds a label.
func TestMetricsNameEachIssuer(t *testing.T) {
	counts := metrics.New()
	down := authtest.Start(t, apitest.PublicURL)
	down.Break(authtest.Down)
	api := apitest.Start(t, apitest.Hooks(counts.Use), apitest.Env("OIDC_ISSUER_2="+down.URL))
	api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, down.Token(), "GET /me", "").WantStatus(t, http.StatusServiceUnavailable)
	api.Call(t, api.Issuer.Token(authtest.Claims{"iss": "https://invented.example.com"}), "GET /me", "")
	wantMetrics(t, counts,
		`auth_issuer_state{issuer="`+api.Issuer.URL+`",state="ready"} 1`, `auth_issuer_state{issuer="`+api.Issuer.URL+`",state="down"} 0`,
		`auth_issuer_state{issuer="`+down.URL+`",state="down"} 1`, `auth_issuer_state{issuer="`+down.URL+`",state="ready"} 0`)
	text := exposition(t, counts)
	if !strings.Contains(text, `auth_jwks_age_seconds{issuer="`+api.Issuer.URL+`"}`) || strings.Contains(text, `auth_jwks_age_seconds{issuer="`+down.URL) {
		t.Error("the age of keys is that of the issuer that has some")
	}
	if strings.Contains(text, "invented") {
		t.Error("a token has added a label")
	}
}
