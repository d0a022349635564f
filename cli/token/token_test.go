package token

import (
	"cmp"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/test/clitest"
)

func TestTokensComeByADevice(t *testing.T) {
	for _, test := range []struct {
		name, user string
		patience   time.Duration
		status     int
		says       string
	}{
		{"the user agrees", "bob", 5 * time.Minute, 0, "Open http://localhost:9000/device on any device and enter the code "},
		{"the user cancels", "", 5 * time.Minute, 1, `the provider says "access_denied": "The user canceled."`},
		{"the user is absent", absent, 5 * time.Minute, 1, "no sign-in within 5m0s"},
		{"the user is absent, and the code expires first", absent, time.Hour, 1, "expired before the sign-in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProvider(t, "http://localhost:9000")
				p.user = test.user
				f := p.device(t)
				f.Patience = test.patience
				if test.patience > 10*time.Minute {
					p.fault = func(w http.ResponseWriter, _ *http.Request) {
						w.WriteHeader(http.StatusBadRequest)
						io.WriteString(w, `{"error":"authorization_pending"}`)
					}
				}
				status := f.Run(t, "token", "-device")
				p.signIns.Wait()
				<-time.After(f.HTTPClient().Timeout) // of the bubble's clock: x/oauth2 leaves a body open until then
				if status != test.status || !strings.Contains(f.Stderr.String(), test.says) {
					t.Errorf("the status is %d with %s, want %s", status, f.Stderr, test.says)
				}
				if status != 0 {
					return
				}
				if caller := p.caller(t, strings.TrimSpace(f.Stdout.String())); caller.Subject != "bob" || caller.ClientID != "cli" {
					t.Errorf("%+v is the caller", caller)
				}
			})
		})
	}
}

// TestTokensComeFromTheIssuerThatIsNamed signs in at the second issuer, by its number and by its URL.
func TestTokensComeFromTheIssuerThatIsNamed(t *testing.T) {
	first, second := startProvider(t), startProvider(t)
	for _, test := range []struct {
		issuer string
		from   *provider // nil for an error
		says   string
	}{
		{"2", second, ""}, {second.url, second, ""}, {"1", first, ""}, {"", first, ""},
		{"3", nil, `there is no issuer "3": there are 1 (` + first.url + "), 2 (" + second.url + ")"},
	} {
		f := first.terminal(t, "OIDC_ISSUER_2", second.url, "TOKEN_CLIENT_SECRET_2", "service-secret", "TOKEN_CLIENT_ID_2", "service",
			"TOKEN_CLIENT_SECRET", "service-secret", "TOKEN_CLIENT_ID", "service")
		status := f.Run(t, "token", "-client-credentials", "-issuer", test.issuer)
		if (status == 0) != (test.from != nil) || !strings.Contains(f.Stderr.String(), test.says) {
			t.Fatalf("%q: the status is %d with %s", test.issuer, status, f.Stderr)
		}
		if test.from != nil {
			test.from.caller(t, strings.TrimSpace(f.Stdout.String()))
		}
	}
	f := first.terminal(t, "OIDC_ISSUER_2", second.url, "TOKEN_CLIENT_SECRET", "service-secret")
	if f.Run(t, "token", "-client-credentials", "-issuer", "2"); !strings.Contains(f.Stderr.String(), "TOKEN_CLIENT_SECRET_2: not set") {
		t.Errorf("the secret of one issuer is not for another: %s", f.Stderr)
	}
}

func TestTokensComeByClientCredentials(t *testing.T) {
	p := startProvider(t)
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
			f := p.terminal(t, test.env...)
			status := f.Run(t, "token", "-client-credentials", "-client", "service")
			if status != test.status || !strings.Contains(f.Stderr.String(), test.says) || strings.Contains(f.Stderr.String(), "wrong\n") {
				t.Errorf("the status is %d with %s, want %s", status, f.Stderr, test.says)
			}
			if status != 0 {
				return
			}
			caller := p.caller(t, strings.TrimSpace(f.Stdout.String()))
			if last := p.requests[len(p.requests)-1]; last.Get("resource") != apiURL {
				t.Errorf("the request is for %q", last["resource"])
			}
			if caller.ClientID != "service" || !slices.Equal(caller.Scopes, clientScopes(t)) {
				t.Errorf("%+v is the caller", caller)
			}
		})
	}
}

