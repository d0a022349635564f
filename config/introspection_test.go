package config

import (
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
)

var introspectionDefaults = IntrospectionVariables{Introspection: auth.IntrospectionOff, IntrospectionCache: 30 * time.Second}

func TestIntrospectionIsConfigured(t *testing.T) {
	complete := []string{"INTROSPECTION", "always", "INTROSPECTION_URL", "https://id.example.com/i", "INTROSPECTION_CLIENT_ID", "api",
		"INTROSPECTION_CLIENT_SECRET", "s", "INTROSPECTION_CACHE", "10s"}
	for _, test := range []struct {
		name string
		env  []string
		want auth.Introspection
		says string // of the error
	}{
		{"by default", nil, auth.Introspection{Mode: "off", Cache: 30 * time.Second}, ""},
		{"off", []string{"INTROSPECTION", "off"}, auth.Introspection{Mode: "off", Cache: 30 * time.Second}, ""},
		{"complete", complete, auth.Introspection{Mode: "always", URL: "https://id.example.com/i", ClientID: "api", ClientSecret: "s", Cache: 10 * time.Second}, ""},
		{"without a cache", append(complete[:8:8], "INTROSPECTION_CACHE", "0s"),
			auth.Introspection{Mode: "always", URL: "https://id.example.com/i", ClientID: "api", ClientSecret: "s", Cache: -1}, ""},
		{"an unknown mode", []string{"INTROSPECTION", "on"}, auth.Introspection{}, `INTROSPECTION: "on" is none of off, opaque, always`},
		{"no secret", []string{"INTROSPECTION", "opaque", "INTROSPECTION_CLIENT_ID", "api"}, auth.Introspection{}, "INTROSPECTION_CLIENT_SECRET: not set"},
		{"no client", []string{"INTROSPECTION", "opaque", "INTROSPECTION_CLIENT_SECRET", "s"}, auth.Introspection{}, "INTROSPECTION_CLIENT_ID: not set"},
		{"no TLS", []string{"INTROSPECTION_URL", "http://id.example.com/i"}, auth.Introspection{}, "INTROSPECTION_URL: "},
		{"a long time", []string{"INTROSPECTION_CACHE", "6m"}, auth.Introspection{}, `INTROSPECTION_CACHE: "6m" is not a duration from 0s to 5m0s`},
		{"a template", append([]string{"OIDC_ISSUER", "https://login.example.com/{tenantid}/v2.0", "OIDC_TENANTS", "*"}, complete...), auth.Introspection{}, "INTROSPECTION: OIDC_ISSUER has {tenantid}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Read(env(test.env...))
			if test.says != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got %v, want %s", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Verification(nil).Introspection; got != test.want || c.Introspects() != (test.want.Mode == "always") {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
