//go:build unix

package docs_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs"
)

// real returns the documentation of the committed document, and its routes as if each asked for a token: so every
// operation has the most responses.
func real(t testing.TB) (docs.Config, []ginauth.Route) {
	t.Helper()
	c := config(t)
	var err error
	if c.Document, err = os.ReadFile("openapi.json"); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(c.Document, &doc); err != nil {
		t.Fatal(err)
	}
	var routes []ginauth.Route
	for path, item := range doc.Paths {
		for method := range item {
			asked := auth.Requirement{Scopes: []string{"items:read"}}
			routes = append(routes, ginauth.Route{Method: strings.ToUpper(method), Path: path, Access: ginauth.Protected, Requirement: asked})
		}
	}
	c.Document, c.Scopes, c.Protected = nil, c.Scopes[:1], true // nil is the committed one
	return c, routes
}

// begin makes the documentation, and serves the first request for the document, which is built, tagged and
// compressed by then.
func begin(t testing.TB, c docs.Config, routes []ginauth.Route) {
	t.Helper()
	site, err := docs.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Describe(routes); err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest(http.MethodGet, "/openapi.json", nil), httptest.NewRecorder()
	r.Header.Set("Accept-Encoding", "gzip")
	site.Document().ServeHTTP(w, r)
	if w.Header().Get("Content-Encoding") != "gzip" || w.Header()["ETag"] == nil { //nolint:staticcheck // as it is written
		t.Fatalf("got %d with %v", w.Code, w.Header())
	}
}

// The documentation adds less than 20 ms to a start: BenchmarkStart measures it. This is the time of the processor, which
// other work of the machine hardly changes. The bound has room for the race detector, so that it fails only for a start
// that became slow.
func TestDocumentationStartsFast(t *testing.T) {
	const bound = 30 * 20 * time.Millisecond
	c, routes := real(t)
	took := time.Hour
	for range 5 {
		before := processorTime(t)
		begin(t, c, routes)
		took = min(took, processorTime(t)-before)
	}
	if took > bound {
		t.Errorf("takes %v, want at most %v", took, bound)
	}
}

// processorTime returns what this process has used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkStart measures what the documentation adds to a start, and to the first response.
func BenchmarkStart(b *testing.B) {
	c, routes := real(b)
	for b.Loop() {
		begin(b, c, routes)
	}
}
