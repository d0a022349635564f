package devidp_test

import (
	"testing"
	"time"
)

func TestRefreshTokensNeedAUserAndTheGrant(t *testing.T) {
	p := serve(t)
	q := asDocs("client_id", "bare", "redirect_uri", "https://bare.example.com/cb", "scope", "offline_access")
	if got := p.login("alice", q); got.RefreshToken != "" {
		t.Error("got a refresh token for a client that may not use it")
	}
	got := p.token(asService("client_id", "web app", "client_secret", "p:s %&+", "scope", "offline_access")).must(t)
	if got.RefreshToken != "" {
		t.Error("got a refresh token for a client that acts for itself")
	}
}

func TestRefreshRotates(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "openid offline_access items:read items:write", "acr_values", "gold")
	first := p.login("alice", q)
	begun := p.clock.Now().Unix()
	p.clock.Advance(time.Hour)
	second := p.token(refreshing("docs", first.RefreshToken)).must(t)
	if second.Scope != q.Get("scope") || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
		t.Errorf("got %s", second.body)
	}
	_, claims := p.decode(second.AccessToken)
	wantMembers(t, claims, map[string]any{"sub": "alice", "auth_time": float64(begun), "acr": "gold", "aud": api})
	_, claims = p.decode(second.IDToken)
	wantMembers(t, claims, map[string]any{"sub": "alice", "auth_time": float64(begun), "nonce": nil})

	// Fewer scopes now do not mean fewer later.
	third := p.token(refreshing("docs", second.RefreshToken, "scope", "items:read")).must(t)
	if third.Scope != "items:read" || third.IDToken != "" {
		t.Errorf("got %s, want items:read alone", third.body)
	}
	fourth := p.token(refreshing("docs", third.RefreshToken)).must(t)
	if fourth.Scope != q.Get("scope") {
		t.Errorf("got scope %q, want all again", fourth.Scope)
	}
}

func TestRefreshErrors(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "offline_access items:read")
	for _, tt := range []struct {
		name  string
		pairs []string
		wait  time.Duration
		want  string
	}{
		{"to another client", []string{"client_id", "cli"}, 0, "invalid_grant"},
		{"without a token", []string{"refresh_token", ""}, 0, "invalid_grant"},
		{"with an unknown token", []string{"refresh_token", "guess"}, 0, "invalid_grant"},
		{"with more scopes", []string{"scope", "items:read items:write"}, 0, "invalid_scope"},
		{"with a malformed scope", []string{"scope", `"`}, 0, "invalid_scope"},
		{"for another resource", []string{"resource", other}, 0, "invalid_target"},
		{"after twelve hours", nil, 12 * time.Hour, "invalid_grant"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			token := p.login("bob", q).RefreshToken
			p.clock.Advance(tt.wait)
			wantError(t, p.token(refreshing("docs", token, tt.pairs...)), 400, tt.want)
			if tt.wait == 0 {
				p.token(refreshing("docs", token)).must(t) // the error did not use it
			}
		})
	}
}

// A login ends twelve hours after it began, however often it is refreshed.
func TestRefreshDoesNotExtendTheGrant(t *testing.T) {
	p := serve(t)
	token := p.login("bob", asDocs("scope", "offline_access")).RefreshToken
	p.clock.Advance(11 * time.Hour)
	token = p.token(refreshing("docs", token)).must(t).RefreshToken
	p.clock.Advance(time.Hour)
	wantError(t, p.token(refreshing("docs", token)), 400, "invalid_grant")
}

func TestReusedRefreshTokenRevokesTheGrant(t *testing.T) {
	p := serve(t)
	first := p.login("bob", asDocs("scope", "openid offline_access"))
	second := p.token(refreshing("docs", first.RefreshToken)).must(t)
	wantError(t, p.token(refreshing("docs", first.RefreshToken)), 400, "invalid_grant")
	wantError(t, p.token(refreshing("docs", second.RefreshToken)), 400, "invalid_grant")
	for _, token := range []string{first.AccessToken, second.AccessToken} {
		if p.active(token) {
			t.Error("an access token of the family is still active")
		}
	}
}
