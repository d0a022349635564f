package handlers_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"example.com/gatehouse/handlers/apitest"
)

// wire sends a request on a new connection, and returns the response as it is on the wire.
func wire(t *testing.T, api *apitest.API, token, line string, headers ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(api.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	lines := append([]string{line + " HTTP/1.1", "Host: api", "Connection: close"}, headers...)
	if token != "" {
		lines = append(lines, bearer(token))
	}
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Names are case-insensitive (RFC 9110, section 5.1), but not for every client.
func TestHeaderNamesAreThoseOfTheRFCs(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=on"))
	alice := api.Token("alice", "items:read items:write")
	item := newItem(t, api, alice)
	for _, test := range []struct {
		name, token, line string
		headers           []string
		want              []string
	}{
		{"a challenge", "", "GET /items", nil, []string{"WWW-Authenticate: Bearer", "X-Request-Id: "}},
		{"a challenge for a token", "x", "GET /items", nil, []string{"WWW-Authenticate: Bearer"}},
		{"a row", alice, "GET " + item, nil, []string{`ETag: "1"`}},
		{"a row that did not change", alice, "GET " + item, []string{`If-None-Match: "1"`}, []string{`ETag: "1"`, "HTTP/1.1 304"}},
		{"a page", "", "GET /problems", nil, []string{`ETag: "`}},
		{"a page as gzip", "", "GET /docs/", []string{"Accept-Encoding: gzip"}, []string{`ETag: "`, "Content-Encoding: gzip"}},
		{"the document", "", "HEAD /openapi.json", nil, []string{`ETag: "`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			head, _, _ := strings.Cut(wire(t, api, test.token, test.line, test.headers...), "\r\n\r\n")
			for _, want := range test.want {
				if !strings.Contains("\r\n"+head, "\r\n"+want) {
					t.Errorf("there is no line %s in\n%s", want, head)
				}
			}
			for _, other := range []string{"\r\nEtag:", "\r\nWww-Authenticate:"} {
				if strings.Contains(head, other) {
					t.Errorf("there is %q in\n%s", other, head)
				}
			}
		})
	}
}

// JSON is UTF-8, and its media type has no parameter (RFC 8259, section 11).
func TestJSONHasNoCharset(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=on", "DEVELOPMENT=true"))
	admin := api.Token("root", "openid items:read items:write", "admin")
	item := newItem(t, api, admin)
	_, body := api.Example(t, admin, "POST /items")
	for _, test := range []struct{ line, body, want string }{
		{"GET /", "", "application/json"},
		{"GET /healthz", "", "application/json"},
		{"GET /readyz", "", "application/json"},
		{"GET /me", "", "application/json"},
		{"GET /me/profile", "", "application/json"},
		{"GET /items", "", "application/json"},
		{"POST /items", body, "application/json"},
		{"GET " + item, "", "application/json"},
		{"PUT " + item, body, "application/json"},
		{"GET /admin/items", "", "application/json"},
		{"GET /.well-known/oauth-protected-resource", "", "application/json"},
		{"GET /problems", "", "application/json"},
		{"GET /problems/not-found", "", "application/json"},
		{"GET /openapi.json", "", "application/json"},
		{"POST /docs/inspect", `{"token":"x"}`, "application/json"}, // part:inspector
		{"GET /nowhere", "", "application/problem+json"},
	} {
		t.Run(test.line, func(t *testing.T) {
			if got := api.Call(t, admin, test.line, test.body).Header.Get("Content-Type"); got != test.want {
				t.Errorf("Content-Type is %q, want %s", got, test.want)
			}
		})
	}
}
