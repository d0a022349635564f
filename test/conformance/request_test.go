package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// A request goes over the wire as it stands here: no client normalizes it.
type request struct {
	line    string // method and path
	headers []string
	body    string
	netHTTP bool // net/http responds before a handler runs, so without a problem or a challenge
}

func get(path string, headers ...string) request {
	return request{line: "GET " + path, headers: headers}
}

func post(path, body string, headers ...string) request {
	return request{line: "POST " + path, headers: headers, body: body}
}

// me sends a token to a route that accepts any valid one.
func me(token string) request { return get("/me", bearer(token)) }

func bearer(token string) string { return "Authorization: Bearer " + token }

// netHTTP returns a request that net/http responds to by itself.
func netHTTP(r request) request {
	r.netHTTP = true
	return r
}

func (r request) method() string {
	method, _, _ := strings.Cut(r.line, " ")
	return method
}

// text returns the request as HTTP/1.1 on a connection that ends with it.
func (r request) text() string {
	lines := append([]string{r.line + " HTTP/1.1", "Connection: close"}, r.headers...)
	if !slices.ContainsFunc(r.headers, func(h string) bool { return strings.HasPrefix(h, "Host:") }) {
		lines = append(lines, "Host: api.example.com")
	}
	if r.body != "" {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(r.body)))
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + r.body
}

// credentials returns every credential in the request's headers, query and form.
func (r request) credentials() []string {
	var found []string
	for _, h := range r.headers {
		name, value, _ := strings.Cut(h, ":")
		switch strings.ToLower(name) {
		case "authorization", "proxy-authorization", "cookie":
			_, credential, _ := strings.Cut(strings.TrimSpace(value), " ")
			found = append(found, credential)
		}
	}
	for _, text := range []string{r.line, r.body} {
		if _, token, ok := strings.Cut(text, "access_token="); ok {
			token, _, _ = strings.Cut(token, " ")
			found = append(found, token)
		}
	}
	return found
}

// A response is one that was read to its end.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r response) isProblem() bool { return r.header.Get("Content-Type") == "application/problem+json" }

// member returns a string of a JSON body.
func (r response) member(name string) string {
	var members map[string]any
	json.Unmarshal(r.body, &members)
	text, _ := members[name].(string)
	return text
}

// send sends a request and checks what must hold for every response.
func (a *testAPI) send(t *testing.T, r request) response {
	t.Helper()
	conn, err := net.Dial("tcp", a.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	go io.WriteString(conn, r.text())
	read, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.method()})
	if err != nil {
		t.Fatalf("%s: %v", r.line, err)
	}
	defer read.Body.Close()
	body, err := io.ReadAll(read.Body)
	if err != nil {
		t.Fatalf("%s: %v", r.line, err)
	}
	got := response{read.StatusCode, read.Header, body}
	a.sent.add(r.credentials()...)
	for _, fault := range got.faults(r) {
		t.Errorf("%.60s: %s", r.line, fault)
	}
	return got
}

// A row is a request and the problem code of its response. The empty code is success.
type row struct {
	name    string
	request request
	code    string
}

// run sends the requests of a table, each in a subtest.
func (a *testAPI) run(t *testing.T, rows []row) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { a.want(t, row.request, row.code) })
	}
}

// want sends a request and compares the response with what its code stands for.
func (a *testAPI) want(t *testing.T, r request, code string) response {
	t.Helper()
	got := a.send(t, r)
	if err := got.compare(code); err != nil {
		t.Errorf("%.60s: %v", r.line, err)
	}
	return got
}

// createItem creates an item with a token and returns its id.
func (a *testAPI) createItem(t *testing.T, token string) (id string) {
	t.Helper()
	_, body := a.Example(t, token, "POST /items")
	return a.want(t, post("/items", body, bearer(token), jsonType), "created").member("id")
}

const jsonType = "Content-Type: application/json"
