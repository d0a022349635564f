package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHealthAsksTheAPIOnThisMachine(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		status int
		says   string
	}{
		{"it lives", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/healthz" || r.Method != http.MethodGet {
				w.WriteHeader(http.StatusNotFound)
			}
		}, 0, ""},
		{"something else answers", http.NotFound, 1, "/healthz answers 404 Not Found"},
		{"it is elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, 1, "answers 302 Found"},
		{"it hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 1, "deadline exceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := httptest.NewServer(test.answer)
			t.Cleanup(api.Close)
			s := newShell(t, "ADDR", strings.TrimPrefix(api.URL, "http://"))
			start := time.Now()
			if status := s.run(t, "health"); status != test.status || !strings.Contains(s.stderr.String(), test.says) {
				t.Errorf("the status is %d with %q, want %d with %q", status, s.stderr, test.status, test.says)
			}
			if took := time.Since(start); took >= 3*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	s := newShell(t, "ADDR", "127.0.0.1:1")
	if status := s.run(t, "health"); status != 1 || !strings.Contains(s.stderr.String(), "127.0.0.1:1") {
		t.Errorf("where nobody listens the status is %d with %s", status, s.stderr)
	}
}

// The way to the provider may lead through a proxy, which does not know this machine's addresses.
func TestHealthAsksNobodyElse(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(api.Close)
	s := newShell(t, "ADDR", strings.TrimPrefix(api.URL, "http://"))
	s.transport = network{}
	if status := s.run(t, "health"); status != 0 {
		t.Errorf("the status is %d with %s", status, s.stderr)
	}
}

func TestWhereAnAPIIsReachedFromItsOwnMachine(t *testing.T) {
	for addr, want := range map[string]string{
		":8080": "localhost:8080", "0.0.0.0:80": "localhost:80", "[::]:8080": "localhost:8080",
		"10.0.0.5:8080": "10.0.0.5:8080", "api.internal:8080": "api.internal:8080", "[::1]:8080": "[::1]:8080",
	} {
		if got, err := reachable(addr); got != want || err != nil {
			t.Errorf("%s is reached at %q, want %q, and %v", addr, got, want, err)
		}
	}
	s := newShell(t, "ADDR", "8080")
	if status := s.run(t, "health"); status != 1 || !strings.Contains(s.stderr.String(), "ADDR: ") {
		t.Errorf("with a wrong ADDR the status is %d with %s", status, s.stderr)
	}
}
