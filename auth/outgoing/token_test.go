package outgoing_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/outgoing"
	"golang.org/x/oauth2"
)

// issue responds to a token request with a token and these additional members.
func issue(members string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(rw, `{"access_token":"another","token_type":"bearer","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"%s}`, members)
	}
}

func TestTokensAreCachedUntilShortlyBeforeTheyEnd(t *testing.T) {
	for _, test := range []struct {
		name    string
		members string        // of the response, beside the token
		caller  time.Duration // for which the caller's token is valid; zero for AsSelf
		kept    time.Duration
	}{
		{"a token of our own", `,"expires_in":300`, 0, 290 * time.Second},
		{"one that the provider counts in words", `,"expires_in":"300"`, 0, 290 * time.Second},
		{"one that ends before the caller's", `,"expires_in":60`, time.Hour, 50 * time.Second},
		{"one that ends after the caller's", `,"expires_in":3600`, time.Minute, 50 * time.Second},
		{"one that ends with the caller's", `,"expires_in":60`, time.Minute, 50 * time.Second},
		{"one that ends within the margin", `,"expires_in":10`, time.Hour, 0},
		{"a caller whose token ends within the margin", `,"expires_in":300`, 10 * time.Second, 0},
		{"a caller whose token has ended", `,"expires_in":300`, -time.Second, 0},
		{"one without expires_in", ``, time.Hour, 0},
		{"one that is past", `,"expires_in":-1`, time.Hour, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := begin(t)
			_, r := f.signIn("alice")
			f.breakProvider(issue(test.members))
			orders := f.client()
			client := orders.AsSelf()
			if test.caller != 0 {
				client = orders.OnBehalfOf(&auth.Principal{ExpiresAt: f.time().Add(test.caller)}, r)
			}
			call := func() {
				t.Helper()
				if _, err := f.get(client); err != nil {
					t.Fatal(err)
				}
			}
			call()
			f.wantRequests(t, 1)
			if test.kept == 0 {
				call()
				f.wantRequests(t, 2)
				return
			}
			f.pass(test.kept - time.Second)
			call()
			f.wantRequests(t, 1)
			f.pass(time.Second)
			call()
			f.wantRequests(t, 2)
		})
	}
}

func TestExpiredTokensAreReplaced(t *testing.T) {
	f := begin(t)
	client := f.client().AsSelf()
	for n := range 5 {
		f.want(t, client, "the orders of service, for service")
		f.wantRequests(t, n+1)
		f.pass(5 * time.Minute)
	}
}

func TestTheCacheHasALimit(t *testing.T) {
	f := begin(t)
	orders := f.client(func(c *outgoing.Config) { c.Tokens = 2 })
	var clients []*http.Client
	for _, user := range []string{"alice", "bob", "alice", "bob"} {
		clients = append(clients, orders.OnBehalfOf(f.signIn(user)))
	}
	for range 3 {
		for _, client := range clients[:2] {
			must(f.get(client))
		}
	}
	f.wantRequests(t, 2)
	for _, client := range clients {
		must(f.get(client))
	}
	f.wantRequests(t, 4)
	for _, client := range clients { // two at most were kept
		must(f.get(client))
	}
	if n := f.requests(); n < 6 {
		t.Errorf("%d tokens were asked for, want 6 at least", n)
	}
}

func TestTokensAreCachedByTheCallersToken(t *testing.T) {
	f := begin(t)
	orders := f.client()
	for range 2 {
		f.want(t, orders.OnBehalfOf(f.signIn("alice")), "the orders of alice, for service")
	}
	f.wantRequests(t, 2)
}

// hold lets token requests wait until release is called.
func (f *fixture) hold() (release func()) {
	held := make(chan struct{})
	f.breakProvider(func(rw http.ResponseWriter, r *http.Request) {
		<-held
		f.provider.ServeHTTP(rw, r)
	})
	return func() { close(held) }
}

func TestConcurrentCallsShareOneExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := beginInBubble(t)
		orders := f.client()
		alice, hers := f.signIn("alice")
		bob, his := f.signIn("bob")
		release := f.hold()
		var calls sync.WaitGroup
		for range 50 {
			calls.Go(func() { f.want(t, orders.OnBehalfOf(alice, hers), "the orders of alice, for service") })
			calls.Go(func() { f.want(t, orders.OnBehalfOf(bob, his), "the orders of bob, for service") })
			calls.Go(func() { f.want(t, orders.AsSelf(), "the orders of service, for service") })
		}
		synctest.Wait()
		f.wantRequests(t, 3)
		release()
		calls.Wait()
		f.wantRequests(t, 3)
	})
}

