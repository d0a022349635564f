//go:build oauth2proxy

package handlers_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/devidp"
	"example.com/gatehouse/handlers/apitest"
	"github.com/gin-contrib/sse"
	"github.com/gin-gonic/gin"
)

// A browser has the cookies of a page, whose back end is the oauth2-proxy of deploy/oauth2-proxy, behind TLS.
type browser struct {
	*testing.T
	*http.Client
	api         *apitest.API
	app, issuer string
}

// newBrowser starts the development provider, the API, the oauth2-proxy in PATH with the settings as they are but for
// addresses, and TLS before it.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	b := &browser{T: t}
	proxy := freeAddress(t)
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: proxy})
		r.Out.Host = r.In.Host
		r.SetXForwarded()
		r.Out.Header.Set("X-Forwarded-For", "203.0.113.7") // a browser elsewhere
	}})
	t.Cleanup(front.Close)
	b.app = front.URL
	b.startProvider()
	b.api = apitest.Start(t, apitest.Env("OIDC_ISSUER="+b.issuer, "TRUSTED_PROXIES=127.0.0.1"))
	b.startProxy(proxy)
	b.Client = front.Client()
	b.Jar, _ = cookiejar.New(nil)
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (b *browser) startProvider() {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	l, err := devidp.Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.issuer = "http://" + l.Addr().String()
	cfg := devidp.Development(b.issuer, apitest.PublicURL, apitest.PublicURL+"/docs/", key)
	cfg.Resources = []string{"https://another.example.com", apitest.PublicURL} // the default is another
	cfg.Clients = append(cfg.Clients, devidp.Client{ID: "web", Secret: "web-secret", RedirectURIs: []string{b.app + "/oauth2/callback"},
		Grants: []string{devidp.AuthorizationCode, devidp.RefreshToken}})
	provider, err := devidp.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: provider}
	go s.Serve(l)
	b.Cleanup(func() { s.Close() })
}

// startProxy runs oauth2-proxy until the test ends.
func (b *browser) startProxy(address string) {
	b.Helper()
	folder := b.TempDir()
	write := func(name, text string) string {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		return filepath.Join(folder, name)
	}
	write("index.html", "the page")
	addresses := strings.NewReplacer(
		"https://app.example.com", b.app, "https://id.example.com", b.issuer, "http://127.0.0.1:8080", b.api.URL,
		"127.0.0.1:4180", address, "/run/secrets/web-client", write("secret", "web-secret"), "file:///srv/app/", "file://"+folder+"/",
		`cookie_refresh = "4m"`, `cookie_refresh = "1s"`)
	settings := func(name string) string {
		text, err := os.ReadFile("../deploy/oauth2-proxy/" + name)
		if err != nil {
			b.Fatal(err)
		}
		return write(name, addresses.Replace(string(text)))
	}
	cmd := exec.Command("oauth2-proxy", "--config", settings("oauth2-proxy.cfg"), "--alpha-config", settings("oauth2-proxy.yaml"))
	secret := make([]byte, 32)
	rand.Read(secret)
	cmd.Env = append(os.Environ(), "OAUTH2_PROXY_COOKIE_SECRET="+base64.URLEncoding.EncodeToString(secret))
	cmd.Stdout, cmd.Stderr = b.Output(), b.Output()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return
		}
		if time.Now().After(deadline) {
			b.Fatal("oauth2-proxy does not listen")
		}
	}
}

// send sends a request as in "GET /me", and returns its response and its body.
func (b *browser) send(line, body string, headers ...string) (*http.Response, string) {
	b.Helper()
	method, path, _ := strings.Cut(line, " ")
	if strings.HasPrefix(path, "/") {
		path = b.app + path
	}
	r, err := http.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	response, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	return response, string(text)
}

func (b *browser) want(name string, status int, line, body string, headers ...string) string {
	b.Helper()
	r, text := b.send(line, body, headers...)
	if r.StatusCode != status || r.Header.Get("Location") != "" && status == 401 {
		b.Errorf("%s: got %d %s %s, want %d", name, r.StatusCode, r.Header.Get("Location"), text, status)
	}
	return text
}