// env returns a look-up of variables: the required ones, and pairs of further names and values.
func env(pairs ...string) func(string) string {
	values := map[string]string{"OIDC_ISSUER": "https://id.example.com", "OIDC_AUDIENCE": "https://api.example.com"}
	for pair := range slices.Chunk(pairs, 2) {
		values[pair[0]] = pair[1]
	}
	return func(name string) string { return values[name] }
}

// clientScopes returns the scopes that routes require, without those for users.
func clientScopes(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(clitest.Scopes(t), func(scope string) bool { return scope == "openid" })
}

func TestRequestsFollowTheFlags(t *testing.T) {
	read, empty, other := []string{"items:read"}, "", "https://other.example.com"
	all := clitest.Scopes(t)
	for _, test := range []struct {
		name string
		env  []string
		t    Command
		want request
	}{
		{"no flags", nil, Command{},
			request{Client: "cli", Scopes: all, Parameter: "resource", Target: "https://api.example.com", Offline: true}},
		{"a client by flag", []string{"TOKEN_CLIENT_ID", "mine"}, Command{Client: "other", Scope: read},
			request{Client: "other", Scopes: read, Parameter: "resource", Target: "https://api.example.com"}},
		{"a client by variable", []string{"TOKEN_CLIENT_ID", "mine"}, Command{Scope: read},
			request{Client: "mine", Scopes: read, Parameter: "resource", Target: "https://api.example.com"}},
		{"scopes by spaces and flags", nil, Command{Scope: []string{"a  b", "c"}},
			request{Client: "cli", Scopes: []string{"a", "b", "c"}, Parameter: "resource", Target: "https://api.example.com"}},
		{"another resource", nil, Command{Scope: read, Resource: &other},
			request{Client: "cli", Scopes: read, Parameter: "resource", Target: other}},
		{"no resource", nil, Command{Scope: read, Resource: &empty},
			request{Client: "cli", Scopes: read, Parameter: "resource"}},
		{"an audience", nil, Command{Scope: read, Audience: "orders"},
			request{Client: "cli", Scopes: read, Parameter: "audience", Target: "orders"}},
		{"the first of two audiences", []string{"OIDC_AUDIENCE", "https://b.example.com,https://a.example.com"}, Command{Scope: read},
			request{Client: "cli", Scopes: read, Parameter: "resource", Target: "https://b.example.com"}},
		{"an audience that is not a URI", []string{"OIDC_AUDIENCE", "orders"}, Command{Scope: read},
			request{Client: "cli", Scopes: read}},
		{"Auth0", []string{"OIDC_ISSUER", "https://acme.eu.auth0.com/", "OIDC_AUDIENCE", "orders"}, Command{Scope: read},
			request{Issuer: "https://acme.eu.auth0.com/", Client: "cli", Scopes: read, Parameter: "audience", Target: "orders"}},
		{"Auth0 with other parameters", []string{"OIDC_ISSUER", "https://acme.eu.auth0.com/", "OIDC_AUTHORIZE_PARAMS", "audience=other&organization=acme"}, Command{Scope: read},
			request{Issuer: "https://acme.eu.auth0.com/", Client: "cli", Scopes: read, Parameter: "audience", Target: "other", Parameters: "organization=acme"}},
		{"an audience by parameter, where the API is a resource", []string{"OIDC_AUTHORIZE_PARAMS", "audience=other"}, Command{Scope: read},
			request{Client: "cli", Scopes: read, Parameter: "audience", Target: "other"}},
		{"a flag in place of a parameter", []string{"OIDC_AUTHORIZE_PARAMS", "audience=a&prompt=login"}, Command{Scope: read, Resource: &other},
			request{Client: "cli", Scopes: read, Parameter: "resource", Target: other, Parameters: "prompt=login"}},
		{"Entra ID", []string{"OIDC_ISSUER", "https://login.microsoftonline.com/1/v2.0", "OIDC_AUDIENCE", "11-22"}, Command{},
			request{Issuer: "https://login.microsoftonline.com/1/v2.0", Client: "cli", Scopes: auth.ScopePrefix("api://11-22/").Add(all), Offline: true}},
		{"Entra ID, of a client itself", []string{"OIDC_ISSUER", "https://login.microsoftonline.com/1/v2.0", "OIDC_AUDIENCE", "11-22", "TOKEN_CLIENT_SECRET", "s"}, Command{ClientCredentials: true},
			request{Issuer: "https://login.microsoftonline.com/1/v2.0", Client: "cli", Secret: "s", Scopes: []string{"api://11-22/.default"}, Flow: asClient}},
		{"Amazon Cognito", []string{"OIDC_ISSUER", "https://cognito-idp.eu-west-1.amazonaws.com/p"}, Command{},
			request{Issuer: "https://cognito-idp.eu-west-1.amazonaws.com/p", Client: "cli", Scopes: auth.ScopePrefix("https://api.example.com/").Add(all), Offline: true}},
		{"Keycloak", []string{"OIDC_ISSUER", "https://sso.example.com/realms/acme"}, Command{Scope: read},
			request{Issuer: "https://sso.example.com/realms/acme", Client: "cli", Scopes: read}},
		{"Okta", []string{"OIDC_ISSUER", "https://acme.okta.com/oauth2/default"}, Command{Scope: read},
			request{Issuer: "https://acme.okta.com/oauth2/default", Client: "cli", Scopes: read}},
		{"AD FS", []string{"OIDC_ISSUER", "https://sts.example.com/adfs"}, Command{Scope: read},
			request{Issuer: "https://sts.example.com/adfs", Client: "cli", Scopes: read, Parameter: "resource", Target: "https://api.example.com"}},
		{"metadata elsewhere", []string{"OIDC_DISCOVERY_URL", "https://id.example.com/policy"}, Command{Scope: read},
			request{Client: "cli", Scopes: read, Parameter: "resource", Target: "https://api.example.com", Discovery: "https://id.example.com/policy"}},
		{"clients and no audience", []string{"TOKEN_PROFILE", "spring", "OIDC_AUDIENCE", "", "OIDC_CLIENTS", "cli"}, Command{Scope: read},
			request{Client: "cli", Scopes: read}},
		{"nothing to refresh without a cache", nil, Command{NoCache: true},
			request{Client: "cli", Scopes: all, Parameter: "resource", Target: "https://api.example.com"}},
		{"another device", nil, Command{Device: true},
			request{Client: "cli", Scopes: all, Parameter: "resource", Target: "https://api.example.com", Offline: true, Flow: byDevice}},
		{"a client that signs in as itself", []string{"TOKEN_CLIENT_SECRET", "s"}, Command{ClientCredentials: true},
			request{Client: "cli", Secret: "s", Scopes: clientScopes(t), Parameter: "resource", Target: "https://api.example.com", Flow: asClient}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg, err := config.Read(env(test.env...))
			if err != nil {
				t.Fatal(err)
			}
			table, err := handlers.Table(cfg)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Issuer = cmp.Or(test.want.Issuer, "https://id.example.com")
			test.want.Flow = cmp.Or(test.want.Flow, byBrowser)
			got, err := test.t.request(cfg, table)
			if err != nil || !reflect.DeepEqual(got, &test.want) {
				t.Errorf("the request is %+v and %v, want %+v", got, err, &test.want)
			}
		})
	}
}

