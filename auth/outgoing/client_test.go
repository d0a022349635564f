package outgoing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/outgoing"
	"example.com/gatehouse/problem"
)

func TestTheOtherAPISeesCallerAndClient(t *testing.T) {
	f := begin(t)
	orders := f.client()
	alice, hers := f.signIn("alice")
	bob, his := f.signIn("bob")
	f.want(t, orders.OnBehalfOf(alice, hers), "the orders of alice, for service")
	f.want(t, orders.OnBehalfOf(bob, his), "the orders of bob, for service")
	f.want(t, orders.AsSelf(), "the orders of service, for service")
	f.want(t, orders.OnBehalfOf(alice, hers), "the orders of alice, for service")
	f.wantRequests(t, 3)
}

// TestTokensGoToTheirOwnIssuer has a caller of each of two issuers, and counts who is asked for a token.
func TestTokensGoToTheirOwnIssuer(t *testing.T) {
	first, second := begin(t), begin(t)
	alice, hers := first.signIn("alice")
	bob, his := second.signIn("bob")
	cfg := second.config()
	cfg.Origin, cfg.Resource = first.orders, second.orders
	both := outgoing.Clients{first.client(), must(outgoing.New(second.verifier.Provider(), cfg))}
	first.want(t, both.OnBehalfOf(alice, hers), "the orders of alice, for service")
	first.want(t, both.AsSelf(), "the orders of service, for service")
	first.wantRequests(t, 2)
	both.OnBehalfOf(bob, his).Get(first.orders) // which accepts no token of that issuer
	second.wantRequests(t, 1)
	if _, err := both[:1].OnBehalfOf(bob, his).Get(first.orders); err == nil || !strings.Contains(err.Error(), "not for callers of another issuer") {
		t.Errorf("the error is %v", err)
	}
	if _, err := both.OnBehalfOf(nil, his).Get(first.orders); !errors.Is(err, problem.CredentialsMissing) {
		t.Errorf("the error of an anonymous caller is %v", err)
	}
	first.wantRequests(t, 2)
}

// TestTheCallersTokenIsNotForwarded searches every byte that the other API receives.
func TestTheCallersTokenIsNotForwarded(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	orders := f.client()
	reused, err := http.NewRequest(http.MethodGet, f.orders+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	reused.Header = r.Header.Clone()
	for _, client := range []*http.Client{orders.OnBehalfOf(caller, r), orders.AsSelf()} {
		f.want(t, client, must(f.get(client)))
		response, err := client.Post(f.orders+"/orders?x=1", "text/plain", strings.NewReader("hello"))
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("got %+v and %v", response, err)
		}
		response.Body.Close()
		if response, err = client.Do(reused); err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("got %+v and %v", response, err)
		}
		response.Body.Close()
	}
	f.breakOrders(func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(http.StatusUnauthorized) })
	if _, err := f.get(orders.OnBehalfOf(caller, r)); err != nil {
		t.Error(err)
	}
	if n := len(f.received()); n != 9 {
		t.Errorf("the orders received %d requests, want 9", n)
	}
	parts := strings.Split(token(r), ".")
	for _, dump := range f.received() {
		if strings.Contains(dump, parts[1]) || strings.Contains(dump, parts[2]) {
			t.Errorf("the orders received the caller's token:\n%s", dump)
		}
		if strings.Count(dump, "Bearer ey") != 1 {
			t.Errorf("the orders received no token, or several:\n%s", dump)
		}
	}
	if reused.Header.Get("Authorization") != r.Header.Get("Authorization") {
		t.Error("the caller's own request was changed")
	}
}

