package handlers_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/devidp"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// introspecting starts an API that asks its issuer about tokens.
func introspecting(mode string) apitest.Option {
	return apitest.Env("INTROSPECTION="+mode, "INTROSPECTION_CLIENT_ID="+authtest.ClientID, "INTROSPECTION_CLIENT_SECRET="+authtest.ClientSecret)
}

func TestOpaqueTokensHaveTheirCaller(t *testing.T) {
	api := apitest.Start(t, introspecting("opaque"))
	token := api.Issuer.Opaque(authtest.Claims{"scope": "openid", "roles": []string{"admin"}})
	api.Call(t, token, "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, token, "GET /items", "").WantProblem(t, problem.ScopeInsufficient, `"required_scopes":["items:read"]`)
	api.Call(t, "made-up", "GET /me", "").WantProblem(t, problem.TokenInactive)
	api.Call(t, `"`+token+`"`, "GET /me", "").WantProblem(t, problem.CredentialsMalformed)
	api.Call(t, "undefined", "GET /me", "").WantProblem(t, problem.TokenMalformed)
	api.Call(t, api.Issuer.Opaque(authtest.Claims{"aud": "other"}), "GET /me", "").WantProblem(t, problem.AudienceWrong)
	api.Issuer.Break(authtest.Down)
	api.Call(t, token, "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, "another", "GET /me", "").WantProblem(t, problem.AuthUnavailable, `"retry_after":5`)
	api.Close()
	if log := api.Log.String(); strings.Contains(log, token) || strings.Contains(log, "s3cr") || !strings.Contains(log, `"introspection":{"expected":"active, as the provider says","actual":"not active"`) {
		t.Errorf("the log has %s", log)
	}
}

func TestOpaqueTokensKeepTheirRejection(t *testing.T) {
	api := apitest.Start(t)
	api.Call(t, api.Issuer.Opaque(), "GET /me", "").WantProblem(t, problem.TokenMalformed)
	if n := api.Issuer.Fetches("/introspect"); n != 0 {
		t.Errorf("the provider was asked %d times", n)
	}
}

// TestRevokedTokensOfTheDevelopmentProvider signs in as the client called service, and revokes its token.
func TestRevokedTokensOfTheDevelopmentProvider(t *testing.T) {
	issuer := startDevidp(t)
	post := func(path string, form url.Values) map[string]any {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, issuer+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth("service", "service-secret")
		response, err := http.DefaultClient.Do(request)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %v and %v", path, response, err)
		}
		defer response.Body.Close()
		var answer map[string]any
		json.NewDecoder(response.Body).Decode(&answer) // a revocation has no body
		return answer
	}
	api := apitest.Start(t, apitest.Env("INTROSPECTION=always", "INTROSPECTION_CACHE=0s", "INTROSPECTION_CLIENT_ID=service", "INTROSPECTION_CLIENT_SECRET=service-secret"),
		apitest.Auth(func(c *auth.Config) { c.Issuer = issuer }))
	token := post("/token", url.Values{"grant_type": {"client_credentials"}, "scope": {"items:read"}})["access_token"].(string)
	api.Call(t, token, "GET /items", "").WantStatus(t, http.StatusOK)
	api.Call(t, "opaque", "GET /items", "").WantProblem(t, problem.TokenInactive)
	post("/revoke", url.Values{"token": {token}})
	api.Call(t, token, "GET /items", "").WantProblem(t, problem.TokenInactive)
}

// startDevidp starts the development provider, and returns its issuer.
func startDevidp(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	server.Config.Handler, err = devidp.New(devidp.Development(issuer, apitest.PublicURL, apitest.PublicURL+"/docs/", key))
	if err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)
	return issuer
}

// TestReadyzNamesAnOutageOfIntrospection ends it with the first answer.
func TestReadyzNamesAnOutageOfIntrospection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, introspecting("opaque"))
		ready := func() string { return api.Call(t, "", "GET /readyz", "").WantStatus(t, http.StatusOK).Body }
		api.Call(t, api.Token("alice", ""), "GET /me", "").WantStatus(t, http.StatusOK) // waits for the keys
		api.Issuer.Break(api.Issuer.On("/introspect", authtest.Down))
		for n := range 5 {
			if body := ready(); strings.Contains(body, "introspection") {
				t.Errorf("after %d failures, the state is %s", n, body)
			}
			api.Call(t, fmt.Sprint("token", n), "GET /me", "").WantStatus(t, http.StatusServiceUnavailable)
		}
		if body := ready(); !strings.Contains(body, `"degraded"`) || !strings.Contains(body, `"introspection":"the provider does not answer`) {
			t.Errorf("the state is %s", body)
		}
		api.Issuer.Break(nil)
		time.Sleep(5 * time.Second)
		api.Call(t, "token", "GET /me", "").WantProblem(t, problem.TokenInactive)
		if body := ready(); !strings.Contains(body, `"ready"`) {
			t.Errorf("the state is %s", body)
		}
	})
}

// part:keys:begin
// A token that only looks like an API key is not sent to the provider either, whatever the route accepts.
func TestKeysAreNotIntrospected(t *testing.T) {
	api := apitest.Start(t, introspecting("opaque"))
	key := makeKey(t, api, "alice", "items:read").Key
	for _, credentials := range []string{key, key[:len(key)-1], "gatehouse_x"} {
		api.Call(t, credentials, "GET /me", "").WantStatus(t, http.StatusUnauthorized)
		api.Call(t, credentials, "GET /items", "")
	}
	if n := api.Issuer.Fetches("/introspect"); n != 0 {
		t.Errorf("the provider was asked %d times", n)
	}
}

// part:keys:end

// part:revocation:begin
func TestOpaqueTokensAreRevoked(t *testing.T) {
	api := apitest.Start(t, introspecting("opaque"))
	token := api.Issuer.Opaque(authtest.Claims{"sub": "alice"})
	api.Call(t, token, "GET /me", "").WantStatus(t, http.StatusOK)
	revoke(t, api, `{"subject":"alice"}`)
	api.Call(t, token, "GET /me", "").WantProblem(t, problem.SubjectRevoked)
	api.Call(t, api.Issuer.Opaque(authtest.Claims{"sub": "bob"}), "GET /me", "").WantStatus(t, http.StatusOK)
}

// TestAnswersWithoutIssuerAreRevoked has a provider whose answers leave iss out.
func TestAnswersWithoutIssuerAreRevoked(t *testing.T) {
	for _, body := range []string{`{"subject":"alice"}`, `{"token_id":"t1"}`, `{"session_id":"s1"}`} {
		api := apitest.Start(t, introspecting("opaque"), apitest.Env("TOKEN_PROFILE=rfc7662"))
		token := api.Issuer.Opaque(authtest.Claims{"iss": nil, "jti": "t1", "sid": "s1"})
		api.Call(t, token, "GET /me", "").WantStatus(t, http.StatusOK)
		admin := api.Issuer.Opaque(authtest.Claims{"sub": "root", "roles": []string{"admin"}})
		api.Call(t, admin, "POST /admin/revocations", body).WantStatus(t, http.StatusNoContent)
		for range 2 { // what was stored, and what the provider says
			api.Call(t, token, "GET /me", "").WantProblem(t, problem.TokenInactive)
		}
	}
}

// part:revocation:end
