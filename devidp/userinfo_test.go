package devidp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func bearerHeader(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

func TestUserinfoFollowsTheScopes(t *testing.T) {
	p := serve(t)
	for _, tt := range []struct {
		scope string
		want  map[string]any
	}{
		{"openid", map[string]any{"sub": "alice"}},
		{"openid profile", map[string]any{"sub": "alice", "name": "Alice Archer", "preferred_username": "alice"}},
		{"openid email", map[string]any{"sub": "alice", "email": "alice@example.com", "email_verified": true}},
	} {
		for _, method := range []string{"GET", "POST"} {
			token := p.login("alice", asDocs("scope", tt.scope)).AccessToken
			got := p.send(method, "/userinfo", bearerHeader(token), "")
			if got.StatusCode != 200 {
				t.Fatalf("%s: got %d %s", tt.scope, got.StatusCode, got.body)
			}
			wantAll(t, object(t, []byte(got.body)), tt.want)
		}
	}
}

func TestUserinfoErrors(t *testing.T) {
	p := serve(t)
	good := p.login("alice", asDocs())
	for _, tt := range []struct {
		name      string
		header    http.Header
		wait      time.Duration
		status    int
		challenge string
	}{
		{"without credentials", nil, 0, 401, `Bearer realm="devidp"`},
		{"with two tokens", http.Header{"Authorization": {"Bearer " + good.AccessToken, "Bearer " + good.AccessToken}}, 0, 400, `error="invalid_request"`},
		{"with a password", basic("alice", "x"), 0, 400, `error="invalid_request"`},
		{"with noise", bearerHeader("noise"), 0, 401, `error="invalid_token"`},
		{"with an ID token", bearerHeader(good.IDToken), 0, 401, `error="invalid_token"`},
		{"without openid", bearerHeader(p.login("alice", asDocs("scope", "items:read")).AccessToken), 0, 403, `error="insufficient_scope"`},
		{"for a client", bearerHeader(p.token(asService("scope", "openid")).AccessToken), 0, 403, `scope="openid"`},
		{"when expired", bearerHeader(good.AccessToken), 5 * time.Minute, 401, `error="invalid_token"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.clock.Advance(tt.wait)
			got := p.send("GET", "/userinfo", tt.header, "")
			challenge := got.Header.Get("WWW-Authenticate")
			if got.StatusCode != tt.status || !strings.HasPrefix(challenge, "Bearer ") || !strings.Contains(challenge, tt.challenge) {
				t.Errorf("got %d %q, want %d %q", got.StatusCode, challenge, tt.status, tt.challenge)
			}
			if tt.header == nil && strings.Contains(challenge, "error") {
				t.Errorf("got %q, want no error without credentials", challenge)
			}
			if strings.Contains(got.body, "alice") {
				t.Errorf("the error has claims of the user: %s", got.body)
			}
		})
	}
}

func TestUserinfoAcceptsTheSchemeInAnyCase(t *testing.T) {
	p := serve(t)
	token := p.login("alice", asDocs()).AccessToken
	if got := p.send("GET", "/userinfo", http.Header{"Authorization": {"bEARER " + token}}, ""); got.StatusCode != 200 {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}
