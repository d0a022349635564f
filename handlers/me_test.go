package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

func TestMeIsWhatTheTokenSays(t *testing.T) {
	s := serve(t)
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
			token := s.issuer.Token(test.claims, authtest.Claims{"exp": expiry.Unix()})
			want := fmt.Sprintf("{"+test.want+`,"expires_at":%q}`, s.issuer.URL, expiry.UTC().Format(time.RFC3339))
			s.call(t, token, "GET /me", "").wantJSON(t, 200, want)
		})
	}
	s.call(t, "", "GET /me", "").wantProblem(t, problem.CredentialsMissing, "")
}

func TestAProfileIsTheProvidersUserinfo(t *testing.T) {
	s := serve(t)
	s.call(t, s.token("alice", "openid"), "GET /me/profile", "").
		wantJSON(t, 200, `{"email":"alice@example.com","email_verified":true,"name":"Alice","sub":"alice"}`)
	s.call(t, s.token("alice", "items:read"), "GET /me/profile", "").
		wantProblem(t, problem.ScopeInsufficient, `"required_scopes":["openid"]`)
	s.call(t, "", "GET /me/profile", "").wantProblem(t, problem.CredentialsMissing, "")
	if n := s.issuer.Fetches("/userinfo"); n != 1 {
		t.Errorf("the provider was asked %d times, want once: refused callers are none of its business", n)
	}
}

func TestAProviderThatDoesNotTellAProfile(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, test := range []struct {
		name  string
		fault http.HandlerFunc
		want  *problem.Type
		more  string
	}{
		{"a token that it ended is inactive", status(http.StatusUnauthorized), problem.TokenInactive, ""},
		{"an outage is not the caller's fault", authtest.Down, problem.AuthUnavailable, `"retry_after":5`},
		{"neither is an answer that is no JSON", authtest.Garbage, problem.AuthUnavailable, `"retry_after":5`},
		{"neither is an answer without end", authtest.Huge, problem.AuthUnavailable, `"retry_after":5`},
		{"the token is not carried to another address", authtest.Redirect, problem.AuthUnavailable, `"retry_after":5`},
		{"another user's profile is not shown", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"sub":"bob"}`) }, problem.Internal, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t)
			s.issuer.Break(s.issuer.On("/userinfo", test.fault))
			r := s.call(t, s.token("alice", "openid"), "GET /me/profile", "")
			r.wantProblem(t, test.want, test.more)
			if challenged := r.header.Get("WWW-Authenticate") != ""; challenged != (test.want.Status == 401) {
				t.Errorf("%d is challenged: %t", r.status, challenged)
			}
			if wait := r.header.Get("Retry-After"); (wait == "5") != (test.want.Status == 503) {
				t.Errorf("%d with Retry-After %q", r.status, wait)
			}
			if n := s.issuer.Fetches("/userinfo"); n != 1 {
				t.Errorf("the provider was asked %d times, want once", n)
			}
		})
	}
}
