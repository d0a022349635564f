package token

import (
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestATokenComesByADevice(t *testing.T) {
	for _, test := range []struct {
		name, user string
		patience   time.Duration
		status     int
		says       string
	}{
		{"the user agrees", "bob", 5 * time.Minute, 0, "Open http://localhost:9000/device on any device and enter the code "},
		{"the user cancels", "", 5 * time.Minute, 1, `the provider says "access_denied": "The user canceled."`},
		{"nobody looks", "nobody", 5 * time.Minute, 1, "nobody signed in within 5m0s"},
		{"nobody looks, and the code expires before the provider says so", "nobody", time.Hour, 1, "expired before anybody signed in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, "http://localhost:9000")
				d.user = test.user
				s := d.device(t)
				s.patience = test.patience
				if test.patience > 10*time.Minute {
					d.fault = func(w http.ResponseWriter, _ *http.Request) {
						w.WriteHeader(http.StatusBadRequest)
						io.WriteString(w, `{"error":"authorization_pending"}`)
					}
				}
				status := s.run(t, "token", "-device")
				d.visits.Wait()
				<-time.After(s.httpClient().Timeout) // of the bubble's clock: x/oauth2 leaves a body open until then
				if status != test.status || !strings.Contains(s.stderr.String(), test.says) {
					t.Errorf("the status is %d with %s, want %s", status, s.stderr, test.says)
				}
				if status != 0 {
					return
				}
				if caller := d.caller(t, strings.TrimSpace(s.stdout.String())); caller.Subject != "bob" || caller.ClientID != "cli" {
					t.Errorf("%+v is the caller", caller)
				}
			})
		})
	}
}

func TestATokenComesByClientCredentials(t *testing.T) {
	d := startDesk(t)
	for _, test := range []struct {
		name   string
		env    []string
		status int
		says   string
	}{
		{"the right secret", []string{"TOKEN_CLIENT_SECRET", "service-secret"}, 0, ""},
		{"a wrong secret", []string{"TOKEN_CLIENT_SECRET", "wrong"}, 1, `the provider says "invalid_client": "The client is unknown, or its secret is wrong."`},
		{"no secret", nil, 1, `TOKEN_CLIENT_SECRET: not set: the secret of the client "service" at the provider`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := d.shell(t, test.env...)
			status := s.run(t, "token", "-client-credentials", "-client", "service")
			if status != test.status || !strings.Contains(s.stderr.String(), test.says) || strings.Contains(s.stderr.String(), "wrong\n") {
				t.Errorf("the status is %d with %s, want %s", status, s.stderr, test.says)
			}
			if status != 0 {
				return
			}
			caller := d.caller(t, strings.TrimSpace(s.stdout.String()))
			if asked := d.asked[len(d.asked)-1]; asked.Get("resource") != apiURL {
				t.Errorf("the request is for %q", asked["resource"])
			}
			if caller.ClientID != "service" || !slices.Equal(caller.Scopes, []string{"items:read", "items:write"}) {
				t.Errorf("%+v is the caller", caller)
			}
		})
	}
}

