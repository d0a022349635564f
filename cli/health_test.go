package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/test/clitest"
)

func TestHealthAsksTheAPI(t *testing.T) {
	for _, test := range []struct {
		name   string
		api    http.HandlerFunc
		status int
		says   string
	}{
		{"it is alive", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/healthz" || r.Method != http.MethodGet {
				w.WriteHeader(http.StatusNotFound)
			}
		}, 0, ""},
		{"another program", http.NotFound, 1, "/healthz returns 404 Not Found"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, 1, "returns 302 Found"},
		{"it hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 1, "deadline exceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := httptest.NewServer(test.api)
			t.Cleanup(api.Close)
			f := newTerminal(t, "ADDR", strings.TrimPrefix(api.URL, "http://"))
			start := time.Now()
			if status := f.Run(t, "health"); status != test.status || !strings.Contains(f.Stderr.String(), test.says) {
				t.Errorf("the status is %d with %q, want %d with %q", status, f.Stderr, test.status, test.says)
			}
			if took := time.Since(start); took >= 3*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	f := newTerminal(t, "ADDR", "127.0.0.1:1")
	if status := f.Run(t, "health"); status != 1 || !strings.Contains(f.Stderr.String(), "127.0.0.1:1") {
		t.Errorf("without a listener the status is %d with %s", status, f.Stderr)
	}
}

// The provider may be behind a proxy, which does not reach this machine's addresses.
func TestHealthUsesNoProxy(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(api.Close)
	f := newTerminal(t, "ADDR", strings.TrimPrefix(api.URL, "http://"))
	f.Transport = clitest.Network{}
	if status := f.Run(t, "health"); status != 0 {
		t.Errorf("the status is %d with %s", status, f.Stderr)
	}
}

func TestHealthNeedsAnAddress(t *testing.T) {
	f := newTerminal(t, "ADDR", "8080")
	if status := f.Run(t, "health"); status != 1 || !strings.Contains(f.Stderr.String(), "ADDR: ") {
		t.Errorf("with a wrong ADDR the status is %d with %s", status, f.Stderr)
	}
}
