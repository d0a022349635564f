package authtest

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// An Issuer is an OpenID provider. It is safe for concurrent use.
type Issuer struct {
	URL      string // the issuer's identifier
	Audience string // of tokens whose claims have no other
	Now      func() time.Time

	mu            sync.Mutex
	signing       *Key
	published     []*Key
	fault         http.HandlerFunc
	fetches       map[string]int
	minted        atomic.Int64
	introspection // part:introspection
}

// New returns an Issuer of that URL without a server: it is an http.Handler and, so that a test in a testing/synctest
// bubble needs no network, an http.RoundTripper.
func New(url, audience string) *Issuer {
	key := NewKey("ES256")
	return &Issuer{
		URL: url, Audience: audience, Now: time.Now,
		signing: key, published: []*Key{key}, fetches: map[string]int{},
	}
}

// Start returns an Issuer with a server on a loopback address until the test ends.
func Start(t testing.TB, audience string) *Issuer {
	t.Helper()
	i := New("", audience)
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

// Claims are the claims of a token. A member that is nil is left out.
type Claims map[string]any

// Claims returns those of a valid access token of alice, with changes.
func (i *Issuer) Claims(changes ...Claims) Claims {
	now := i.Now()
	claims := Claims{
		"iss": i.URL, "aud": i.Audience, "sub": "alice", "client_id": "docs", "jti": "token-" + strconv.FormatInt(i.minted.Add(1), 10),
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	for _, c := range changes {
		maps.Copy(claims, c)
	}
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

// Token returns an access token (RFC 9068) with the claims of [Issuer.Claims].
func (i *Issuer) Token(changes ...Claims) string {
	return i.Sign(map[string]any{"typ": "at+jwt"}, i.Claims(changes...))
}

// IDToken returns an ID token (OpenID Connect Core, section 2) of the same caller, for the client.
func (i *Issuer) IDToken(changes ...Claims) string {
	changes = append([]Claims{{"aud": "docs", "client_id": nil, "jti": nil, "nonce": "n-0S6_WzA2Mj", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}}, changes...)
	return i.Sign(map[string]any{"typ": "JWT"}, i.Claims(changes...))
}

// Sign returns the claims signed with the current key, with alg and kid in the header.
func (i *Issuer) Sign(header map[string]any, claims Claims) string {
	return i.Key().Sign(header, claims)
}

// Key returns the current signing key.
func (i *Issuer) Key() *Key {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.signing
}

// Publish adds keys to those that the issuer publishes.
func (i *Issuer) Publish(keys ...*Key) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.published = append(i.published, keys...)
}

// SignWith makes key the current signing key, and does not publish it.
func (i *Issuer) SignWith(key *Key) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.signing = key
}

// Swap makes key the current signing key and the only published one.
func (i *Issuer) Swap(key *Key) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.signing, i.published = key, []*Key{key}
}

// Break lets fault respond to every request; nil ends that.
func (i *Issuer) Break(fault http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fault = fault
}

// Fetches returns the number of requests for a path of the issuer, such as "/jwks".
func (i *Issuer) Fetches(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches[path]
}

// ServeHTTP serves discovery, the key set, userinfo and introspection.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetches[r.URL.Path]++
	w.Header().Set("Date", i.Now().UTC().Format(http.TimeFormat))
	handler := i.fault
	i.mu.Unlock()
	if handler == nil {
		handler = i.healthy
	}
	handler(w, r)
}

func (i *Issuer) healthy(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	keys := i.published
	i.mu.Unlock()
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		writeJSON(w, i.metadata())
	case "/jwks":
		writeJSON(w, KeySet(keys...))
	case "/userinfo":
		i.userinfo(w, r)
	case "/introspect": // part:introspection
		i.introspect(w, r) // part:introspection
	default:
		http.NotFound(w, r)
	}
}

func (i *Issuer) metadata() map[string]any {
	return map[string]any{
		"issuer":                 i.URL,
		"authorization_endpoint": i.URL + "/authorize",
		"token_endpoint":         i.URL + "/token",
		"userinfo_endpoint":      i.URL + "/userinfo",
		"jwks_uri":               i.URL + "/jwks",
		"introspection_endpoint": i.URL + "/introspect", // part:introspection
		"introspection_endpoint_auth_methods_supported": i.methods(), // part:introspection
		"response_types_supported":                      []string{"code"},
		"subject_types_supported":                       []string{"public"},
		"id_token_signing_alg_values_supported":         []string{"ES256", "RS256"},
	}
}

// userinfo responds with the subject of the token, without verifying it.
func (i *Issuer) userinfo(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	payload, _, _ := strings.Cut(token[strings.Index(token, ".")+1:], ".")
	text, _ := base64.RawURLEncoding.DecodeString(payload)
	var claims Claims
	if err := json.Unmarshal(text, &claims); !ok || err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	writeJSON(w, map[string]any{"sub": claims["sub"], "name": "Alice", "email": "alice@example.com", "email_verified": true})
}

// RoundTrip serves a request without a network.
func (i *Issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, marshal(v))
}