// TestConcurrentCallsShareOneExchangeOverHTTP does not control the order of the calls.
func TestConcurrentCallsShareOneExchangeOverHTTP(t *testing.T) {
	f := begin(t)
	orders := f.client()
	caller, r := f.signIn("alice")
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() { f.want(t, orders.OnBehalfOf(caller, r), "the orders of alice, for service") })
	}
	calls.Wait()
	f.wantRequests(t, 1)
}

// TestCancellingOneCallCancelsNoOther cancels the call that requested the token.
func TestCancellingOneCallCancelsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := beginInBubble(t)
		orders := f.client()
		caller, hers := f.signIn("alice")
		release := f.hold()
		ctx, cancel := context.WithCancelCause(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.orders+"/orders", nil)
		if err != nil {
			t.Fatal(err)
		}
		var calls sync.WaitGroup
		gone := errors.New("the caller closed the connection")
		calls.Go(func() {
			if _, err := orders.OnBehalfOf(caller, hers).Do(request); !errors.Is(err, gone) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		calls.Go(func() { f.want(t, orders.OnBehalfOf(caller, hers), "the orders of alice, for service") })
		synctest.Wait()
		cancel(gone)
		synctest.Wait()
		release()
		calls.Wait()
		f.wantRequests(t, 1)
	})
}

func TestTokenRequestsHaveTheirParameters(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	const accessToken = "urn:ietf:params:oauth:token-type:access_token"
	for _, test := range []struct {
		name   string
		change func(*outgoing.Config)
		self   bool
		want   map[string]string
	}{
		{"an exchange", func(*outgoing.Config) {}, false, map[string]string{
			"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token(r),
			"subject_token_type": accessToken, "requested_token_type": accessToken,
			"resource": f.orders, "scope": "orders:read",
		}},
		{"an exchange for an audience and two scopes", func(c *outgoing.Config) {
			c.Resource, c.Audience, c.Scopes = "", "orders", []string{"orders:read", "orders:write"}
		}, false, map[string]string{
			"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token(r),
			"subject_token_type": accessToken, "requested_token_type": accessToken,
			"audience": "orders", "scope": "orders:read orders:write",
		}},
		{"client credentials", func(*outgoing.Config) {}, true, map[string]string{
			"grant_type": "client_credentials", "resource": f.orders, "scope": "orders:read",
		}},
		{"client credentials with the secret in the body", func(c *outgoing.Config) { c.AuthStyle = oauth2.AuthStyleInParams }, true, map[string]string{
			"grant_type": "client_credentials", "resource": f.orders, "scope": "orders:read",
			"client_id": "service", "client_secret": "service-secret",
		}},
		{"Entra ID", func(c *outgoing.Config) {
			c.OnBehalfOf, c.Resource, c.Scopes = outgoing.EntraOnBehalfOf, "", []string{"api://orders/.default"}
		}, false, map[string]string{
			"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token(r),
			"requested_token_use": "on_behalf_of", "scope": "api://orders/.default",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var header string
			f.breakProvider(func(rw http.ResponseWriter, r *http.Request) {
				header, _, _ = r.BasicAuth()
				issue(``)(rw, r)
			})
			client := f.client(test.change).OnBehalfOf(caller, r)
			if test.self {
				client = f.client(test.change).AsSelf()
			}
			must(f.get(client))
			asked := f.asked[len(f.asked)-1]
			for name, value := range test.want {
				if asked.Get(name) != value || len(asked[name]) != 1 {
					t.Errorf("%s is %q, want %q", name, asked[name], value)
				}
			}
			if len(asked) != len(test.want) || (header == "service") != (test.want["client_id"] == "") {
				t.Errorf("got %d parameters, and %q in the header", len(asked), header)
			}
		})
	}
}

func TestTokensThatAreNotCachedEvictNone(t *testing.T) {
	f := begin(t)
	alice, asAlice := f.signIn("alice")
	client := f.client(func(c *outgoing.Config) { c.Tokens = 1 })
	f.want(t, client.OnBehalfOf(alice, asAlice), "the orders of alice, for service")
	bob, asBob := f.signIn("bob")
	f.breakProvider(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.Write([]byte(`{"access_token":"x","token_type":"Bearer","expires_in":1}`))
	})
	f.get(client.OnBehalfOf(bob, asBob))
	f.breakProvider(nil)
	asked := f.requests()
	f.want(t, client.OnBehalfOf(alice, asAlice), "the orders of alice, for service")
	if again := f.requests() - asked; again != 0 {
		t.Errorf("got %d more token requests", again)
	}
}
