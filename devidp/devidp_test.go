package devidp_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/devidp"
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

// A logBuffer is a log that tests can read while the provider writes it.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(line)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// A provider is a development provider on a real port.
type provider struct {
	t     *testing.T
	url   string
	clock *clock
	log   *logBuffer
}

// serve starts the documented provider with three more clients and one more resource.
func serve(t *testing.T) *provider {
	t.Helper()
	listener, err := devidp.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, url: "http://" + listener.Addr().String(), log: &logBuffer{},
		clock: &clock{now: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)}}
	cfg := devidp.Development(p.url, api, signingKey())
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

// with returns a copy of q with the pairs set; an empty value removes the name.
func with(q url.Values, pairs ...string) url.Values {
	q = maps.Clone(q)
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return q
}

// asDocs is an authorization request of Swagger UI's client, changed by pairs.
func asDocs(pairs ...string) url.Values {
	return with(url.Values{"client_id": {"docs"}, "redirect_uri": {callback}, "response_type": {"code"},
		"scope": {"openid items:read"}, "state": {"st&te"}, "nonce": {"n1"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}}, pairs...)
}

// asCLI is the same for the command line client.
func asCLI(pairs ...string) url.Values {
	return with(asDocs("client_id", "cli", "redirect_uri", loop), pairs...)
}

var (
	action = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	button = regexp.MustCompile(`<button[^>]* name="([^"]*)" value="([^"]*)">`)
)

// click submits the form of the page as a browser would, by the button with the value.
func (p *provider) click(page reply, value string) reply {
	p.t.Helper()
	if page.StatusCode != 200 {
		p.t.Fatalf("got %d %s, want a login page", page.StatusCode, page.body)
	}
	q := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		q.Add(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range button.FindAllStringSubmatch(page.body, -1) {
		if m[2] == value {
			q.Add(m[1], value)
			return p.postWith(action.FindStringSubmatch(page.body)[1], q,
				http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {p.url}})
		}
	}
	p.t.Fatalf("no button %q in %s", value, page.body)
	return reply{}
}

// location returns where a reply redirects to, without its query, and the query.
func (p *provider) location(r reply) (string, url.Values) {
	p.t.Helper()
	u, err := url.Parse(r.Header.Get("Location"))
	if err != nil || r.StatusCode != 303 {
		p.t.Fatalf("got %d %q %s, want a redirect", r.StatusCode, r.Header.Get("Location"), r.body)
	}
	q := u.Query()
	u.RawQuery = ""
	return u.String(), q
}

// code logs the user in for the authorization request, and returns the code.
func (p *provider) code(user string, q url.Values) string {
	p.t.Helper()
	_, answer := p.location(p.click(p.get("/authorize?"+q.Encode()), user))
	if answer.Get("code") == "" {
		p.t.Fatalf("got %v, want a code", answer)
	}
	return answer.Get("code")
}

// redeem is the token request that follows the authorization request, changed by pairs.
func redeem(q url.Values, code string, pairs ...string) url.Values {
	return with(url.Values{"grant_type": {devidp.AuthorizationCode}, "client_id": {q.Get("client_id")},
		"redirect_uri": {q.Get("redirect_uri")}, "code": {code}, "code_verifier": {verifier}}, pairs...)
}

// login goes through a whole code flow.
func (p *provider) login(user string, q url.Values) tokenReply {
	p.t.Helper()
	return p.token(redeem(q, p.code(user, q))).must(p.t)
}

// refreshing is a refresh request of the client, changed by pairs.
func refreshing(client, token string, pairs ...string) url.Values {
	return with(url.Values{"grant_type": {devidp.RefreshToken}, "client_id": {client}, "refresh_token": {token}}, pairs...)
}

// asService is a client credentials request, changed by pairs.
func asService(pairs ...string) url.Values {
	return with(url.Values{"grant_type": {devidp.ClientCredentials}, "client_id": {"service"},
		"client_secret": {"service-secret"}}, pairs...)
}

// active reports whether introspection returns that a token is active.
func (p *provider) active(token string) bool {
	p.t.Helper()
	answer := p.post("/introspect", asService("grant_type", "", "token", token))
	if answer.StatusCode != 200 {
		p.t.Fatalf("introspection answered %d %s", answer.StatusCode, answer.body)
	}
	return strings.Contains(answer.body, `"active":true`)
}

// object decodes a JSON object.
func object(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return m
}

// decode checks the token's signature with the key that the provider serves, and returns its header
// and claims.
func (p *provider) decode(token string) (header, claims map[string]any) {
	p.t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		p.t.Fatalf("token %q has %d parts", token, len(parts))
	}
	raw := make([][]byte, 3)
	for i, part := range parts {
		data, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			p.t.Fatal(err)
		}
		raw[i] = data
	}
	header, claims = object(p.t, raw[0]), object(p.t, raw[1])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(p.key(header["kid"]), crypto.SHA256, digest[:], raw[2]); err != nil {
		p.t.Fatalf("signature: %v", err)
	}
	return header, claims
}

// key fetches the JWKS and returns its key with the kid.
func (p *provider) key(kid any) *rsa.PublicKey {
	p.t.Helper()
	var set struct {
		Keys []struct{ Kty, Kid, Use, Alg, N, E string }
	}
	if err := json.Unmarshal([]byte(p.get("/jwks").body), &set); err != nil {
		p.t.Fatal(err)
	}
	for _, k := range set.Keys {
		if k.Kid == kid && k.Kty == "RSA" && k.Use == "sig" && k.Alg == "RS256" {
			n, err1 := base64.RawURLEncoding.DecodeString(k.N)
			e, err2 := base64.RawURLEncoding.DecodeString(k.E)
			if err1 != nil || err2 != nil {
				p.t.Fatal(err1, err2)
			}
			return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		}
	}
	p.t.Fatalf("no key %v in %v", kid, set)
	return nil
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
