package outgoing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/outgoing"
	"example.com/gatehouse/problem"
)

// say responds to a token request with an error that repeats everything that was sent.
func say(status int, code string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(status)
		_, secret, _ := r.BasicAuth()
		fmt.Fprintf(rw, `{"error":%q,"error_description":"You sent %s and %s and %s, which will not do."}`,
			code, r.Header.Get("Authorization"), secret, r.PostForm.Get("subject_token"))
	}
}

func respond(status int, media, text string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", media)
		rw.WriteHeader(status)
		fmt.Fprint(rw, text)
	}
}

// echo responds to a token request with what was sent, and no HTTP.
func echo(rw http.ResponseWriter, r *http.Request) {
	connection, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(connection, "%s %s\n", r.Header.Get("Authorization"), r.PostForm.Get("subject_token"))
	connection.Close()
}

// TestErrorsOfTheProviderAreTranslated separates errors about the caller's token from outages and wrong settings.
func TestErrorsOfTheProviderAreTranslated(t *testing.T) {
	f := begin(t)
	for _, test := range []struct {
		name   string
		fault  http.HandlerFunc
		caller *problem.Type // on behalf of a caller; nil for a server error
		self   *problem.Type // for this API itself
		says   string
	}{
		{"a subject token that is not accepted", say(400, "invalid_request"), problem.TokenInactive, nil, "the provider says \"invalid_request\": \"You sent "},
		{"a grant that is not accepted", say(400, "invalid_grant"), problem.TokenInactive, nil, "which will not do."},
		{"a token that is not accepted", say(400, "invalid_token"), problem.TokenInactive, nil, "which will not do."},
		{"a user who has to sign in", say(400, "interaction_required"), problem.TokenInactive, nil, "which will not do."},
		{"an unknown client", say(401, "invalid_client"), nil, nil, "the provider says \"invalid_client\": "},
		{"a client that may not", say(400, "unauthorized_client"), nil, nil, "unauthorized_client"},
		{"a grant type that is not known", say(400, "unsupported_grant_type"), nil, nil, "unsupported_grant_type"},
		{"a target that is not known", say(400, "invalid_target"), nil, nil, "invalid_target"},
		{"a scope that is not granted", say(400, "invalid_scope"), nil, nil, "invalid_scope"},
		{"an error of Keycloak", say(403, "access_denied"), nil, nil, "access_denied"},
		{"an error with success", say(200, "invalid_grant"), problem.TokenInactive, nil, "invalid_grant"},
		{"an error in trouble", say(500, "invalid_grant"), problem.AuthUnavailable, problem.AuthUnavailable, "the provider responded 500"},
		{"too many requests", say(429, "slow_down"), problem.AuthUnavailable, problem.AuthUnavailable, "the provider responded 429"},
		{"a provider that is down", authtest.Down, problem.AuthUnavailable, problem.AuthUnavailable, "the provider responded 503"},
		{"a page", authtest.Garbage, problem.AuthUnavailable, problem.AuthUnavailable, "a token for "},
		{"a page that is missing", http.NotFound, problem.AuthUnavailable, problem.AuthUnavailable, "the provider responded 404"},
		{"a huge response", authtest.Huge, problem.AuthUnavailable, problem.AuthUnavailable, "cannot parse json"},
		{"no JSON", respond(200, "application/json", "{"), problem.AuthUnavailable, problem.AuthUnavailable, "cannot parse json"},
		{"no token", respond(200, "application/json", "{}"), problem.AuthUnavailable, problem.AuthUnavailable, "missing access_token"},
		{"a token of an unknown type", respond(200, "application/json", `{"access_token":"x","token_type":"N_A"}`), nil, nil, "not a bearer token"},
		{"a token that is bound to a key", respond(200, "application/json", `{"access_token":"x","token_type":"DPoP"}`), nil, nil, "not a bearer token"},
		{"a response that is not HTTP", echo, problem.AuthUnavailable, problem.AuthUnavailable, "malformed HTTP"},
		{"a connection that breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, problem.AuthUnavailable, problem.AuthUnavailable, "EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f.breakProvider(nil)
			caller, r := f.signIn("alice")
			f.breakProvider(test.fault)
			orders := f.client()
			for client, reason := range map[*http.Client]*problem.Type{orders.OnBehalfOf(caller, r): test.caller, orders.AsSelf(): test.self} {
				_, err := f.get(client)
				wantError(t, err, reason, test.says)
				for _, secret := range append(strings.Split(token(r), ".")[1:], "service-secret", "c2VydmljZTpzZXJ2aWNlLXNlY3JldA==") {
					if strings.Contains(fmt.Sprint(err), secret) {
						t.Errorf("the error repeats %s: %v", secret, err)
					}
				}
			}
		})
	}
	if got := f.received(); got != nil {
		t.Errorf("the orders received %q", got)
	}
}

