package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestMeReturnsWhatTheTokenSays(t *testing.T) {
	api := apitest.Start(t)
	expiry := time.Now().Add(time.Minute).Truncate(time.Second)
	for _, test := range []struct {
		name   string
		claims authtest.Claims
		want   string
	}{
		{"without scopes and roles the lists are empty", authtest.Claims{},
			`"subject":"alice","issuer":"%s","client_id":"docs","scopes":[],"roles":[]`},
		{"empty lists are empty", authtest.Claims{"scope": "", "roles": []string{}},
			`"subject":"alice","issuer":"%s","client_id":"docs","scopes":[],"roles":[]`},
		{"every scope and role is named", authtest.Claims{"scope": "openid items:read", "roles": []string{"admin", "viewer"}},
			`"subject":"alice","issuer":"%s","client_id":"docs","scopes":["openid","items:read"],"roles":["admin","viewer"]`},
		{"a client on its own behalf is its own subject", authtest.Claims{"sub": "service", "client_id": "service"},
			`"subject":"service","issuer":"%s","client_id":"service","scopes":[],"roles":[]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := api.Issuer.Token(test.claims, authtest.Claims{"exp": expiry.Unix()})
			want := fmt.Sprintf("{"+test.want+`,"expires_at":%q}`, api.Issuer.URL, expiry.UTC().Format(time.RFC3339))
			api.Call(t, token, "GET /me", "").WantJSON(t, 200, want)
		})
	}
	api.Call(t, "", "GET /me", "").WantProblem(t, problem.CredentialsMissing)
}

func TestAProfileIsTheProvidersUserinfo(t *testing.T) {
	api := apitest.Start(t)
	api.Call(t, api.Token("alice", "openid"), "GET /me/profile", "").
		WantJSON(t, 200, `{"email":"alice@example.com","email_verified":true,"name":"Alice","sub":"alice"}`)
	api.Call(t, api.Token("alice", "items:read"), "GET /me/profile", "").
		WantProblem(t, problem.ScopeInsufficient, `"required_scopes":["openid"]`)
	api.Call(t, "", "GET /me/profile", "").WantProblem(t, problem.CredentialsMissing)
	if n := api.Issuer.Fetches("/userinfo"); n != 1 {
		t.Errorf("the provider received %d requests, want one: rejected callers cause none", n)
	}
}

func TestAProfileThatTheProviderDoesNotReturn(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, test := range []struct {
		name    string
		fault   http.HandlerFunc
		want    *problem.Type
		members []string
	}{
		{"a token that the provider ended is inactive", status(http.StatusUnauthorized), problem.TokenInactive, nil},
		{"an outage is not the caller's fault", authtest.Down, problem.AuthUnavailable, []string{`"retry_after":5`}},
		{"a response that is not JSON is not the caller's fault", authtest.Garbage, problem.AuthUnavailable, []string{`"retry_after":5`}},
		{"an endless response is not the caller's fault", authtest.Huge, problem.AuthUnavailable, []string{`"retry_after":5`}},
		{"the token is not sent to another address", authtest.Redirect, problem.AuthUnavailable, []string{`"retry_after":5`}},
		{"another user's profile is not returned", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"sub":"bob"}`) }, problem.Internal, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.Start(t)
			api.Issuer.Break(api.Issuer.On("/userinfo", test.fault))
			r := api.Call(t, api.Token("alice", "openid"), "GET /me/profile", "")
			r.WantProblem(t, test.want, test.members...)
			if wait := r.Header.Get("Retry-After"); (wait == "5") != (test.want.Status == 503) {
				t.Errorf("%d with Retry-After %q", r.Status, wait)
			}
			if n := api.Issuer.Fetches("/userinfo"); n != 1 {
				t.Errorf("the provider received %d requests, want one", n)
			}
		})
	}
}
