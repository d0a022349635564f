package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// connect returns a load that sends its requests to a handler.
func connect(t *testing.T, handle http.HandlerFunc) *load {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	l, err := dialAll(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

func TestResponsesAreReadToTheirEnd(t *testing.T) {
	l := connect(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long": // in chunks
			w.Write([]byte(strings.Repeat("long ", 10_000)))
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/items":
			w.Header().Set("Location", "/items/1")
			w.WriteHeader(http.StatusCreated)
			w.Write([]byte(`{"id":"1"}`))
		}
	})
	c := l.open[0]
	for range 2 { // the rest of a response would be read as the next one
		for _, test := range []struct {
			method, path string
			status       int
			location     string
		}{
			{"GET", "/long", http.StatusOK, ""},
			{"POST", "/items", http.StatusCreated, "/items/1"},
			{"DELETE", "/none", http.StatusNoContent, ""},
			{"GET", "/", http.StatusOK, ""},
		} {
			if err := c.expect(renderBody(test.method, test.path, "token", draft), test.status); err != nil || c.location != test.location {
				t.Fatalf("%s %s: got location %q, error %v", test.method, test.path, c.location, err)
			}
		}
	}
}

func TestFailedRequestsAreCounted(t *testing.T) {
	l := connect(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	var requests [][]byte
	for k := range 100 {
		requests = append(requests, render([]string{"/", "/", "/", "/broken"}[k%4], ""))
	}
	const want = `25 of 100 requests failed; the first error: the server returned "HTTP/1.1 503 Service Unavailable" and not 200`
	if _, err := l.run(requests, http.StatusOK); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if s, err := l.run(requests[:1], http.StatusOK); err != nil || s.rate <= 0 {
		t.Errorf("then got %+v, %v", s, err)
	}
}