// wantError fails the test unless an error has the type, or none, and a text for the log.
func wantError(t *testing.T, err error, want *problem.Type, says string) {
	t.Helper()
	reason, _ := errors.AsType[*problem.Type](err)
	if err == nil || reason != want || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v (%v), want %v and %q", err, reason, want, says)
	}
	rejected, ok := errors.AsType[*auth.Error](err)
	if want == problem.AuthUnavailable && (!ok || rejected.Type.RetryAfter == 0) {
		t.Errorf("got %+v, want a time to retry", rejected)
	}
}

func TestProviderErrorsAreQuotedRedacted(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	const said = "AADSTS50013: Assertion failed. Trace ID: 255d1aef-8c98-452f-ac51-23d051240864, see https://login.example.com/errors/50013"
	for _, test := range []struct{ name, description, want string }{
		{"what helps", said, said},
		{"the caller's token", "No " + token(r) + ".", "No REDACTED."},
		{"a part of it", "No " + strings.Split(token(r), ".")[1] + ".", "No REDACTED."},
		{"the secret", "No service-secret.", "No REDACTED."},
		{"a long text", strings.Repeat("a word ", 100), strings.Repeat("a word ", 100)[:299] + "…"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := must(json.Marshal(map[string]string{"error": "invalid_grant", "error_description": test.description}))
			f.breakProvider(respond(400, "application/json", string(body)))
			_, err := f.get(f.client().OnBehalfOf(caller, r))
			said, ok := errors.AsType[*outgoing.ProviderError](err)
			if !ok || said.Code != "invalid_grant" || said.Description != test.want {
				t.Errorf("got %+v, want %q", said, test.want)
			}
		})
	}
}

func TestTheCallersOwnTokenIsRejected(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	f.breakProvider(respond(200, "application/json", `{"access_token":"`+token(r)+`","token_type":"Bearer","expires_in":300}`))
	for range 2 {
		_, err := f.get(f.client().OnBehalfOf(caller, r))
		wantError(t, err, nil, "the provider returned the caller's own token")
	}
	if got := f.received(); got != nil {
		t.Errorf("the orders received %q", got)
	}
}

func TestErrorsAreNotCached(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	orders := f.client()
	f.breakProvider(authtest.Down)
	_, err := f.get(orders.OnBehalfOf(caller, r))
	wantError(t, err, problem.AuthUnavailable, "")
	f.breakProvider(nil)
	f.want(t, orders.OnBehalfOf(caller, r), "the orders of alice, for service")
}

