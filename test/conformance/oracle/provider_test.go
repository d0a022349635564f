package oracle

import (
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

// A provider is an OpenID provider that serves any text as its key set, without a network.
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

// connect returns the package under test as it knows a provider with these keys and the bystander:
// when each of the keys is refused the set stays usable, so that tokens are judged and not put off.
func connect(t *testing.T, keys []json.RawMessage) *auth.Provider {
	t.Helper()
	set, err := json.Marshal(map[string]any{"keys": append(keys, published(t, bystander)...)})
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
