package devidp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/devidp"
)

// TestBrowserLogin goes through a login as Swagger UI and a browser do.
func TestBrowserLogin(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "openid items:read offline_access")
	begun := p.clock.Now().Unix()
	code := p.code("alice", q)
	p.clock.Advance(20 * time.Second)
	got := p.token(redeem(q, code)).must(t)
	if got.TokenType != "Bearer" || got.ExpiresIn != 300 || got.Scope != q.Get("scope") || got.RefreshToken == "" {
		t.Errorf("got %s", got.body)
	}
	if got.Header.Get("Cache-Control") != "no-store" {
		t.Error("tokens may be cached")
	}
	now := float64(begun + 20)
	header, claims := p.decode(got.AccessToken)
	wantMembers(t, header, map[string]any{"typ": "at+jwt", "alg": "RS256"})
	if claims["jti"] == "" || claims["jti"] == nil {
		t.Error("no jti")
	}
	delete(claims, "jti")
	wantAll(t, claims, map[string]any{"iss": p.url, "sub": "alice", "aud": api, "client_id": "docs", "iat": now,
		"exp": now + 300, "scope": q.Get("scope"), "roles": []any{"admin"}, "auth_time": float64(begun), "acr": "1"})

	header, claims = p.decode(got.IDToken)
	wantMembers(t, header, map[string]any{"typ": "JWT", "alg": "RS256"})
	sum := sha256.Sum256([]byte(got.AccessToken))
	wantAll(t, claims, map[string]any{"iss": p.url, "sub": "alice", "aud": "docs", "iat": now, "exp": now + 300,
		"auth_time": float64(begun), "acr": "1", "nonce": "n1",
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16])})
}

func wantMembers(t *testing.T, got, want map[string]any) {
	t.Helper()
	for name, value := range want {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s: got %v, want %v", name, got[name], value)
		}
	}
}

func wantAll(t *testing.T, got, want map[string]any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestLoginGrantsWhatWasRequested(t *testing.T) {
	p := serve(t)
	both := asDocs()
	both["resource"] = []string{other, api}
	for _, tt := range []struct {
		name, user string
		q          url.Values
		want       map[string]any
	}{
		{"a user without roles", "bob", asDocs(), map[string]any{"sub": "bob", "roles": []any{}}},
		{"no scope", "bob", asDocs("scope", ""), map[string]any{"scope": nil}},
		{"a scope named twice", "bob", asDocs("scope", "a b a"), map[string]any{"scope": "a b"}},
		{"another resource", "bob", asDocs("resource", other), map[string]any{"aud": other}},
		{"two resources", "bob", both, map[string]any{"aud": []any{api, other}}},
		{"the first of several acr values", "bob", asDocs("acr_values", "gold silver"), map[string]any{"acr": "gold"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.login(tt.user, tt.q)
			_, claims := p.decode(got.AccessToken)
			wantMembers(t, claims, tt.want)
			if got.RefreshToken != "" {
				t.Error("got a refresh token without offline_access")
			}
			if hasID := got.IDToken != ""; hasID != strings.Contains(got.Scope, "openid") {
				t.Errorf("scope %q: ID token %v", got.Scope, hasID)
			}
		})
	}
}

// Swagger UI repeats the authorization request's extra parameters in the query of the token request.
func TestQueryOfATokenRequestIsIgnored(t *testing.T) {
	p := serve(t)
	q := asDocs("resource", other)
	got := p.tokenAt("/token?resource="+url.QueryEscape(api), redeem(q, p.code("alice", q)), http.Header{}).must(t)
	_, claims := p.decode(got.AccessToken)
	wantMembers(t, claims, map[string]any{"aud": other})

	wantError(t, p.tokenAt("/token?"+asService().Encode(), url.Values{}, http.Header{}), 401, "invalid_client")
}

func TestCodeIsBoundToItsRequest(t *testing.T) {
	p := serve(t)
	for _, tt := range []struct {
		name  string
		pairs []string
		wait  time.Duration
		want  string
	}{
		{"to its client", []string{"client_id", "cli"}, 0, "invalid_grant"},
		{"to its redirect URI", []string{"redirect_uri", loop}, 0, "invalid_grant"},
		{"to the presence of its redirect URI", []string{"redirect_uri", ""}, 0, "invalid_grant"},
		{"to its verifier", []string{"code_verifier", strings.Repeat("a", 43)}, 0, "invalid_grant"},
		{"to the presence of its verifier", []string{"code_verifier", ""}, 0, "invalid_grant"},
		{"to a verifier that is not the challenge", []string{"code_verifier", challenge}, 0, "invalid_grant"},
		{"to its resources", []string{"resource", other}, 0, "invalid_target"},
		{"to a minute", nil, time.Minute, "invalid_grant"},
		{"to its name", []string{"code", "guess"}, 0, "invalid_grant"},
		{"to being there", []string{"code", ""}, 0, "invalid_grant"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := p.code("alice", asDocs())
			p.clock.Advance(tt.wait)
			wantError(t, p.token(redeem(asDocs(), code, tt.pairs...)), 400, tt.want)
		})
	}
	code := p.code("alice", asDocs())
	p.clock.Advance(59 * time.Second)
	p.token(redeem(asDocs(), code)).must(t)
}

