package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"example.com/gatehouse/store/storetest"
)

// origin is where callers see the API under test, which is not where it listens.
const origin = "https://api.example.com"

// A server is an API that listens, with an issuer of its own.
type server struct {
	*httptest.Server
	issuer *authtest.Issuer
	log    *logbook
}

// serve starts a server until the test ends.
func serve(t *testing.T, changes ...func(*handlers.Config)) *server {
	t.Helper()
	issuer := authtest.Start(t, origin)
	verifier := connect(t, auth.Config{Issuer: issuer.URL, Audience: []string{origin}})
	book := &logbook{}
	kept := func(c *handlers.Config) { c.Store = newStore(t) }
	api := newAPI(t, verifier, issuer, book, append([]func(*handlers.Config){kept}, changes...)...)
	s := httptest.NewUnstartedServer(api)
	s.Config.ErrorLog = log.New(book, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return &server{s, issuer, book}
}

// newStore returns an empty store of the kind that TEST_DATABASE_URL names: see package storetest.
func newStore(t *testing.T) handlers.Store {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.Address(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func connect(t *testing.T, cfg auth.Config) *auth.Verifier {
	t.Helper()
	verifier, err := auth.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

func newAPI(t *testing.T, verifier *auth.Verifier, issuer *authtest.Issuer, out io.Writer, changes ...func(*handlers.Config)) *handlers.API {
	t.Helper()
	cfg := handlers.Config{
		Name: "Gatehouse", Version: "v1.2.3", Origin: origin, Issuer: issuer.URL,
		Verifier: verifier, Store: handlers.NewMemory(), Docs: handlers.DocsOff,
		Log: slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&cfg)
	}
	api, err := handlers.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// unreached returns a verifier whose issuer never answers, for what needs none.
func unreached(t *testing.T) (*auth.Verifier, *authtest.Issuer) {
	t.Helper()
	issuer := authtest.New("https://id.example.com", origin)
	issuer.Break(authtest.Down)
	return connect(t, auth.Config{Issuer: issuer.URL, Audience: []string{origin}, Transport: issuer}), issuer
}

// token returns an access token of a user with scopes, and perhaps roles.
func (s *server) token(user, scope string, roles ...string) string {
	return s.issuer.Token(authtest.Claims{"sub": user, "scope": scope, "roles": append([]string{}, roles...)})
}

// user returns a token that may read and write items.
func (s *server) user(name string) string { return s.token(name, "items:read items:write") }

// An answer is a response that was read.
type answer struct {
	status int
	body   string
	header http.Header
}

// call sends a request such as "GET /items". A body goes as JSON.
func (s *server) call(t *testing.T, token, line, body string) answer {
	t.Helper()
	r := s.request(t, token, line, strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = nil, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	return send(t, r)
}

func (s *server) request(t *testing.T, token, line string, body io.Reader) *http.Request {
	t.Helper()
	method, target, _ := strings.Cut(line, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+target, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// send follows no redirect.
func send(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, response)
}

func read(t *testing.T, response *http.Response) answer {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, strings.TrimSuffix(string(body), "\n"), response.Header}
}

// wantJSON fails unless the answer is exactly this.
func (r answer) wantJSON(t *testing.T, status int, body string) {
	t.Helper()
	if r.status != status || r.body != body || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
		t.Errorf("answers %d %s\n%s\nwant %d\n%s", r.status, r.header.Get("Content-Type"), r.body, status, body)
	}
}

// wantProblem fails unless the answer is exactly the problem of the reason, with these further
// members. Its instance must be the request's identifier.
func (r answer) wantProblem(t *testing.T, reason *problem.Type, more string) {
	t.Helper()
	if more != "" {
		more = "," + more
	}
	want := fmt.Sprintf(`{"type":"%s/problems/%s","title":%q,"status":%d,"detail":%q,"instance":"urn:uuid:%s","code":%q,"hint":%s%s}`,
		origin, reason.Code, reason.Title, reason.Status, reason.Detail, r.header.Get("X-Request-Id"), reason.Code, plainJSON(reason.Hint), more)
	if r.status != reason.Status || r.body != want {
		t.Errorf("answers %d\n%s\nwant %d\n%s", r.status, r.body, reason.Status, want)
	}
	if kind := r.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("the Content-Type is %q", kind)
	}
	if cache := r.header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("the Cache-Control is %q", cache)
	}
}

// plainJSON returns a JSON string that is not escaped for HTML.
func plainJSON(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// decode returns a JSON text as a T.
func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// A logbook is a log that can be read while it is written.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *logbook) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *logbook) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// records stops the server, so that nothing is still to be written, and returns the log's records
// with this message.
func (s *server) records(t *testing.T, message string) []map[string]any {
	t.Helper()
	s.Close()
	var found []map[string]any
	for line := range strings.Lines(s.log.String()) {
		if record := decode[map[string]any](t, line); record["msg"] == message {
			found = append(found, record)
		}
	}
	return found
}
