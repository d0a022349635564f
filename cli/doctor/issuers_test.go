package doctor

import (
	"strings"
	"testing"
)

// TestDoctorChecksEveryIssuer has a second issuer, whose checks and variables have its suffix.
func TestDoctorChecksEveryIssuer(t *testing.T) {
	f, second := newFixture(), newFixture()
	f.env["OIDC_ISSUER_2"], f.env["OIDC_CLIENTS_2"] = "https://second.example.com", "spa"
	second.metadata["issuer"], second.metadata["jwks_uri"] = "https://second.example.com/", "https://second.example.com/keys"
	second.metadata["authorization_endpoint"] = "https://second.example.com/authorize"
	f.network["https://second.example.com"] = second
	status, results := f.run(t)
	found := map[string]result{}
	for _, r := range results {
		found[r.Check] = r
	}
	if wrong := found["OIDC_ISSUER_2"]; status != 1 || wrong.Status != failure || !strings.Contains(wrong.Remedy, "set OIDC_ISSUER_2=https://second.example.com/") {
		t.Errorf("the status is %d with %+v", status, wrong)
	}
	for _, check := range []string{"OIDC_ISSUER", "jwks_uri", "jwks_uri_2", "clock_2", "keys_2", "sign-in_2", "authorization_2", "TOKEN_PROFILE_2", "OIDC_AUDIENCE_2"} {
		if found[check].Status != passed {
			t.Errorf("%s is %+v", check, found[check])
		}
	}
	if second.asked.Get("client_id") != "docs" {
		t.Errorf("the second was asked %v", second.asked)
	}
	f.env["DOCS"], f.env["TOKEN_PROFILE_2"] = "off", "google"
	delete(f.network, "https://second.example.com")
	if _, results = f.run(t); !strings.Contains(detailOf(results, "OIDC_ISSUER_2"), "does not respond") || detailOf(results, "TOKEN_PROFILE_2") == "" {
		t.Errorf("the results are %+v", results)
	}
}

func detailOf(results []result, check string) string {
	for _, r := range results {
		if r.Check == check {
			return r.Detail
		}
	}
	return ""
}