func TestErrorsNameTheProvider(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		change func(map[string]any)
		fault  http.HandlerFunc
		says   string
	}{
		{"another issuer", nil, func(m map[string]any) { m["issuer"] = "https://other.example.com" }, nil,
			`names the issuer "https://other.example.com". Set OIDC_ISSUER exactly as the provider writes it. If its metadata is not below that`},
		{"an issuer with a slash", nil, func(m map[string]any) { m["issuer"] = m["issuer"].(string) + "/" }, nil, "The issuers differ only by a trailing slash: set OIDC_ISSUER=http://127.0.0.1:"},
		{"a token endpoint by http", nil, func(m map[string]any) { m["token_endpoint"] = "http://id.example.com/token" }, nil, "must be https"},
		{"a sign-in by http", nil, func(m map[string]any) { m["authorization_endpoint"] = "http://id.example.com/" }, nil, "must be https"},
		{"no device flow", []string{"-device"}, func(m map[string]any) { delete(m, "device_authorization_endpoint") }, nil, "has no device_authorization_endpoint"},
		{"a device flow by http", []string{"-device"}, func(m map[string]any) { m["device_authorization_endpoint"] = "http://id.example.com/" }, nil, "must be https"},
		{"no sign-in", nil, func(m map[string]any) { delete(m, "authorization_endpoint") }, nil, "has no authorization_endpoint"},
		{"no token endpoint", nil, func(m map[string]any) { delete(m, "token_endpoint") }, nil, "has no token_endpoint"},
		{"a gateway without a backend", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>")
		}, "/token returned 502 Bad Gateway"},
		{"a redirect of the code", nil, nil, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example.com/", http.StatusTemporaryRedirect)
		}, "/token returned 307 Temporary Redirect"},
		{"a page of a megabyte", nil, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Write(make([]byte, 1<<20))
		}, "too large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startProvider(t)
			p.change, p.fault = test.change, test.fault
			f := p.terminal(t)
			status := f.Run(t, append([]string{"token"}, test.args...)...)
			p.signIns.Wait()
			if status != 1 || !strings.Contains(f.Stderr.String(), test.says) || f.Stdout.String() != "" {
				t.Errorf("the status is %d with %s, want %s", status, f.Stderr, test.says)
			}
		})
	}
	t.Run("no provider", func(t *testing.T) {
		f := newTerminal(t, "OIDC_ISSUER", "http://127.0.0.1:1", "OIDC_AUDIENCE", apiURL)
		if status := f.Run(t, "token"); status != 1 || !strings.HasPrefix(f.Stderr.String(), "discovering http://127.0.0.1:1: ") {
			t.Errorf("the status is %d with %s", status, f.Stderr)
		}
	})
}

func TestWithoutAProviderACommandIsShown(t *testing.T) {
	const issuer, audience = "http://localhost:9000", "http://localhost:8080"
	f := newTerminal(t)
	for want, args := range map[string][]string{
		"go run . token": nil,
		"TOKEN_CLIENT_SECRET=service-secret go run . token -client-credentials -client service": {"-client-credentials"},
	} {
		want = "\nOIDC_ISSUER=" + issuer + " OIDC_AUDIENCE=" + audience + " " + want + "\n"
		if status := f.Run(t, append([]string{"token"}, args...)...); status != 1 || !strings.HasSuffix(f.Stderr.String(), want) {
			t.Errorf("the status is %d with %s, want %s", status, f.Stderr, want)
		}
	}
	const want = `$env:OIDC_ISSUER="` + issuer + `"; $env:OIDC_AUDIENCE="` + audience +
		`"; $env:TOKEN_CLIENT_SECRET="service-secret"; go run . token -client-credentials -client service`
	if got := (&Command{ClientCredentials: true}).example("windows"); got != want {
		t.Errorf("on Windows the command is\n%s\nwant\n%s", got, want)
	}
}
