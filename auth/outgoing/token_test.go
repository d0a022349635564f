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

// issue answers a token request with any token, and these members more.
func issue(members string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(rw, `{"access_token":"another","token_type":"bearer","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"%s}`, members)
	}
}

func TestATokenIsKeptUntilShortlyBeforeItEnds(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer string        // of the provider, beside the token
		caller time.Duration // how long the caller's token is good, or zero for AsSelf
		kept   time.Duration
	}{
		{"a token of our own", `,"expires_in":300`, 0, 290 * time.Second},
		{"one that the provider counts in words", `,"expires_in":"300"`, 0, 290 * time.Second},
		{"one that ends before the caller's", `,"expires_in":60`, time.Hour, 50 * time.Second},
		{"one that ends after the caller's", `,"expires_in":3600`, time.Minute, 50 * time.Second},
		{"one that ends with the caller's", `,"expires_in":60`, time.Minute, 50 * time.Second},
		{"one that hardly lasts", `,"expires_in":10`, time.Hour, 0},
		{"a caller who hardly stays", `,"expires_in":300`, 10 * time.Second, 0},
		{"a caller who is late", `,"expires_in":300`, -time.Second, 0},
		{"one of which nobody says how long it lasts", ``, time.Hour, 0},
		{"one that is past", `,"expires_in":-1`, time.Hour, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := begin(t)
			_, r := w.signIn("alice")
			w.fail(issue(test.answer))
			orders := w.client()
			client := orders.AsSelf()
			if test.caller != 0 {
				client = orders.OnBehalfOf(&auth.Principal{ExpiresAt: w.time().Add(test.caller)}, r)
			}
			call := func() {
				t.Helper()
				if _, err := w.get(client); err != nil {
					t.Fatal(err)
				}
			}
			call()
			w.wantRequests(t, 1)
			if test.kept == 0 {
				call()
				w.wantRequests(t, 2)
				return
			}
			w.pass(test.kept - time.Second)
			call()
			w.wantRequests(t, 1)
			w.pass(time.Second)
			call()
			w.wantRequests(t, 2)
		})
	}
}

func TestANewTokenReplacesTheOneThatEnded(t *testing.T) {
	w := begin(t)
	client := w.client().AsSelf()
	for n := range 5 {
		w.want(t, client, "the orders of service, for service")
		w.wantRequests(t, n+1)
		w.pass(5 * time.Minute)
	}
}

func TestSoManyTokensAreKept(t *testing.T) {
	w := begin(t)
	orders := w.client(func(c *outgoing.Config) { c.Tokens = 2 })
	var clients []*http.Client
	for _, user := range []string{"alice", "bob", "alice", "bob"} {
		clients = append(clients, orders.OnBehalfOf(w.signIn(user)))
	}
	for range 3 {
		for _, client := range clients[:2] {
			must(w.get(client))
		}
	}
	w.wantRequests(t, 2)
	for _, client := range clients {
		must(w.get(client))
	}
	w.wantRequests(t, 4)
	for _, client := range clients { // two at most were kept
		must(w.get(client))
	}
	if n := w.requests(); n < 6 {
		t.Errorf("%d tokens were asked for, want 6 at least", n)
	}
}

func TestTwoTokensOfOneCallerAreTwo(t *testing.T) {
	w := begin(t)
	orders := w.client()
	for range 2 {
		w.want(t, orders.OnBehalfOf(w.signIn("alice")), "the orders of alice, for service")
	}
	w.wantRequests(t, 2)
}

// gate lets token requests wait until it is opened.
func (w *world) gate() (open func()) {
	gate := make(chan struct{})
	w.fail(func(rw http.ResponseWriter, r *http.Request) {
		<-gate
		w.provider.ServeHTTP(rw, r)
	})
	return func() { close(gate) }
}

func TestABurstOfACallerIsOneExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := imagine(t)
		orders := w.client()
		alice, hers := w.signIn("alice")
		bob, his := w.signIn("bob")
		open := w.gate()
		var calls sync.WaitGroup
		for range 50 {
			calls.Go(func() { w.want(t, orders.OnBehalfOf(alice, hers), "the orders of alice, for service") })
			calls.Go(func() { w.want(t, orders.OnBehalfOf(bob, his), "the orders of bob, for service") })
			calls.Go(func() { w.want(t, orders.AsSelf(), "the orders of service, for service") })
		}
		synctest.Wait()
		w.wantRequests(t, 3)
		open()
		calls.Wait()
		w.wantRequests(t, 3)
	})
}

// TestABurstOverTheNetworkIsOneExchange has no say in who comes first.
func TestABurstOverTheNetworkIsOneExchange(t *testing.T) {
	w := begin(t)
	orders := w.client()
	caller, r := w.signIn("alice")
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() { w.want(t, orders.OnBehalfOf(caller, r), "the orders of alice, for service") })
	}
	calls.Wait()
	w.wantRequests(t, 1)
}

// TestWhoLeavesDoesNotTakeTheOthersAlong cancels the request that asked for the token.
func TestWhoLeavesDoesNotTakeTheOthersAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := imagine(t)
		orders := w.client()
		caller, hers := w.signIn("alice")
		open := w.gate()
		ctx, cancel := context.WithCancelCause(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.orders+"/orders", nil)
		if err != nil {
			t.Fatal(err)
		}
		var calls sync.WaitGroup
		gone := errors.New("the caller hung up")
		calls.Go(func() {
			if _, err := orders.OnBehalfOf(caller, hers).Do(request); !errors.Is(err, gone) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		calls.Go(func() { w.want(t, orders.OnBehalfOf(caller, hers), "the orders of alice, for service") })
		synctest.Wait()
		cancel(gone)
		synctest.Wait()
		open()
		calls.Wait()
		w.wantRequests(t, 1)
	})
}

func TestWhatTheProviderIsAsked(t *testing.T) {
	w := begin(t)
	caller, r := w.signIn("alice")
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
			"resource": w.orders, "scope": "orders:read",
		}},
		{"an exchange for an audience and two scopes", func(c *outgoing.Config) {
			c.Resource, c.Audience, c.Scopes = "", "orders", []string{"orders:read", "orders:write"}
		}, false, map[string]string{
			"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": token(r),
			"subject_token_type": accessToken, "requested_token_type": accessToken,
			"audience": "orders", "scope": "orders:read orders:write",
		}},
		{"client credentials", func(*outgoing.Config) {}, true, map[string]string{
			"grant_type": "client_credentials", "resource": w.orders, "scope": "orders:read",
		}},
		{"client credentials with the secret in the body", func(c *outgoing.Config) { c.AuthStyle = oauth2.AuthStyleInParams }, true, map[string]string{
			"grant_type": "client_credentials", "resource": w.orders, "scope": "orders:read",
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
			w.fail(func(rw http.ResponseWriter, r *http.Request) {
				header, _, _ = r.BasicAuth()
				issue(``)(rw, r)
			})
			client := w.client(test.change).OnBehalfOf(caller, r)
			if test.self {
				client = w.client(test.change).AsSelf()
			}
			must(w.get(client))
			asked := w.asked[len(w.asked)-1]
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
