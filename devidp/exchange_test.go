package devidp_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/devidp"
)

const accessTokenType = "urn:ietf:params:oauth:token-type:access_token"

// exchanging is a token exchange of the client service for the other API, changed by pairs.
func exchanging(token string, pairs ...string) url.Values {
	return with(asService("grant_type", devidp.TokenExchange, "subject_token", token,
		"subject_token_type", accessTokenType, "resource", other), pairs...)
}

func TestExchangedTokenHasTheUsersClaims(t *testing.T) {
	p := serve(t)
	begun := p.clock.Now().Unix()
	caller := p.login("alice", asDocs("scope", "openid items:read orders:read offline_access"))
	p.clock.Advance(time.Minute)
	got := p.token(exchanging(caller.AccessToken, "scope", "orders:read")).must(t)
	if got.TokenType != "Bearer" || got.ExpiresIn != 240 || got.Scope != "orders:read" || got.RefreshToken != "" || got.IDToken != "" {
		t.Errorf("got %s, want an access token alone", got.body)
	}
	wantMembers(t, object(t, []byte(got.body)), map[string]any{"issued_token_type": accessTokenType})
	header, claims := p.decode(got.AccessToken)
	wantMembers(t, header, map[string]any{"typ": "at+jwt"})
	_, before := p.decode(caller.AccessToken)
	if claims["jti"] == nil || claims["jti"] == before["jti"] {
		t.Errorf("got jti %v", claims["jti"])
	}
	delete(claims, "jti")
	wantAll(t, claims, map[string]any{"iss": p.url, "sub": "alice", "aud": other, "client_id": "service",
		"act": map[string]any{"sub": "service"}, "scope": "orders:read", "roles": []any{"admin"},
		"iat": float64(begun + 60), "exp": float64(begun + 300), "auth_time": float64(begun), "acr": "1"})
	if !p.active(got.AccessToken) || !p.active(caller.AccessToken) {
		t.Error("want both tokens active")
	}
}

func TestExchangeGrantsWhatWasRequested(t *testing.T) {
	p := serve(t)
	both := exchanging("")
	both["resource"] = []string{other, api}
	names := exchanging("", "resource", "")
	names["audience"] = []string{other, api}
	for _, tt := range []struct {
		name  string
		q     url.Values
		claim string
		want  any
	}{
		{"no scope is all of them", exchanging(""), "scope", "items:read orders:read"},
		{"one of the scopes", exchanging("", "scope", "items:read"), "scope", "items:read"},
		{"an audience in place of a resource", exchanging("", "resource", "", "audience", other), "aud", other},
		{"two resources", both, "aud", []any{api, other}},
		{"two audiences", names, "aud", []any{api, other}},
		{"a resource and an audience", exchanging("", "audience", api), "aud", []any{api, other}},
		{"the API itself", exchanging("", "resource", api), "aud", api},
		{"the kind of token that there is", exchanging("", "requested_token_type", accessTokenType), "sub", "bob"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			caller := p.login("bob", asDocs("scope", "items:read orders:read"))
			got := p.token(with(tt.q, "subject_token", caller.AccessToken)).must(t)
			_, claims := p.decode(got.AccessToken)
			wantMembers(t, claims, map[string]any{tt.claim: tt.want})
		})
	}
}