func TestTokensGoToOneOrigin(t *testing.T) {
	f := begin(t)
	var requests []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		requests = append(requests, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
	}))
	defer other.Close()
	caller, r := f.signIn("alice")
	orders := f.client()
	for _, test := range []struct{ name, method, address string }{
		{"another host", "GET", other.URL + "/orders"},
		{"another name of the same host", "GET", strings.Replace(f.orders, "127.0.0.1", "localhost", 1) + "/orders"},
		{"another scheme", "GET", strings.Replace(f.orders, "http:", "https:", 1) + "/orders"},
		{"the origin as a user's name", "GET", f.orders + "@" + strings.TrimPrefix(other.URL, "http://") + "/orders"},
		{"no host", "GET", "/orders"},
		{"a body for another host", "POST", other.URL + "/orders"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, client := range []*http.Client{orders.OnBehalfOf(caller, r), orders.AsSelf()} {
				request, err := http.NewRequest(test.method, test.address, strings.NewReader("hello"))
				if err != nil {
					t.Fatal(err)
				}
				if response, err := client.Do(request); err == nil || !strings.Contains(err.Error(), "tokens for "+f.orders+" are not for ") {
					t.Errorf("got %v and %v", response, err)
				}
			}
		})
	}
	f.wantRequests(t, 0)
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint("a redirect with ", status), func(t *testing.T) {
			f.breakOrders(http.RedirectHandler(other.URL+"/orders", status).ServeHTTP)
			response, err := orders.OnBehalfOf(caller, r).Post(f.orders+"/orders", "text/plain", strings.NewReader("hello"))
			if err == nil || !strings.Contains(err.Error(), "tokens for "+f.orders+" are not for "+other.URL) {
				t.Errorf("got %v and %v", response, err)
			}
		})
	}
	if requests != nil {
		t.Errorf("the other server received %q", requests)
	}
}

func TestRedirectsWithinTheOriginAreFollowed(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	f.breakOrders(func(rw http.ResponseWriter, r *http.Request) {
		f.breakOrders(nil)
		http.Redirect(rw, r, "/moved", http.StatusTemporaryRedirect)
	})
	f.want(t, f.client().OnBehalfOf(caller, r), "the orders of alice, for service")
	if got := f.received(); len(got) != 2 || !strings.HasPrefix(got[1], "GET /moved") || !strings.Contains(got[1], "Authorization: Bearer ") {
		t.Errorf("the orders received %q", got)
	}
}

func TestAnUppercaseHostIsTheSameOrigin(t *testing.T) {
	f := begin(t)
	address := strings.Replace(f.orders, "127.0.0.1", "localhost", 1)
	client := f.client(func(c *outgoing.Config) { c.Origin = address }).AsSelf()
	response, err := client.Get(strings.Replace(address, "localhost", "LOCALHOST", 1))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got %v and %v", response, err)
	}
	response.Body.Close()
}

func TestAnonymousCallersGetAProblem(t *testing.T) {
	f := begin(t)
	alice, hers := f.signIn("alice")
	none := httptest.NewRequest(http.MethodGet, "/", nil)
	basic := httptest.NewRequest(http.MethodGet, "/", nil)
	basic.SetBasicAuth("alice", "secret")
	for _, test := range []struct {
		name   string
		caller *auth.Principal
		r      *http.Request
		want   *problem.Type
	}{
		{"no caller", nil, hers, problem.CredentialsMissing},
		{"no token", alice, none, problem.CredentialsMissing},
		{"neither", nil, none, problem.CredentialsMissing},
		{"a password", alice, basic, problem.SchemeUnsupported},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := f.get(f.client().OnBehalfOf(test.caller, test.r)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	f.wantRequests(t, 0)
	if got := f.received(); got != nil {
		t.Errorf("the orders received %q", got)
	}
}

func TestResponsesAreLimited(t *testing.T) {
	f := begin(t)
	for _, test := range []struct {
		name string
		size int
		good bool
	}{
		{"as much as is allowed", 1000, true},
		{"a byte more", 1001, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f.breakOrders(func(rw http.ResponseWriter, _ *http.Request) { rw.Write(bytes.Repeat([]byte("x"), test.size)) })
			got, err := f.get(f.client(func(c *outgoing.Config) { c.MaxBody = 1000 }).AsSelf())
			if len(got) != 1000 || (err == nil) != test.good {
				t.Errorf("got %d bytes and %v", len(got), err)
			}
		})
	}
}

func TestCallsTimeOutAfterTenSeconds(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for _, test := range []struct {
		name    string
		timeout time.Duration
		want    time.Duration
	}{
		{"unless another time is set", 0, 10 * time.Second},
		{"and as long as is set", time.Minute, time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := beginInBubble(t)
				f.breakOrders(hang)
				client := f.client(func(c *outgoing.Config) { c.Timeout = test.timeout }).AsSelf()
				start := time.Now()
				if _, err := f.get(client); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != test.want {
					t.Errorf("got %v after %s", err, time.Since(start))
				}
			})
		})
	}
}

