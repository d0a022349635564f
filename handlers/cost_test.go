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

func BenchmarkMe(b *testing.B) {
	api := apitest.New(b, apitest.Parts(func(p *handlers.Parts) {
		p.Log, p.Metrics = slog.New(slog.NewJSONHandler(io.Discard, nil)), nil
	}))
	for _, test := range []struct{ path, token string }{{"/healthz", ""}, {"/me", api.Token("alice", "items:read", "admin")}} {
		r := httptest.NewRequest("GET", test.path, nil)
		if test.token != "" {
			r.Header.Set("Authorization", "Bearer "+test.token)
		}
		b.Run(test.path, func(b *testing.B) {
			b.ReportAllocs()
			w := discard{http.Header{}}
			for b.Loop() {
				clear(w.header)
				api.ServeHTTP(w, r.WithContext(r.Context()))
			}
		})
	}
}