// TestTheDevelopmentProviderRejects uses the errors of the development provider.
func TestTheDevelopmentProviderRejects(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*outgoing.Config)
		ended  bool
		want   *problem.Type
		says   string
	}{
		{"a caller who signed out", func(*outgoing.Config) {}, true, problem.TokenInactive, "expired or revoked"},
		{"a wrong secret", func(c *outgoing.Config) { c.ClientSecret = "guess" }, false, nil, "invalid_client"},
		{"a public client", func(c *outgoing.Config) { c.ClientID = "docs" }, false, nil, "invalid_client"},
		{"another target", func(c *outgoing.Config) { c.Resource = "https://unknown.example.com" }, false, nil, "invalid_target"},
		{"more than the caller may", func(c *outgoing.Config) { c.Scopes = []string{"orders:write"} }, false, nil, "invalid_scope"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := begin(t)
			caller, r := f.signIn("alice")
			if test.ended {
				f.signOut(r)
			}
			_, err := f.get(f.client(test.change).OnBehalfOf(caller, r))
			wantError(t, err, test.want, test.says)
			f.wantRequests(t, 1)
		})
	}
}

func TestTokenRequestsFollowNoRedirects(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	for _, status := range []int{302, 307, 308} {
		visited := false
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
		f.breakProvider(http.RedirectHandler(other.URL+"/token", status).ServeHTTP)
		_, err := f.get(f.client().OnBehalfOf(caller, r))
		wantError(t, err, problem.AuthUnavailable, fmt.Sprint("the provider responded ", status))
		other.Close()
		if visited {
			t.Errorf("a redirect with %d was followed", status)
		}
	}
}

func TestTokenRequestsTimeOutAfterFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := beginInBubble(t)
		caller, r := f.signIn("alice")
		orders := f.client()
		f.breakProvider(authtest.Hang)
		for range 2 {
			start := time.Now()
			_, err := f.get(orders.OnBehalfOf(caller, r))
			wantError(t, err, problem.AuthUnavailable, "")
			if d := time.Since(start); d != 5*time.Second {
				t.Errorf("it took %s", d)
			}
		}
	})
}

func TestCallsNeedTheProvidersMetadata(t *testing.T) {
	for _, test := range []struct {
		name, endpoint string
		says           string
	}{
		{"without metadata", "", "was not fetched yet"},
		{"with a token endpoint in the clear", "http://login.example.com/token", "token_endpoint: "},
		{"without a token endpoint", "none", "token_endpoint: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			issuer := authtest.New("https://login.example.com", shopURL)
			issuer.Break(authtest.Down)
			if test.endpoint != "" {
				issuer.Break(issuer.On("/.well-known/openid-configuration", func(rw http.ResponseWriter, _ *http.Request) {
					metadata := map[string]string{"issuer": issuer.URL, "jwks_uri": issuer.URL + "/jwks", "token_endpoint": test.endpoint}
					json.NewEncoder(rw).Encode(metadata)
				}))
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			verifier := must(auth.Connect(ctx, auth.Config{Issuer: issuer.URL, Audience: []string{shopURL}, Transport: issuer}))
			verifier.Verify(ctx, auth.AccessToken(issuer.Token())) // waits for the metadata
			client := must(outgoing.New(verifier.Provider(), outgoing.Config{Origin: "https://orders.example.com",
				ClientID: "service", ClientSecret: "service-secret", Audience: "orders", Transport: issuer})).AsSelf()
			response, err := client.Get("https://orders.example.com/orders")
			if response != nil {
				t.Errorf("got %v", response)
			}
			wantError(t, err, problem.AuthUnavailable, test.says)
			if n := issuer.Fetches("/token") + issuer.Fetches("/orders"); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

// A client whose timeout is that of the provider would only report the timeout.
func TestShortTimeoutsStillNameTheProvider(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	f.breakProvider(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	hasty := f.client(func(c *outgoing.Config) { c.Timeout = 200 * time.Millisecond })
	if _, err := f.get(hasty.OnBehalfOf(caller, r)); !errors.Is(err, problem.AuthUnavailable) {
		t.Errorf("the error is %v", err)
	}
}

func TestAGrantWithoutGrantTypeIsAnError(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	client := f.client(func(c *outgoing.Config) { c.OnBehalfOf = func(auth.AccessToken) url.Values { return nil } })
	if _, err := f.get(client.OnBehalfOf(caller, r)); err == nil {
		t.Error("the call is made as the API itself")
	}
}