func TestARequestAsksForWhatTheFlagsSay(t *testing.T) {
	read, empty, other := []string{"items:read"}, "", "https://other.example.com"
	all := slices.Sorted(slices.Values([]string{"openid", "items:read", "items:write"}))
	for _, test := range []struct {
		name string
		env  []string
		t    tokenCommand
		want tokenRequest
	}{
		{"by default all", nil, tokenCommand{},
			tokenRequest{Client: "cli", Scopes: all, Parameter: "resource", Target: "https://api.example.com", Offline: true}},
		{"a client by flag", []string{"TOKEN_CLIENT_ID", "mine"}, tokenCommand{Client: "other", Scope: read},
			tokenRequest{Client: "other", Scopes: read, Parameter: "resource", Target: "https://api.example.com"}},
		{"a client by variable", []string{"TOKEN_CLIENT_ID", "mine"}, tokenCommand{Scope: read},
			tokenRequest{Client: "mine", Scopes: read, Parameter: "resource", Target: "https://api.example.com"}},
		{"scopes by spaces and flags", nil, tokenCommand{Scope: []string{"a  b", "c"}},
			tokenRequest{Client: "cli", Scopes: []string{"a", "b", "c"}, Parameter: "resource", Target: "https://api.example.com"}},
		{"another resource", nil, tokenCommand{Scope: read, Resource: &other},
			tokenRequest{Client: "cli", Scopes: read, Parameter: "resource", Target: other}},
		{"no resource", nil, tokenCommand{Scope: read, Resource: &empty},
			tokenRequest{Client: "cli", Scopes: read, Parameter: "resource"}},
		{"an audience", nil, tokenCommand{Scope: read, Audience: "orders"},
			tokenRequest{Client: "cli", Scopes: read, Parameter: "audience", Target: "orders"}},
		{"the first of two audiences", []string{"OIDC_AUDIENCE", "https://b.example.com,https://a.example.com"}, tokenCommand{Scope: read},
			tokenRequest{Client: "cli", Scopes: read, Parameter: "resource", Target: "https://b.example.com"}},
		{"an audience that is no URI", []string{"OIDC_AUDIENCE", "orders"}, tokenCommand{Scope: read},
			tokenRequest{Client: "cli", Scopes: read}},
		{"Auth0", []string{"OIDC_ISSUER", "https://acme.eu.auth0.com/", "OIDC_AUDIENCE", "orders"}, tokenCommand{Scope: read},
			tokenRequest{Issuer: "https://acme.eu.auth0.com/", Client: "cli", Scopes: read, Parameter: "audience", Target: "orders"}},
		{"nothing to refresh without a cache", nil, tokenCommand{NoCache: true},
			tokenRequest{Client: "cli", Scopes: all, Parameter: "resource", Target: "https://api.example.com"}},
		{"a client that signs in as itself", []string{"TOKEN_CLIENT_SECRET", "s"}, tokenCommand{ClientCredentials: true},
			tokenRequest{Client: "cli", Secret: "s", Scopes: []string{"items:read", "items:write"}, Parameter: "resource", Target: "https://api.example.com", Machine: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			getenv := env(test.env...)
			cfg, err := readConfig(getenv)
			if err != nil {
				t.Fatal(err)
			}
			if test.want.Issuer == "" {
				test.want.Issuer = "https://id.example.com"
			}
			got, err := test.t.request(cfg, getenv)
			if err != nil || !reflect.DeepEqual(got, &test.want) {
				t.Errorf("the request is %+v and %v, want %+v", got, err, &test.want)
			}
		})
	}
}

func TestAProviderThatCannotGiveATokenIsNamed(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		change func(map[string]any)
		fault  http.HandlerFunc
		says   string
	}{
		{"another issuer", nil, func(m map[string]any) { m["issuer"] = "https://other.example.com" }, nil, "did not match"},
		{"endpoints in the clear", nil, func(m map[string]any) { m["token_endpoint"] = "http://id.example.com/token" }, nil, "must be https"},
		{"a sign-in in the clear", nil, func(m map[string]any) { m["authorization_endpoint"] = "http://id.example.com/" }, nil, "must be https"},
		{"no device flow", []string{"-device"}, func(m map[string]any) { delete(m, "device_authorization_endpoint") }, nil, "has no device_authorization_endpoint"},
		{"a device flow in the clear", []string{"-device"}, func(m map[string]any) { m["device_authorization_endpoint"] = "http://id.example.com/" }, nil, "must be https"},
		{"no sign-in", nil, func(m map[string]any) { delete(m, "authorization_endpoint") }, nil, "has no authorization_endpoint"},
		{"no token endpoint", nil, func(m map[string]any) { delete(m, "token_endpoint") }, nil, "has no token_endpoint"},
		{"a gateway without a backend", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>")
		}, "/token answered 502 Bad Gateway"},
		{"a redirect of the code", nil, nil, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example.com/", http.StatusTemporaryRedirect)
		}, "/token answered 307 Temporary Redirect"},
		{"a page of a megabyte", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Write(make([]byte, 1<<20))
		}, "too large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := startDesk(t)
			d.change, d.fault = test.change, test.fault
			s := d.shell(t)
			status := s.run(t, append([]string{"token"}, test.args...)...)
			d.visits.Wait()
			if status != 1 || !strings.Contains(s.stderr.String(), test.says) || s.stdout.String() != "" {
				t.Errorf("the status is %d with %s, want %s", status, s.stderr, test.says)
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		s := newShell(t, "OIDC_ISSUER", "http://127.0.0.1:1", "OIDC_AUDIENCE", apiURL)
		if status := s.run(t, "token"); status != 1 || !strings.HasPrefix(s.stderr.String(), "discovering http://127.0.0.1:1: ") {
			t.Errorf("the status is %d with %s", status, s.stderr)
		}
	})
	t.Run("none is configured", func(t *testing.T) {
		s := newShell(t)
		const line = "\nOIDC_ISSUER=http://localhost:9000 OIDC_AUDIENCE=http://localhost:8080 go run . token\n"
		if status := s.run(t, "token"); status != 1 || !strings.HasSuffix(s.stderr.String(), line) {
			t.Errorf("the status is %d with %s", status, s.stderr)
		}
	})
}
