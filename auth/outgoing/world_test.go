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

// shopURL is the audience of this API, whose callers the tests have.
const shopURL = "http://localhost:8080"

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// required is what the orders ask of their caller.
var required = auth.Requirement{Scopes: []string{"orders:read"}}

// A world is the development provider; another API, of orders, behind auth with an audience of its
// own; and the verifier of this API. Its time is moved by hand.
type world struct {
	issuer, orders string // where they are
	verifier       *auth.Verifier
	transport      http.RoundTripper

	provider http.Handler
	guard    *auth.Verifier // of the orders

	mu      sync.Mutex
	now     time.Time
	asked   []url.Values     // token requests, in order
	dumps   []string         // all that the orders received
	fault   http.HandlerFunc // answers token requests in the provider's place
	trouble http.HandlerFunc // answers in the orders' place
}

// start returns a world on loopback addresses, and what ends it.
func start() (*world, func()) {
	w := &world{transport: http.DefaultTransport}
	provider := httptest.NewUnstartedServer(http.HandlerFunc(w.serveProvider))
	orders := httptest.NewUnstartedServer(http.HandlerFunc(w.serveOrders))
	ctx, cancel := context.WithCancel(context.Background())
	w.open(ctx, provider.Listener.Addr().String(), orders.Listener.Addr().String())
	provider.Start()
	orders.Start()
	w.signIn("alice") // after that the provider is known
	return w, func() {
		cancel()
		orders.Close()
		provider.Close()
	}
}

func begin(t *testing.T) *world {
	t.Helper()
	w, stop := start()
	t.Cleanup(stop)
	return w
}

// imagine returns a world without a network, for a testing/synctest bubble.
func imagine(t *testing.T) *world {
	t.Helper()
	w := &world{}
	w.transport = w
	w.open(t.Context(), "localhost:9000", "localhost:9001")
	w.signIn("alice")
	return w
}

func (w *world) open(ctx context.Context, provider, orders string) {
	w.issuer, w.orders, w.now = "http://"+provider, "http://"+orders, time.Now()
	cfg := devidp.Development(w.issuer, shopURL, signingKey())
	cfg.Resources = append(cfg.Resources, w.orders)
	cfg.Now = w.time
	w.provider = must(devidp.New(cfg))
	verify := auth.Config{Issuer: w.issuer, Transport: w.transport, Now: w.time}
	verify.Audience = []string{shopURL}
	w.verifier = must(auth.Connect(ctx, verify))
	verify.Audience = []string{w.orders}
	w.guard = must(auth.Connect(ctx, verify))
}

// must returns what has to be there in a correct test.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// fail lets fault answer token requests; nil mends it.
func (w *world) fail(fault http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// spoil lets trouble answer in the orders' place.
func (w *world) spoil(trouble http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = trouble
}

func (w *world) serveProvider(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		r.ParseForm()
		r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
		w.mu.Lock()
		fault := w.fault
		if r.PostForm.Get("grant_type") != devidp.AuthorizationCode {
			w.asked = append(w.asked, r.PostForm)
		}
		w.mu.Unlock()
		if fault != nil {
			fault(rw, r)
			return
		}
	}
	w.provider.ServeHTTP(rw, r)
}

// serveOrders lets in whom a token for the orders names, and says who that was.
func (w *world) serveOrders(rw http.ResponseWriter, r *http.Request) {
	dump := must(httputil.DumpRequest(r, true))
	w.mu.Lock()
	w.dumps = append(w.dumps, string(dump))
	trouble := w.trouble
	w.mu.Unlock()
	if trouble != nil {
		trouble(rw, r)
		return
	}
	caller, err := w.guard.Authenticate(r)
	if err == nil {
		err = required.Check(caller, w.time())
	}
	if err != nil {
		http.Error(rw, err.Error(), http.StatusUnauthorized)
		return
	}
	fmt.Fprintf(rw, "the orders of %s, for %s", caller.Subject, caller.ClientID)
}

// RoundTrip serves a request without a network.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := w.serveOrders
	if r.URL.Host == "localhost:9000" {
		handler = w.serveProvider
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

// signIn returns the request and the principal of a user who came with a token for this API.
func (w *world) signIn(user string) (*auth.Principal, *http.Request) {
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	request := url.Values{"client_id": {"docs"}, "redirect_uri": {shopURL + "/docs/oauth2-redirect.html"}, "response_type": {"code"},
		"scope": {"items:read orders:read"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"}}
	client := &http.Client{Transport: w.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	click := must(client.PostForm(w.issuer+"/login", url.Values{"request": {request.Encode()}, "user": {user}}))
	click.Body.Close()
	answer := must(client.PostForm(w.issuer+"/token", url.Values{"grant_type": {devidp.AuthorizationCode}, "client_id": {"docs"},
		"redirect_uri": request["redirect_uri"], "code": {must(click.Location()).Query().Get("code")}, "code_verifier": {verifier}}))
	defer answer.Body.Close()
	var tokens struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&tokens); err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+tokens.Access)
	return must(w.verifier.Authenticate(r)), r
}

// signOut ends a token at the provider, while by itself it still is good.
func (w *world) signOut(r *http.Request) {
	client := &http.Client{Transport: w.transport}
	answer := must(client.PostForm(w.issuer+"/revoke", url.Values{"client_id": {"docs"}, "token": {token(r)}}))
	answer.Body.Close()
}

// token returns the text of the token that a request carries.
func token(r *http.Request) string { return string(must(auth.BearerToken(r))) }

// config is of this API as a client of the orders.
func (w *world) config() outgoing.Config {
	return outgoing.Config{
		Origin: w.orders, ClientID: "service", ClientSecret: "service-secret",
		Resource: w.orders, Scopes: []string{"orders:read"}, Transport: w.transport, Now: w.time,
	}
}

// client returns the client of the orders, changed.
func (w *world) client(changes ...func(*outgoing.Config)) *outgoing.Client {
	cfg := w.config()
	for _, change := range changes {
		change(&cfg)
	}
	return must(outgoing.New(w.verifier.Provider(), cfg))
}

// get returns what the orders say to a client.
func (w *world) get(client *http.Client) (string, error) {
	response, err := client.Get(w.orders + "/orders")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// requests returns how many tokens were asked for.
func (w *world) requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

// received returns all that the orders received.
func (w *world) received() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dumps
}

// want fails the test unless the orders say something to a client.
func (w *world) want(t *testing.T, client *http.Client, says string) {
	t.Helper()
	if got, err := w.get(client); err != nil || got != says {
		t.Errorf("got %q and %v, want %q", got, err, says)
	}
}

// wantRequests fails the test unless so many tokens were asked for.
func (w *world) wantRequests(t *testing.T, n int) {
	t.Helper()
	if got := w.requests(); got != n {
		t.Errorf("%d tokens were asked for, want %d", got, n)
	}
}
