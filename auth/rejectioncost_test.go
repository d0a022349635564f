package auth

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

// TestRejectionsAllocateLittle has credentials that every caller can send: a variant is a constant, and nothing is formatted
// before the response is written.
func TestRejectionsAllocateLittle(t *testing.T) {
	issuer := authtest.New("https://id.example.com", "https://api.example.com")
	v, err := Connect(t.Context(), Config{Issuer: issuer.URL, Audience: []string{issuer.Audience}, Transport: issuer})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, value string
		most        float64
	}{
		{"another scheme", "Basic YWJjOmRlZg==", 0},
		{"a word", "Bearer undefined", 0},
		{"an opaque token", "Bearer " + strings.Repeat("a", 4000), 0},
		{"8 KB of dots", "Bearer " + strings.Repeat(".", DefaultTokenSize), 0},
		{"a long header", "Bearer " + strings.Repeat("a", maxHeaderSize+1) + ".a.a", 0},
		{"a token that is too large", "Bearer " + strings.Repeat("a", DefaultTokenSize+1), 1},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", test.value)
		if got := testing.AllocsPerRun(100, func() { v.Authenticate(r) }); got > test.most {
			t.Errorf("%s: got %v allocations, want %v", test.name, got, test.most)
		}
	}
}
