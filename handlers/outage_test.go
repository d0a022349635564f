package handlers_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
)

// TestOutagesAreNotThrottled sends more tokens than the limit of failures while the provider is down: the
// failures are not the caller's.
func TestOutagesAreNotThrottled(t *testing.T) {
	issuer := authtest.New("https://login.example.com", "https://api.example.com")
	issuer.Break(authtest.Down)
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{issuer.Audience}, Transport: issuer})
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{PublicURL: "https://api.example.com", Issuer: issuer.URL, Docs: config.DocsOff, FailureLimit: 1}
	api, err := handlers.New(cfg, handlers.Parts{Verifier: verifier, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r := httptest.NewRequest(http.MethodGet, "/me", nil)
		r.Header.Set("Authorization", "Bearer "+issuer.Token())
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("got %d, want 503", w.Code)
		}
	}
}
