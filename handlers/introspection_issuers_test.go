package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// TestOneIssuerIsAskedAboutTokens has a second issuer that introspects: the first one never gets a token.
func TestOneIssuerIsAskedAboutTokens(t *testing.T) {
	for _, mode := range []string{"opaque", "always"} {
		api, second := startBoth(t, apitest.Env("INTROSPECTION_2="+mode, "INTROSPECTION_CLIENT_ID_2="+authtest.ClientID, "INTROSPECTION_CLIENT_SECRET_2="+authtest.ClientSecret))
		api.Call(t, second.Opaque(), "GET /me", "").WantStatus(t, http.StatusOK)
		api.Call(t, api.Issuer.Opaque(), "GET /me", "").WantProblem(t, problem.TokenInactive)
		asked := second.Fetches("/introspect")
		api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
		if api.Issuer.Fetches("/introspect") != 0 || second.Fetches("/introspect") != asked {
			t.Errorf("%s: the JWT of one issuer was sent to another", mode)
		}
		api.Call(t, second.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
		if got := second.Fetches("/introspect") > asked; got != (mode == "always") {
			t.Errorf("%s: the JWT of the second was sent there: %t", mode, got)
		}
	}
}

func TestTwoIssuersThatIntrospectStopTheStart(t *testing.T) {
	env := map[string]string{"OIDC_ISSUER": "https://a.example.com", "OIDC_ISSUER_2": "https://b.example.com", "OIDC_AUDIENCE": "api"}
	for _, suffix := range []string{"", "_2"} {
		env["INTROSPECTION"+suffix], env["INTROSPECTION_CLIENT_ID"+suffix], env["INTROSPECTION_CLIENT_SECRET"+suffix] = "opaque", "c", "s"
	}
	cfg, err := config.Read(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := auth.ConnectAll(t.Context(), cfg.Verifications(nil)); err == nil || !strings.HasPrefix(err.Error(), "INTROSPECTION_2: ") {
		t.Errorf("the error is %v", err)
	}
}
