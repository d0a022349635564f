// The race detector makes sync.Pool drop entries, which costs allocations.

//go:build !race

package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
)

// discard is a response that is not kept, so that only the API allocates.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// What net/http itself allocates for a request is not part of it: about ten more.
func TestARequestAllocatesLittle(t *testing.T) {
	api := apitest.New(t, apitest.Parts(func(p *handlers.Parts) {
		p.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
	}))
	for _, test := range []struct {
		path, token string
		most        float64
	}{
		{"/healthz", "", 10},
		{"/me", api.Token("alice", "items:read", "admin"), 19},
	} {
		t.Run(test.path, func(t *testing.T) {
			header := http.Header{}
			if test.token != "" {
				header.Set("Authorization", "Bearer "+test.token)
			}
			w := discard{http.Header{}}
			r := httptest.NewRequest("GET", test.path, nil)
			r.Header = header
			client := r.RemoteAddr
			got := testing.AllocsPerRun(200, func() {
				clear(w.header)
				r.RemoteAddr = client
				api.ServeHTTP(w, r)
			})
			if got > test.most {
				t.Errorf("%.0f allocations, want at most %.0f", got, test.most)
			}
		})
	}
}