func TestRejectedRequestsCloseTheirBody(t *testing.T) {
	f := begin(t)
	body := &closer{Reader: strings.NewReader("hello")}
	f.client().AsSelf().Post("http://127.0.0.1:1/", "text/plain", body)
	if !body.closed {
		t.Error("it is open")
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}

func TestSecretsAndTokensAreNotPrinted(t *testing.T) {
	f := begin(t)
	caller, r := f.signIn("alice")
	orders := f.client()
	client := orders.OnBehalfOf(caller, r)
	f.want(t, client, "the orders of alice, for service")
	issued := strings.Split(strings.SplitAfter(f.received()[0], "Bearer ")[1], ".")[1]
	cfg := f.config()
	cfg.Transport = nil // fmt would read it while it is in use
	var log bytes.Buffer
	for _, value := range []any{orders, client, cfg, struct{ C *outgoing.Client }{orders}, cfg.ClientSecret} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
			fmt.Fprintf(&log, verb+"\n", value)
		}
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "value", value)
	}
	for name, secret := range map[string]string{
		"the secret": "service-secret", "the secret in hexadecimal": fmt.Sprintf("%x", "service-secret"),
		"the caller's token": strings.Split(token(r), ".")[1], "the issued token": issued,
	} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is printed:\n%s", name, log.String())
		}
	}
	if !strings.Contains(log.String(), "client of "+f.orders) || !strings.Contains(log.String(), "REDACTED") {
		t.Errorf("got %s", log.String())
	}
}

func TestConfigurationsAreChecked(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*outgoing.Config)
		want   string // in the error; empty when it is accepted
	}{
		{"nothing", func(*outgoing.Config) {}, ""},
		{"an audience in place of a resource", func(c *outgoing.Config) { c.Resource, c.Audience = "", "orders" }, ""},
		{"scopes alone", func(c *outgoing.Config) { c.Resource = "" }, ""},
		{"https", func(c *outgoing.Config) { c.Origin = "https://orders.example.com" }, ""},
		{"no origin", func(c *outgoing.Config) { c.Origin = "" }, "origin: "},
		{"an origin in the clear", func(c *outgoing.Config) { c.Origin = "http://orders.example.com" }, "must be https"},
		{"an origin with a path", func(c *outgoing.Config) { c.Origin = "https://orders.example.com/v1" }, "has a path"},
		{"an origin with a slash", func(c *outgoing.Config) { c.Origin = "https://orders.example.com/" }, "has a path"},
		{"an origin that is no address", func(c *outgoing.Config) { c.Origin = "https://[::1" }, "origin: "},
		{"no client", func(c *outgoing.Config) { c.ClientID = "" }, "client: "},
		{"no secret", func(c *outgoing.Config) { c.ClientSecret = "" }, "client: "},
		{"no target", func(c *outgoing.Config) { c.Resource, c.Scopes = "", nil }, "which API"},
		{"less than no time", func(c *outgoing.Config) { c.Timeout = -1 }, "negative"},
		{"less than no body", func(c *outgoing.Config) { c.MaxBody = -1 }, "negative"},
		{"less than no tokens", func(c *outgoing.Config) { c.Tokens = -1 }, "negative"},
		{"all of it", func(c *outgoing.Config) { *c = outgoing.Config{} }, "origin: \"\" is not an absolute URL without user, query and fragment\nclient: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := outgoing.Config{Origin: "http://localhost:9001", ClientID: "service", ClientSecret: "service-secret",
				Resource: "http://localhost:9001", Scopes: []string{"orders:read"}}
			test.change(&cfg)
			client, err := outgoing.New(nil, cfg)
			if (client == nil) != (err != nil) || (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v and %v, want %q", client, err, test.want)
			}
		})
	}
}
