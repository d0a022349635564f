package handlers_test

import (
	"net/http"
	"testing"

	"example.com/gatehouse/handlers"
)

// TestWhoKeepsFailingIsSlowedDown sends bad tokens from one address, which a trusted proxy names.
func TestWhoKeepsFailingIsSlowedDown(t *testing.T) {
	s := serve(t, func(c *handlers.Config) {
		c.FailureLimit = 10
		c.TrustedProxies = []string{"127.0.0.1"}
	})
	ask := func(from, authorization string) (status int, retryAfter string) {
		r, err := http.NewRequest(http.MethodGet, s.URL+"/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", from)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode, response.Header.Get("Retry-After")
	}
	want := func(what string, status int, from, authorization string) {
		t.Helper()
		if got, after := ask(from, authorization); got != status || (after != "") != (status == http.StatusTooManyRequests) {
			t.Errorf("%s: got %d and Retry-After %q, want %d", what, got, after, status)
		}
	}
	const eve, alice = "198.51.100.1", "198.51.100.2"
	good := "Bearer " + s.issuer.Token()
	for range 20 {
		want("a stranger", http.StatusUnauthorized, eve, "")
	}
	for range 10 {
		want("a bad token", http.StatusUnauthorized, eve, "Bearer x.y.z")
	}
	want("one bad token too many", http.StatusTooManyRequests, eve, "Bearer x.y.z")
	want("malformed credentials after that", http.StatusTooManyRequests, eve, "Bearer")
	want("a stranger after that", http.StatusUnauthorized, eve, "")
	want("a good token from the same address", http.StatusOK, eve, good)
	want("a bad token from another", http.StatusUnauthorized, alice, "Bearer x.y.z")
}
