package devidp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestIntrospection(t *testing.T) {
	p := serve(t)
	got := p.login("alice", asDocs())
	answer := p.postWith("/introspect", url.Values{"token": {got.AccessToken}}, basic("service", "service-secret"))
	claims := object(t, []byte(answer.body))
	_, want := p.decode(got.AccessToken)
	want["active"], want["token_type"] = true, "Bearer"
	wantAll(t, claims, want)

	both := asDocs()
	both["resource"] = []string{api, other}
	answer = p.post("/introspect", asService("token", p.login("alice", both).AccessToken))
	wantMembers(t, object(t, []byte(answer.body)), map[string]any{"active": true, "aud": []any{api, other}})

	for _, tt := range []struct {
		name, token string
	}{
		{"an ID token", got.IDToken},
		{"noise", "x.y.z"},
		{"a token with another signature", got.AccessToken[:len(got.AccessToken)-8] + "AAAAAAAA"},
		{"a token without a signature", got.AccessToken[:strings.LastIndex(got.AccessToken, ".")+1]},
		{"a token with a changed payload", swapPayload(got.AccessToken, p.login("bob", asDocs()).AccessToken)},
		{"a token with the header of an ID token", swapHeader(got.AccessToken, got.IDToken)},
	} {
		if p.active(tt.token) {
			t.Errorf("%s is active", tt.name)
		}
	}
	p.clock.Advance(5 * time.Minute)
	answer = p.post("/introspect", asService("token", got.AccessToken))
	if strings.TrimSpace(answer.body) != `{"active":false}` {
		t.Errorf("an expired token: got %s", answer.body)
	}
}

func swapPayload(token, other string) string {
	a, b := strings.Split(token, "."), strings.Split(other, ".")
	return a[0] + "." + b[1] + "." + a[2]
}

func swapHeader(token, other string) string {
	a, b := strings.Split(token, "."), strings.Split(other, ".")
	return b[0] + "." + a[1] + "." + a[2]
}

func TestIntrospectionErrors(t *testing.T) {
	p := serve(t)
	token := p.login("alice", asDocs()).AccessToken
	for _, tt := range []struct {
		name   string
		q      url.Values
		status int
		code   string
	}{
		{"without a client", url.Values{"token": {token}}, 401, "invalid_client"},
		{"by a public client", url.Values{"token": {token}, "client_id": {"docs"}}, 401, "invalid_client"},
		{"with a wrong secret", asService("token", token, "client_secret", "guess"), 401, "invalid_client"},
		{"without a token", asService(), 400, "invalid_request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, p.tokenAt("/introspect", tt.q, http.Header{}), tt.status, tt.code)
		})
	}
}

func TestRevocation(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "openid offline_access")
	revoke := func(client, token string) tokenReply {
		return p.tokenAt("/revoke", url.Values{"client_id": {client}, "token": {token}}, http.Header{})
	}
	first := p.login("alice", q)
	wantError(t, revoke("cli", first.AccessToken), 400, "invalid_grant")
	wantError(t, revoke("cli", first.RefreshToken), 400, "invalid_grant")
	if !p.active(first.AccessToken) {
		t.Fatal("another client revoked the token")
	}
	if got := revoke("docs", first.AccessToken).must(t); got.body != "" {
		t.Errorf("got %q, want no body", got.body)
	}
	if p.active(first.AccessToken) {
		t.Error("the revoked access token is active")
	}
	if got := p.send("GET", "/userinfo", bearerHeader(first.AccessToken), ""); got.StatusCode != 401 {
		t.Errorf("userinfo with the revoked token: got %d", got.StatusCode)
	}
	second := p.token(refreshing("docs", first.RefreshToken)).must(t)
	revoke("docs", second.RefreshToken).must(t)
	if p.active(second.AccessToken) {
		t.Error("the access token outlived the revoked refresh token")
	}
	wantError(t, p.token(refreshing("docs", second.RefreshToken)), 400, "invalid_grant")

	revoke("docs", second.RefreshToken).must(t)
	revoke("docs", "unknown").must(t)
	wantError(t, revoke("docs", ""), 400, "invalid_request")
	wantError(t, revoke("service", "unknown"), 401, "invalid_client")
}