// signIn signs alice in, and returns the cookies of the session.
func (b *browser) signIn() []*http.Cookie {
	b.Helper()
	started, _ := b.send("GET /oauth2/start?rd=/app/", "")
	login, err := started.Location()
	if err != nil {
		b.Fatal(started.Status, err)
	}
	form := url.Values{"request": {login.RawQuery}, "user": {"alice"}}
	clicked, text := b.send("POST "+b.issuer+"/login", form.Encode(), "Content-Type: application/x-www-form-urlencoded")
	callback := clicked.Header.Get("Location")
	signedIn, text := b.send("GET "+callback, "")
	if signedIn.StatusCode != http.StatusFound || signedIn.Header.Get("Location") != "/app/" {
		b.Fatalf("the callback %s returns %d %s %s", callback, signedIn.StatusCode, signedIn.Header.Get("Location"), text)
	}
	return signedIn.Cookies()
}

// wantEvent opens a stream, as an EventSource does, and wants an event of it although it does not end.
func (b *browser) wantEvent(line string) {
	b.Helper()
	method, path, _ := strings.Cut(line, " ")
	events := make(chan sse.Event, 1)
	events <- sse.Event{Event: "tick", Data: "now"}
	b.api.Router().Require("items:read").Hidden().GET(path, func(c *gin.Context, caller *auth.Principal) error {
		return b.api.Stream(c, caller, events)
	})
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, b.app+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	response, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if lines.Text() == "data:now" {
			return
		}
	}
	b.Errorf("%s: got %s and no event", line, response.Status)
}

const jsonType = "Content-Type: application/json"

// TestOAuth2ProxyIsABackEndOfPages goes the way of docs/browser-apps.md.
func TestOAuth2ProxyIsABackEndOfPages(t *testing.T) {
	b := newBrowser(t)
	if text := b.want("a page", 200, "GET /app/", ""); text != "the page" {
		t.Errorf("the page is %q", text)
	}
	b.want("a call without a session", 401, "GET /me", "")
	b.want("a call with a token but no session", 401, "GET /me", "", "Authorization: Bearer "+b.api.Token("alice", ""))
	cookies := b.signIn()
	for _, cookie := range cookies {
		if cookie.Value == "" {
			continue // deletes the one of the sign-in
		}
		if !strings.HasPrefix(cookie.Name, "__Host-Http-session") || !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode ||
			cookie.Path != "/" || cookie.Domain != "" || strings.Contains(cookie.Value, "eyJ") {
			t.Errorf("the cookie is %s", cookie)
		}
	}
	first := b.want("a call", 200, "GET /me", "", "Authorization: Bearer of-the-page")
	for _, want := range []string{`"subject":"alice"`, `"client_id":"web"`, `"scopes":["openid","offline_access","items:read","items:write"]`} {
		if !strings.Contains(first, want) {
			t.Errorf("the caller is %s, want %s", first, want)
		}
	}
	_, body := b.api.Example(t, "", "POST /items")
	b.want("a change", 201, "POST /items", body, jsonType)
	b.want("a form of another site", 415, "POST /items", body, "Content-Type: text/plain")
	b.Jar, _ = cookiejar.New(nil) // of another browser
	preflight, _ := b.send("OPTIONS /items", "", "Origin: https://evil.example.com", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type")
	if preflight.StatusCode < 400 || preflight.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a preflight gets %d", preflight.StatusCode)
	}
	b.signIn()
	before := b.want("a call", 200, "GET /me", "")
	after := before
	for deadline := time.Now().Add(10 * time.Second); after == before && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		after = b.want("a call around the refresh", 200, "GET /me", "")
	}
	if after == before {
		t.Error("the token was not refreshed")
	}
	b.wantEvent("GET /event-stream")
	b.send("GET /oauth2/sign_out", "")
	b.want("a call after signing out", 401, "GET /me", "")
	for _, record := range b.api.Log.Records(t, "audit") { // the API knows who calls from where
		if fmt.Sprint(record["actor"]) != fmt.Sprintf("map[client_id:web iss:%s sub:alice]", b.issuer) || record["client"] != "203.0.113.7" {
			t.Errorf("the audit log has %v", record)
		}
	}
}
