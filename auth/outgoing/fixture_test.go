package outgoing_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/outgoing"
	"example.com/gatehouse/devidp"
)

// shopURL is the audience of this API.
const shopURL = "http://localhost:8080"

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// required is what the orders require of their caller.
var required = auth.Requirement{Scopes: []string{"orders:read"}}

// A fixture is the development provider; another API, of orders, with its own audience; and the verifier of this API.
// Its clock is set by the test.
type fixture struct {
	issuer, orders string // where they are
	verifier       *auth.Verifier
	transport      http.RoundTripper

	provider http.Handler
	guard    *auth.Verifier // of the orders

	mu      sync.Mutex
	now     time.Time
	asked   []url.Values     // token requests, in order
	dumps   []string         // requests that the orders received
	fault   http.HandlerFunc // responds to token requests instead of the provider
	trouble http.HandlerFunc // responds instead of the orders
}

// start returns a fixture on loopback addresses, and its stop function.
func start() (*fixture, func()) {
	f := &fixture{transport: http.DefaultTransport}
	provider := httptest.NewUnstartedServer(http.HandlerFunc(f.serveProvider))
	orders := httptest.NewUnstartedServer(http.HandlerFunc(f.serveOrders))
	ctx, cancel := context.WithCancel(context.Background())
	f.open(ctx, provider.Listener.Addr().String(), orders.Listener.Addr().String())
	provider.Start()
	orders.Start()
	f.signIn("alice") // after that the provider is known
	return f, func() {
		cancel()
		orders.Close()
		provider.Close()
	}
}

func begin(t *testing.T) *fixture {
	t.Helper()
	f, stop := start()
	t.Cleanup(stop)
	return f
}

// beginInBubble returns a fixture without a network, for a testing/synctest bubble.
func beginInBubble(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{}
	f.transport = f
	f.open(t.Context(), "localhost:9000", "localhost:9001")
	f.signIn("alice")
	return f
}

func (f *fixture) open(ctx context.Context, provider, orders string) {
	f.issuer, f.orders, f.now = "http://"+provider, "http://"+orders, time.Now()
	cfg := devidp.Development(f.issuer, shopURL, shopURL+"/docs/", signingKey())
	cfg.Resources = append(cfg.Resources, f.orders)
	cfg.Now = f.time
	f.provider = must(devidp.New(cfg))
	verify := auth.Config{Issuer: f.issuer, Transport: f.transport, Now: f.time}
	verify.Audience = []string{shopURL}
	f.verifier = must(auth.Connect(ctx, verify))
	verify.Audience = []string{f.orders}
	f.guard = must(auth.Connect(ctx, verify))
}

// must returns a value that a correct test has.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (f *fixture) time() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// breakProvider lets fault respond to token requests; nil ends it.
func (f *fixture) breakProvider(fault http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// breakOrders lets trouble respond instead of the orders.
func (f *fixture) breakOrders(trouble http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.trouble = trouble
}

func (f *fixture) serveProvider(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		r.ParseForm()
		r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
		f.mu.Lock()
		fault := f.fault
		if r.PostForm.Get("grant_type") != devidp.AuthorizationCode {
			f.asked = append(f.asked, r.PostForm)
		}
		f.mu.Unlock()
		if fault != nil {
			fault(rw, r)
			return
		}
	}
	f.provider.ServeHTTP(rw, r)
}

// serveOrders accepts tokens for the orders, and responds with caller and client.
func (f *fixture) serveOrders(rw http.ResponseWriter, r *http.Request) {
	dump := must(httputil.DumpRequest(r, true))
	f.mu.Lock()
	f.dumps = append(f.dumps, string(dump))
	trouble := f.trouble
	f.mu.Unlock()
	if trouble != nil {
		trouble(rw, r)
		return
	}
	caller, err := f.guard.Authenticate(r)
	if err == nil {
		err = required.Check(caller, f.time())
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusUnauthorized)
		return
	}
	fmt.Fprintf(rw, "the orders of %s, for %s", caller.Subject, caller.ClientID)
}

// RoundTrip serves a request without a network.
func (f *fixture) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := f.serveOrders
	if r.URL.Host == "localhost:9000" {
		handler = f.serveProvider
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	handler(recorder, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return recorder.Result(), nil
}

// signIn returns the principal of a user, and a request with their token for this API.
func (f *fixture) signIn(user string) (*auth.Principal, *http.Request) {
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	request := url.Values{"client_id": {"docs"}, "redirect_uri": {shopURL + "/docs/oauth2-redirect.html"}, "response_type": {"code"},
		"scope": {"items:read orders:read"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}}
	client := &http.Client{Transport: f.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	click := must(client.PostForm(f.issuer+"/login", url.Values{"request": {request.Encode()}, "user": {user}}))
	click.Body.Close()
	response := must(client.PostForm(f.issuer+"/token", url.Values{"grant_type": {devidp.AuthorizationCode}, "client_id": {"docs"},
		"redirect_uri": request["redirect_uri"], "code": {must(click.Location()).Query().Get("code")}, "code_verifier": {verifier}}))
	defer response.Body.Close()
	var tokens struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&tokens); err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+tokens.Access)
	return must(f.verifier.Authenticate(r)), r
}

// signOut revokes a token at the provider; its signature and claims stay valid.
func (f *fixture) signOut(r *http.Request) {
	client := &http.Client{Transport: f.transport}
	response := must(client.PostForm(f.issuer+"/revoke", url.Values{"client_id": {"docs"}, "token": {token(r)}}))
	response.Body.Close()
}

// token returns the token of a request.
func token(r *http.Request) string { return string(must(auth.BearerToken(r))) }

// config is that of this API as a client of the orders.
func (f *fixture) config() outgoing.Config {
	return outgoing.Config{
		Origin: f.orders, ClientID: "service", ClientSecret: "service-secret",
		Resource: f.orders, Scopes: []string{"orders:read"}, Transport: f.transport, Now: f.time,
	}
}

// client returns the client of the orders, changed.
func (f *fixture) client(changes ...func(*outgoing.Config)) *outgoing.Client {
	cfg := f.config()
	for _, change := range changes {
		change(&cfg)
	}
	return must(outgoing.New(f.verifier.Provider(), cfg))
}

// get returns what the orders respond to a client.
func (f *fixture) get(client *http.Client) (string, error) {
	response, err := client.Get(f.orders + "/orders")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// requests returns the number of token requests.
func (f *fixture) requests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

// received returns the requests that the orders received.
func (f *fixture) received() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dumps
}

// want fails the test unless the orders respond with a text.
func (f *fixture) want(t *testing.T, client *http.Client, says string) {
	t.Helper()
	if got, err := f.get(client); err != nil || got != says {
		t.Errorf("got %q and %v, want %q", got, err, says)
	}
}

// wantRequests fails the test unless the provider received that many token requests.
func (f *fixture) wantRequests(t *testing.T, n int) {
	t.Helper()
	if got := f.requests(); got != n {
		t.Errorf("got %d token requests, want %d", got, n)
	}
}