// A short verifier could be guessed (RFC 7636, section 4.1).
func TestShortVerifierIsRejected(t *testing.T) {
	p := serve(t)
	sum := sha256.Sum256([]byte("short"))
	q := asDocs("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	wantError(t, p.token(redeem(q, p.code("alice", q), "code_verifier", "short")), 400, "invalid_grant")
}

func TestCodeIsValidOnce(t *testing.T) {
	p := serve(t)
	code := p.code("alice", asDocs())
	wantError(t, p.token(redeem(asDocs(), code, "code_verifier", strings.Repeat("a", 43))), 400, "invalid_grant")
	wantError(t, p.token(redeem(asDocs(), code)), 400, "invalid_grant")
}

func TestReplayedCodeRevokesItsTokens(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "openid offline_access")
	code, bystander := p.code("alice", q), p.login("alice", q)
	first := p.token(redeem(q, code)).must(t)
	p.clock.Advance(2 * time.Minute)
	if !p.active(first.AccessToken) {
		t.Fatal("the token is not active to begin with")
	}
	wantError(t, p.token(redeem(q, code, "client_id", "cli")), 400, "invalid_grant")
	if !p.active(first.AccessToken) {
		t.Fatal("another client's attempt revoked the tokens")
	}
	wantError(t, p.token(redeem(q, code)), 400, "invalid_grant")
	if p.active(first.AccessToken) {
		t.Error("the access token is still active")
	}
	wantError(t, p.token(refreshing("docs", first.RefreshToken)), 400, "invalid_grant")
	if !p.active(bystander.AccessToken) {
		t.Error("another grant was revoked with it")
	}
}

func TestConcurrentRedemptionsSucceedOnce(t *testing.T) {
	p := serve(t)
	code := p.code("alice", asDocs())
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 8 {
		wg.Go(func() {
			got := p.post("/token", redeem(asDocs(), code))
			mu.Lock()
			defer mu.Unlock()
			statuses[got.StatusCode]++
		})
	}
	wg.Wait()
	if statuses[200] != 1 || statuses[400] != 7 {
		t.Errorf("got %v, want one 200", statuses)
	}
}

func TestResourcesCanBeNarrowed(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "offline_access")
	q["resource"] = []string{api, other}
	first := p.token(redeem(q, p.code("bob", q), "resource", other)).must(t)
	_, claims := p.decode(first.AccessToken)
	wantMembers(t, claims, map[string]any{"aud": other})
	second := p.token(refreshing("docs", first.RefreshToken, "resource", api)).must(t)
	_, claims = p.decode(second.AccessToken)
	wantMembers(t, claims, map[string]any{"aud": api})
}

func TestClientCredentials(t *testing.T) {
	p := serve(t)
	both := asService()
	both["resource"] = []string{api, other}
	empty := asService()
	empty["resource"] = []string{""}
	now := float64(p.clock.Now().Unix())
	for _, tt := range []struct {
		name  string
		q     url.Values
		scope any
		aud   any
	}{
		{"without a scope", asService(), nil, api},
		{"with scopes", asService("scope", "items:read items:write"), "items:read items:write", api},
		{"with the scopes of users", asService("scope", "openid offline_access"), "openid offline_access", api},
		{"for a resource", asService("resource", other), nil, other},
		{"for a resource without a value", empty, nil, api},
		{"for two resources", both, nil, []any{api, other}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.token(tt.q).must(t)
			header, claims := p.decode(got.AccessToken)
			wantMembers(t, header, map[string]any{"typ": "at+jwt"})
			delete(claims, "jti")
			want := map[string]any{"iss": p.url, "sub": "service", "client_id": "service", "aud": tt.aud,
				"iat": now, "exp": now + 300}
			if tt.scope != nil {
				want["scope"] = tt.scope
			}
			wantAll(t, claims, want)
			if got.RefreshToken != "" || got.IDToken != "" {
				t.Errorf("got %s, want an access token alone", got.body)
			}
		})
	}
}

func TestTokenRequestErrors(t *testing.T) {
	p := serve(t)
	twice := asService()
	twice["scope"] = []string{"a", "b"}
	for _, tt := range []struct {
		name   string
		q      url.Values
		status int
		code   string
	}{
		{"without a grant type", asService("grant_type", ""), 400, "invalid_request"},
		{"with the password grant", asService("grant_type", "password"), 400, "unsupported_grant_type"},
		{"with a grant that is not the client's", asService("grant_type", devidp.AuthorizationCode), 400, "unauthorized_client"},
		{"for a public client that acts for itself", with(asService("client_secret", ""), "client_id", "docs"), 400, "unauthorized_client"},
		{"with a repeated parameter", twice, 400, "invalid_request"},
		{"with a malformed scope", asService("scope", "a  b"), 400, "invalid_scope"},
		{"for an unknown resource", asService("resource", "https://unknown.example.com"), 400, "invalid_target"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantError(t, p.token(tt.q), tt.status, tt.code) })
	}
}
