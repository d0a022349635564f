package main

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
)

const apiURL = "http://localhost:8080"

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// A desk is the development provider, and somebody who signs in at it.
type desk struct {
	url      string
	provider http.Handler
	client   *http.Client // of the browser
	user     string       // who signs in; empty for nobody, who cancels
	tamper   func(back url.Values)

	mu     sync.Mutex
	asked  []url.Values         // authorization and token requests, in order
	fault  http.HandlerFunc     // answers token requests in the provider's place
	change func(map[string]any) // falsifies the metadata

	visits sync.WaitGroup
	page   string // that the browser shows in the end
}

// newDesk returns a desk whose provider has the URL, and is not on any network yet.
func newDesk(t *testing.T, address string) *desk {
	t.Helper()
	provider, err := devidp.New(devidp.Development(address, apiURL, signingKey()))
	if err != nil {
		t.Fatal(err)
	}
	return &desk{url: address, provider: provider, client: http.DefaultClient, user: "alice"}
}

// startDesk returns a desk that listens until the test ends.
func startDesk(t *testing.T) *desk {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, "http://"+listener.Addr().String())
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: d}}
	server.Start()
	t.Cleanup(server.Close)
	return d
}

// shell returns a shell that is configured for the desk, and in which every sign-in that is asked for
// is answered.
func (d *desk) shell(t *testing.T, pairs ...string) *shell {
	s := newShell(t, append([]string{"OIDC_ISSUER", d.url, "OIDC_AUDIENCE", apiURL}, pairs...)...)
	s.browse = func(address string) error {
		d.visits.Go(func() { d.signIn(t, address) })
		return nil
	}
	return s
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	fault, change := d.fault, d.change
	d.mu.Unlock()
	switch {
	case r.URL.Path == "/authorize":
		d.note(r.URL.Query())
	case r.URL.Path == "/token":
		r.ParseForm()
		d.note(r.PostForm)
		if fault != nil {
			fault(w, r)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(r.PostForm.Encode()))
	case change != nil && strings.HasPrefix(r.URL.Path, "/.well-known/"):
		d.falsify(w, r, change)
		return
	}
	d.provider.ServeHTTP(w, r)
}

func (d *desk) falsify(w http.ResponseWriter, r *http.Request, change func(map[string]any)) {
	recorder := httptest.NewRecorder()
	d.provider.ServeHTTP(recorder, r)
	metadata := map[string]any{}
	if err := json.Unmarshal(recorder.Body.Bytes(), &metadata); err != nil {
		panic(err)
	}
	change(metadata)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(metadata)
}

func (d *desk) note(q url.Values) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, q)
}

// grants returns the kinds of token requests since it was last called.
func (d *desk) grants() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var kinds []string
	for _, q := range d.asked {
		if q.Has("grant_type") {
			kinds = append(kinds, q.Get("grant_type"))
		}
	}
	d.asked = nil
	return kinds
}

func (d *desk) fail(fault http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault
}

var hidden = regexp.MustCompile(`name="request" value="([^"]*)"`)

// signIn does what a person does in the browser: looks at the page, clicks, and is sent back.
func (d *desk) signIn(t *testing.T, address string) {
	page, err := d.show(d.client.Get(address))
	form := hidden.FindStringSubmatch(page)
	if err != nil || form == nil {
		t.Errorf("the sign-in page is %s and %v", page, err)
		return
	}
	answer := url.Values{"request": {html.UnescapeString(form[1])}, "user": {d.user}}
	stay := *d.client
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := stay.PostForm(d.url+"/login", answer)
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
	if q := back.Query(); d.tamper != nil {
		d.tamper(q)
		back.RawQuery = q.Encode()
	}
	if d.page, err = d.show(d.client.Get(back.String())); err != nil {
		t.Error(err)
	}
}

func (d *desk) show(response *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// caller returns whom a token is of, as the API sees it.
func (d *desk) caller(t *testing.T, token string) *auth.Principal {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	verifier, err := auth.Connect(ctx, auth.Config{Issuer: d.url, Audience: []string{apiURL}, Transport: network{d.url: d.provider}})
	if err != nil {
		t.Fatal(err)
	}
	caller, err := verifier.Verify(ctx, auth.Token(token))
	if err != nil {
		t.Fatalf("the API refuses %q: %v", token, err)
	}
	return caller
}

// device returns a shell without a network, in which whoever reads the code decides as the desk says.
func (d *desk) device(t *testing.T) *shell {
	s := d.shell(t)
	s.transport = network{d.url: d}
	d.client = &http.Client{Transport: s.transport}
	code := regexp.MustCompile(`enter the code (\S+)`)
	s.stderr.watch = func(text string) {
		if found := code.FindStringSubmatch(text); found != nil && d.user != "nobody" {
			d.visits.Go(func() {
				var err error
				if d.page, err = d.show(d.client.PostForm(d.url+"/device", url.Values{"user_code": {found[1]}, "user": {d.user}})); err != nil {
					t.Error(err)
				}
			})
		}
	}
	return s
}