func TestExchangeErrors(t *testing.T) {
	p := serve(t)
	caller := p.login("alice", asDocs("scope", "openid items:read"))
	elsewhere := p.login("alice", asDocs("resource", other))
	revoked := p.login("alice", asDocs())
	p.post("/revoke", url.Values{"client_id": {"docs"}, "token": {revoked.AccessToken}})
	token := caller.AccessToken
	for _, tt := range []struct {
		name   string
		q      url.Values
		status int
		code   string
	}{
		{"without a subject token", exchanging(""), 400, "invalid_request"},
		{"without a type", exchanging(token, "subject_token_type", ""), 400, "invalid_request"},
		{"of an ID token", exchanging(caller.IDToken), 400, "invalid_request"},
		{"of an ID token that is said to be one", exchanging(caller.IDToken, "subject_token_type",
			"urn:ietf:params:oauth:token-type:id_token"), 400, "invalid_request"},
		{"of noise", exchanging("noise"), 400, "invalid_request"},
		{"of a token with another signature", exchanging(token[:len(token)-8] + "AAAAAAAA"), 400, "invalid_request"},
		{"of a token of another provider", exchanging(serve(t).login("alice", asDocs()).AccessToken), 400, "invalid_request"},
		{"of a revoked token", exchanging(revoked.AccessToken), 400, "invalid_request"},
		{"of a token that is for another API", exchanging(elsewhere.AccessToken), 400, "invalid_request"},
		{"into a refresh token", exchanging(token, "requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"), 400, "invalid_request"},
		{"with an actor token", exchanging(token, "actor_token", token), 400, "invalid_request"},
		{"with the type of an actor token", exchanging(token, "actor_token_type", accessTokenType), 400, "invalid_request"},
		{"without a target", exchanging(token, "resource", ""), 400, "invalid_target"},
		{"for an unknown resource", exchanging(token, "resource", "https://unknown.example.com"), 400, "invalid_target"},
		{"for an unknown audience", exchanging(token, "audience", "unknown"), 400, "invalid_target"},
		{"for more scopes", exchanging(token, "scope", "items:read items:write"), 400, "invalid_scope"},
		{"for a malformed scope", exchanging(token, "scope", "a  b"), 400, "invalid_scope"},
		{"with a wrong secret", exchanging(token, "client_secret", "guess"), 401, "invalid_client"},
		{"to a public client", exchanging(token, "client_id", "docs", "client_secret", ""), 400, "unauthorized_client"},
		{"to a client with another grant", exchanging(token, "client_id", "web app", "client_secret", "p:s %&+"), 400, "unauthorized_client"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantError(t, p.token(tt.q), tt.status, tt.code) })
	}
	p.token(exchanging(token)).must(t) // none of these used it
	p.clock.Advance(5 * time.Minute)
	t.Run("of an expired token", func(t *testing.T) { wantError(t, p.token(exchanging(token)), 400, "invalid_request") })
}

// An exchanged token expires with the first one, and names all its actors.
func TestExchangedTokenNamesEveryActor(t *testing.T) {
	p := serve(t)
	caller := p.login("alice", asDocs())
	first := p.token(exchanging(caller.AccessToken, "resource", api)).must(t)
	p.clock.Advance(time.Minute)
	second := p.token(exchanging(first.AccessToken)).must(t)
	_, claims := p.decode(second.AccessToken)
	wantMembers(t, claims, map[string]any{"sub": "alice",
		"act": map[string]any{"sub": "service", "act": map[string]any{"sub": "service"}}})
	if second.ExpiresIn != 240 {
		t.Errorf("it expires in %d seconds, want 240", second.ExpiresIn)
	}
}

func TestExchangedTokenIsRevokedWithTheGrant(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "offline_access")
	caller := p.login("alice", q)
	exchanged := p.token(exchanging(caller.AccessToken)).must(t)
	p.post("/revoke", url.Values{"client_id": {"docs"}, "token": {caller.RefreshToken}})
	if p.active(exchanged.AccessToken) {
		t.Error("the exchanged token outlived the login")
	}
}

func TestExchangesAreLoggedWithoutTokens(t *testing.T) {
	p := serve(t)
	caller := p.login("bob", asDocs("scope", "items:read"))
	got := p.token(exchanging(caller.AccessToken)).must(t)
	p.token(exchanging(caller.IDToken))
	log := p.log.String()
	if want := "msg=granted client=service user=bob grant=" + devidp.TokenExchange + " scopes=items:read"; strings.Count(log, want) != 1 {
		t.Errorf("want one line %q in %s", want, log)
	}
	for _, secret := range []string{caller.AccessToken, got.AccessToken, "service-secret"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log contains %q", secret)
		}
	}
}

// TestAPIsAcceptAnExchangedToken verifies it as the two APIs would.
func TestAPIsAcceptAnExchangedToken(t *testing.T) {
	p := serve(t)
	caller := p.login("alice", asDocs("scope", "orders:read"))
	token := auth.AccessToken(p.token(exchanging(caller.AccessToken)).must(t).AccessToken)
	verify := func(audience string) (*auth.Principal, error) {
		verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: p.url, Audience: []string{audience}, Now: p.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		return verifier.Verify(t.Context(), token)
	}
	got, err := verify(other)
	if err != nil || got.Subject != "alice" || got.ClientID != "service" || got.IsClient() || !got.HasScope("orders:read") || !got.HasRole("admin") {
		t.Errorf("the other API takes it for %+v, %v", got, err)
	}
	if got, err := verify(api); err == nil {
		t.Errorf("the API itself takes it for %+v", got)
	}
}
