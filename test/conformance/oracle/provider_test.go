package oracle

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/gatehouse/auth"
)

const (
	issuer   = "https://issuer.example"
	audience = "https://api.example"
)

// A provider serves any text as its key set, without a network.
type provider struct {
	keySet  string
	fetches atomic.Int32
}

// RoundTrip implements [http.RoundTripper].
func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	p.fetches.Add(1)
	body := p.keySet
	if r.URL.Path == "/.well-known/openid-configuration" {
		body = `{"issuer":"` + issuer + `","jwks_uri":"` + issuer + `/jwks"}`
	}
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    r,
	}, nil
}

// impatient is the limit of a client whose tokens do not wait for unknown keys: thousands of them have one.
type impatient struct{}

func (impatient) Acquire(context.Context, int) (func(bool), error) { return func(bool) {}, nil }
func (impatient) Exceeded() bool                                   { return true }

// connect returns the provider of a verifier whose issuer publishes these keys and the unused one. With
// that one the set stays usable when all others are rejected, so the errors are about tokens.
func connect(t *testing.T, keys []json.RawMessage) *auth.Provider {
	t.Helper()
	set, err := json.Marshal(map[string]any{"keys": append(keys, jwks(t, unusedKey)...)})
	if err != nil {
		t.Fatal(err)
	}
	v, err := auth.Connect(t.Context(), auth.Config{
		Issuer:    issuer,
		Audience:  []string{audience},
		Transport: &provider{keySet: string(set)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return v.Provider()
}
