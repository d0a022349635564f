package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
)

func TestIntrospectionNeedsACompleteConfiguration(t *testing.T) {
	for _, test := range []struct {
		name string
		with auth.Introspection
		want string
	}{
		{"no client", auth.Introspection{Mode: auth.IntrospectOpaque, ClientSecret: "s"}, "client id and secret"},
		{"no secret", auth.Introspection{Mode: auth.IntrospectAllTokens, ClientID: "c"}, "client id and secret"},
		{"an unknown mode", auth.Introspection{Mode: "on", ClientID: "c", ClientSecret: "s"}, `no mode "on"`},
		{"an address without TLS", auth.Introspection{Mode: auth.IntrospectOpaque, ClientID: "c", ClientSecret: "s", URL: "http://login.example.com/i"}, "https"},
	} {
		_, err := auth.Connect(t.Context(), auth.Config{Issuer: issuerURL, Audience: []string{audience}, Introspection: test.with})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// TestMetadataWithoutTLSIsNotUsed has an endpoint to which the secret would go in the clear.
func TestMetadataWithoutTLSIsNotUsed(t *testing.T) {
	for _, endpoint := range []any{"http://login.example.com/introspect", "", nil} {
		issuer := authtest.New(issuerURL, audience)
		issuer.Break(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/.well-known/openid-configuration" {
				json.NewEncoder(w).Encode(map[string]any{"issuer": issuerURL, "jwks_uri": issuerURL + "/jwks", "introspection_endpoint": endpoint})
				return
			}
			issuer.On("/", authtest.Down)(w, r)
		})
		f := connect(t, issuer, asking(auth.IntrospectOpaque))
		f.wantUnavailable(issuer.Opaque())
		if n := issuer.Fetches("/introspect"); n != 0 {
			t.Errorf("%v: it was asked %d times", endpoint, n)
		}
	}
}
