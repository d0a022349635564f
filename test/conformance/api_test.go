package conformance

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/store"
)

const (
	rigOrigin   = "https://api.example.com"
	rigAudience = rigOrigin
	rigLeeway   = 30 * time.Second
)

// A rig is an API on a real listener, its issuer, and a memory of what was sent and logged.
type rig struct {
	issuer *authtest.Issuer
	api    *handlers.API
	items  handlers.ItemStore
	log    *journal
	sent   *grams // of every credential
	addr   string
	clock  atomic.Int64 // seconds, for issuer and verifier alike; a test may turn it between two calls
}

// A setup changes what a rig is made from, before it starts.
type setup func(*rig, *auth.Config, *config.Config)

// documented serves the documentation, too, which most rigs do without because it takes long to load.
func documented(_ *rig, _ *auth.Config, c *config.Config) {
	c.Docs, c.DocsClientID = config.DocsOn, "docs"
}

func (r *rig) now() time.Time { return time.Unix(r.clock.Load(), 0) }

// newRig starts an API that accepts the tokens of an issuer of its own. When the test ends it looks
// for credentials in the log.
func newRig(t *testing.T, setups ...setup) *rig {
	t.Helper()
	r := &rig{issuer: authtest.Start(t, rigAudience), log: &journal{}, sent: &grams{}}
	r.clock.Store(time.Now().Unix())
	r.issuer.Now = r.now
	log := slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	verification := auth.Config{
		Issuer: r.issuer.URL, Audience: []string{rigAudience}, Leeway: rigLeeway, Now: r.issuer.Now, Log: log,
	}
	cfg := config.Config{PublicURL: rigOrigin, Issuer: r.issuer.URL, Audience: []string{rigAudience}, Docs: config.DocsOff}
	for _, change := range setups {
		change(r, &verification, &cfg)
	}
	db, err := store.Open(t.Context(), "memory:", log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if r.items == nil {
		r.items = store.NewItems(db)
	}
	verifier, err := auth.Connect(t.Context(), verification)
	if err != nil {
		t.Fatal(err)
	}
	if r.api, err = handlers.New(&cfg, handlers.Parts{Verifier: verifier, DB: db, Items: r.items, Log: log}); err != nil {
		t.Fatal(err)
	}
	r.addr = serveRig(t, r.api, log)
	t.Cleanup(func() { r.checkLog(t) })
	return r
}

// serveRig serves with the limits that the program sets.
func serveRig(t *testing.T, handler http.Handler, log *slog.Logger) string {
	server := httptest.NewUnstartedServer(handler)
	server.Config.MaxHeaderBytes = 32 << 10
	server.Config.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// A call is a request as it goes over the wire: nothing in it is tidied up.
type call struct {
	line    string // method and path
	headers []string
	body    string
	bare    bool // answered by net/http itself, which knows neither problems nor challenges
}

func get(path string, headers ...string) call { return call{line: "GET " + path, headers: headers} }

func post(path, body string, headers ...string) call {
	return call{line: "POST " + path, headers: headers, body: body}
}

// me asks who the holder of a token is: any valid one will do.
func me(token string) call { return get("/me", bearer(token)) }

func bearer(token string) string { return "Authorization: Bearer " + token }

func (c call) method() string {
	method, _, _ := strings.Cut(c.line, " ")
	return method
}

// text returns the call as HTTP/1.1 on a connection that ends with it.
func (c call) text() string {
	lines := append([]string{c.line + " HTTP/1.1", "Connection: close"}, c.headers...)
	if !slices.ContainsFunc(c.headers, func(h string) bool { return strings.HasPrefix(h, "Host:") }) {
		lines = append(lines, "Host: api.example.com")
	}
	if c.body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(c.body)))
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + c.body
}

// credentials returns all that the call says in confidence.
func (c call) credentials() []string {
	var found []string
	for _, h := range c.headers {
		name, value, _ := strings.Cut(h, ":")
		switch strings.ToLower(name) {
		case "authorization", "proxy-authorization", "cookie":
			_, credential, _ := strings.Cut(strings.TrimSpace(value), " ")
			found = append(found, credential)
		}
	}
	for _, text := range []string{c.line, c.body} {
		if _, token, ok := strings.Cut(text, "access_token="); ok {
			token, _, _ = strings.Cut(token, " ")
			found = append(found, token)
		}
	}
	return found
}

// A reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send makes a call and checks what holds for every answer.
func (r *rig) send(t *testing.T, c call) reply {
	t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	go io.WriteString(conn, c.text())
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: c.method()})
	if err != nil {
		t.Fatalf("%s: %v", c.line, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", c.line, err)
	}
	got := reply{response.StatusCode, response.Header, body}
	r.sent.add(c.credentials()...)
	checkReply(t, c, got)
	return got
}

// A row is a call and the code that answers it; the empty code lets the caller in.
type row struct {
	name string
	call call
	code string
}

// run makes the calls of a table, each in a subtest.
func (r *rig) run(t *testing.T, rows []row) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { r.want(t, row.call, row.code) })
	}
}

// want makes a call and compares status, code and challenge with those of the code.
func (r *rig) want(t *testing.T, c call, code string) reply {
	t.Helper()
	got := r.send(t, c)
	if err := got.compare(code); err != nil {
		t.Errorf("%.60s: %v", c.line, err)
	}
	return got
}

// A journal is a log that several goroutines write. The zero journal is empty.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// lines returns the records that were logged so far.
func (j *journal) lines() []string { return strings.Split(strings.TrimSpace(j.String()), "\n") }

// discard is the log of those that should not come to log.
var discard = slog.New(slog.DiscardHandler)
