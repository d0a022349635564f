package token

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/devidp"
	"example.com/gatehouse/test/clitest"
)

const apiURL = "http://localhost:8080"

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// A provider is the development provider, with a user and a browser.
type provider struct {
	url     string
	handler http.Handler
	client  *http.Client           // of the browser
	user    string                 // who signs in; empty to cancel, absent for no decision
	tamper  func(query url.Values) // changes the authorization response

	mu       sync.Mutex
	requests []url.Values         // authorization and token requests, in order
	fault    http.HandlerFunc     // replaces the token endpoint
	change   func(map[string]any) // changes the metadata

	signIns sync.WaitGroup
	page    string // the browser's last
}

// absent is a user who makes no decision.
const absent = "absent"

// newProvider returns a provider that has the URL and does not listen.
func newProvider(t *testing.T, address string) *provider {
	t.Helper()
	handler, err := devidp.New(devidp.Development(address, apiURL, apiURL+"/docs/", signingKey()))
	if err != nil {
		t.Fatal(err)
	}
	return &provider{url: address, handler: handler, client: http.DefaultClient, user: "alice"}
}

// startProvider returns a provider that listens until the test ends.
func startProvider(t *testing.T) *provider {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newProvider(t, "http://"+listener.Addr().String())
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: p}}
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// newTerminal returns a terminal whose .env has pairs of names and values.
func newTerminal(t *testing.T, pairs ...string) *clitest.Terminal {
	t.Helper()
	type commands struct {
		Token Command `cmd:""`
	}
	return clitest.New(t, func() any { return &commands{} }, pairs...)
}

// terminal returns a terminal that is configured for the provider, and whose browser signs in.
func (p *provider) terminal(t *testing.T, pairs ...string) *clitest.Terminal {
	t.Helper()
	f := newTerminal(t, append([]string{"OIDC_ISSUER", p.url, "OIDC_AUDIENCE", apiURL}, pairs...)...)
	f.Browse = func(address string) error {
		p.signIns.Go(func() { p.signIn(t, address) })
		return nil
	}
	return f
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	fault, change := p.fault, p.change
	p.mu.Unlock()
	switch {
	case r.URL.Path == "/authorize":
		p.record(r.URL.Query())
	case r.URL.Path == "/token":
		r.ParseForm()
		p.record(r.PostForm)
		if fault != nil {
			fault(w, r)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
	case change != nil && strings.HasPrefix(r.URL.Path, "/.well-known/"):
		p.serveMetadata(w, r, change)
		return
	}
	p.handler.ServeHTTP(w, r)
}

func (p *provider) serveMetadata(w http.ResponseWriter, r *http.Request, change func(map[string]any)) {
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	metadata := map[string]any{}
	if err := json.Unmarshal(recorder.Body.Bytes(), &metadata); err != nil {
		panic(err)
	}
	change(metadata)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(metadata)
}

func (p *provider) record(q url.Values) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, q)
}

// grants returns the grant types of the token requests since it was last called.
func (p *provider) grants() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var kinds []string
	for _, q := range p.requests {
		if q.Has("grant_type") {
			kinds = append(kinds, q.Get("grant_type"))
		}
	}
	p.requests = nil
	return kinds
}

func (p *provider) fail(fault http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

var hidden = regexp.MustCompile(`name="request" value="([^"]*)"`)

// signIn does what a user does in the browser: it opens the page, submits the form, and follows the redirect.
func (p *provider) signIn(t *testing.T, address string) {
	page, err := bodyOf(p.client.Get(address))
	form := hidden.FindStringSubmatch(page)
	if err != nil || form == nil {
		t.Errorf("the sign-in page is %s and %v", page, err)
		return
	}
	decision := url.Values{"request": {html.UnescapeString(form[1])}, "user": {p.user}}
	stay := *p.client
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := stay.PostForm(p.url+"/login", decision)
	if err != nil {
		t.Error(err)
		return
	}
	response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Error(err)
		return
	}
	if q := back.Query(); p.tamper != nil {
		p.tamper(q)
		back.RawQuery = q.Encode()
	}
	if p.page, err = bodyOf(p.client.Get(back.String())); err != nil {
		t.Error(err)
	}
}

func bodyOf(response *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// caller returns the caller of a token, as the API verifies it.
func (p *provider) caller(t *testing.T, token string) *auth.Principal {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	verifier, err := auth.Connect(ctx, auth.Config{Issuer: p.url, Audience: []string{apiURL}, Transport: clitest.Network{p.url: p.handler}})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := verifier.Verify(ctx, auth.AccessToken(token))
	if err != nil {
		t.Fatalf("the API rejects %q: %v", token, err)
	}
	return caller
}

// device returns a terminal without sockets, whose user decides on another device.
func (p *provider) device(t *testing.T) *clitest.Terminal {
	t.Helper()
	f := p.terminal(t)
	f.Transport = clitest.Network{p.url: p}
	p.client = &http.Client{Transport: f.Transport}
	code := regexp.MustCompile(`enter the code (\S+)`)
	f.Stderr.Watch = func(text string) {
		if found := code.FindStringSubmatch(text); found != nil && p.user != absent {
			p.signIns.Go(func() {
				var err error
				if p.page, err = bodyOf(p.client.PostForm(p.url+"/device", url.Values{"user_code": {found[1]}, "user": {p.user}})); err != nil {
					t.Error(err)
				}
			})
		}
	}
	return f
}
