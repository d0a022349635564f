package devidp_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/devidp"
	"example.com/gatehouse/telemetry/logtest"
)

const (
	api      = "http://localhost:8080"
	other    = "https://other.example.com"
	callback = api + "/docs/oauth2-redirect.html"
	loop     = "http://127.0.0.1:53682/callback"

	// The pair of RFC 7636, appendix B.
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// A clock is advanced by the tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A provider is a development provider on a real port.
type provider struct {
	t     *testing.T
	url   string
	clock *clock
	log   *logtest.Buffer
}

// serve starts the documented provider with three more clients and one more resource.
func serve(t *testing.T) *provider {
	t.Helper()
	listener, err := devidp.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, url: "http://" + listener.Addr().String(), log: &logtest.Buffer{},
		clock: &clock{now: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)}}
	cfg := devidp.Development(p.url, api, api+"/docs/", signingKey())
	cfg.Resources = append(cfg.Resources, other)
	cfg.Clients = append(cfg.Clients,
		devidp.Client{ID: "web app", Secret: "p:s %&+", RedirectURIs: []string{"https://app.example.com/cb?x=1"},
			Grants: []string{devidp.AuthorizationCode, devidp.ClientCredentials, devidp.RefreshToken}},
		devidp.Client{ID: "bare", RedirectURIs: []string{"https://bare.example.com/cb"},
			Grants: []string{devidp.AuthorizationCode, devidp.DeviceCode}},
		devidp.Client{ID: "idle", RedirectURIs: []string{"https://idle.example.com/cb"}})
	cfg.Now, cfg.Log = p.clock.Now, slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler, err := devidp.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p.run(listener, handler)
	return p
}

func (p *provider) run(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	p.t.Cleanup(func() { server.Close() })
}

// A reply is a response that was read to its end.
type reply struct {
	*http.Response
	body string
}

// send makes a request without following redirects, and without keeping cookies.
func (p *provider) send(method, target string, header http.Header, body string) reply {
	p.t.Helper()
	req, err := http.NewRequest(method, p.url+target, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	if host := header.Get("Host"); host != "" {
		req.Host = host
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply{res, string(data)}
}

func (p *provider) get(target string) reply { return p.send("GET", target, nil, "") }

func (p *provider) post(target string, q url.Values) reply {
	p.t.Helper()
	return p.postWith(target, q, http.Header{})
}

func (p *provider) postWith(target string, q url.Values, header http.Header) reply {
	p.t.Helper()
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send("POST", target, header, q.Encode())
}

// A tokenReply has the members of all JSON responses.
type tokenReply struct {
	reply
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	Error        string `json:"error"`
	Description  string `json:"error_description"`

	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
}

// token calls the token endpoint, or another that clients call.
func (p *provider) token(q url.Values) tokenReply { return p.tokenAt("/token", q, http.Header{}) }

func (p *provider) tokenAt(target string, q url.Values, header http.Header) tokenReply {
	p.t.Helper()
	t := tokenReply{reply: p.postWith(target, q, header)}
	if t.body == "" {
		return t
	}
	if err := json.Unmarshal([]byte(t.body), &t); err != nil {
		p.t.Fatalf("%s answered %d %q: %v", target, t.StatusCode, t.body, err)
	}
	return t
}

// must stops the test if the request failed.
func (t tokenReply) must(tb testing.TB) tokenReply {
	tb.Helper()
	if t.StatusCode != 200 {
		tb.Fatalf("got %d %s, want 200", t.StatusCode, t.body)
	}
	return t
}

// wantError checks an error response (RFC 6749, section 5.2).
func wantError(t *testing.T, got tokenReply, status int, code string) {
	t.Helper()
	if got.StatusCode != status || got.Error != code {
		t.Errorf("got %d %s, want %d %s", got.StatusCode, got.body, status, code)
	}
	if got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control: got %q, want no-store", got.Header.Get("Cache-Control"))
	}
	if got.AccessToken != "" || got.Description == "" {
		t.Errorf("got %s, want a description and no token", got.body)
	}
}
