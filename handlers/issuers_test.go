package handlers_test

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// startBoth starts the API with a second issuer, whose tokens are for the same audience.
func startBoth(t *testing.T, options ...apitest.Option) (*apitest.API, *authtest.Issuer) {
	t.Helper()
	second := authtest.Start(t, apitest.PublicURL)
	api := apitest.Start(t, append([]apitest.Option{apitest.Env("OIDC_ISSUER_2=" + second.URL)}, options...)...)
	return api, second
}

// TestOwnersOfTwoIssuersAreSeparate has the same subject at both issuers, and a role that only the first can give.
func TestOwnersOfTwoIssuersAreSeparate(t *testing.T) {
	api, second := startBoth(t)
	claims := authtest.Claims{"sub": "alice", "scope": "items:read items:write", "roles": []string{"admin"}}
	a, b := api.Issuer.Token(claims), second.Token(claims)
	line, body := api.Example(t, a, "POST /items")
	location := api.Call(t, a, line, body).WantStatus(t, http.StatusCreated).Header.Get("Location")
	get := "GET " + strings.TrimPrefix(location, apitest.PublicURL)
	api.Call(t, a, get, "").WantStatus(t, http.StatusOK)
	api.Call(t, b, get, "").WantProblem(t, problem.NotFound)
	api.Call(t, a, "GET /admin/items", "").WantStatus(t, http.StatusOK)
	api.Call(t, b, "GET /admin/items", "").WantProblem(t, problem.AccessDenied)
	me := apitest.Decode[handlers.Caller](t, api.Call(t, b, "GET /me", ""))
	if me.Issuer != second.URL || me.Subject != "alice" || len(me.Roles) > 0 {
		t.Errorf("the caller is %+v", me)
	}
	if list := api.Call(t, b, "GET /items", "").Body; strings.Contains(list, path.Base(location)) {
		t.Errorf("the list is %s", list)
	}
}

func TestRolesOfASecondIssuerAreAskedFor(t *testing.T) {
	api, second := startBoth(t, apitest.Env("ROLES_CLAIM_2=groups"))
	claims := authtest.Claims{"scope": "items:read", "groups": []string{"admin"}}
	api.Call(t, second.Token(claims), "GET /admin/items", "").WantStatus(t, http.StatusOK)
	api.Call(t, api.Issuer.Token(claims), "GET /admin/items", "").WantProblem(t, problem.AccessDenied)
}

// TestOneIssuerCannotSpeakForAnother has tokens that name one issuer and are signed by another.
func TestOneIssuerCannotSpeakForAnother(t *testing.T) {
	api, second := startBoth(t)
	for _, sameName := range []bool{false, true} {
		if sameName {
			key := authtest.NewKey("ES256")
			key.ID = api.Issuer.Key().ID
			second.Swap(key)
		}
		want := map[bool]*problem.Type{false: problem.KeyUnknown, true: problem.SignatureInvalid}[sameName]
		api.Call(t, second.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
		api.Call(t, api.Issuer.Sign(map[string]any{"typ": "at+jwt"}, second.Claims()), "GET /me", "").WantProblem(t, want)
		api.Call(t, second.Sign(map[string]any{"typ": "at+jwt"}, api.Issuer.Claims()), "GET /me", "").WantProblem(t, want)
		api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
	}
}

// TestUnknownIssuersAreRejectedAlike compares the response to a token of no issuer with one and with several.
func TestUnknownIssuersAreRejectedAlike(t *testing.T) {
	one := apitest.Start(t)
	both, second := startBoth(t)
	claims := authtest.Claims{"iss": "https://third.example.com"}
	texts := func(api *apitest.API) string {
		r := api.Call(t, api.Issuer.Token(claims), "GET /me", "")
		r.WantProblem(t, problem.IssuerWrong)
		body := apitest.Decode[problem.Body](t, r)
		return strings.NewReplacer(api.Issuer.URL+" or "+second.URL, "ISSUER", api.Issuer.URL, "ISSUER").Replace(body.Detail + " " + body.Hint)
	}
	if a, b := texts(one), texts(both); a != b {
		t.Errorf("got %q and %q", a, b)
	}
	both.Call(t, second.Token(), "GET /me", "").WantStatus(t, http.StatusOK) // which waits for the keys
	hint := apitest.Decode[problem.Body](t, both.Call(t, second.Sign(map[string]any{"typ": "JWT"}, second.Claims(authtest.Claims{"scope": "a"})), "GET /me", "")).Hint
	if !strings.Contains(hint, "TOKEN_PROFILE_2=jwt") {
		t.Errorf("the hint is %s", hint)
	}
}

// TestReadinessIsThatOfAllIssuers breaks one issuer after the other. Its callers get 503, and those of the other nothing.
func TestReadinessIsThatOfAllIssuers(t *testing.T) {
	down := authtest.Start(t, apitest.PublicURL)
	down.Break(authtest.Down)
	api := apitest.Start(t, apitest.Env("OIDC_ISSUER_2="+down.URL))
	api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, down.Token(), "GET /me", "").WantProblem(t, problem.AuthUnavailable, `"retry_after":5`)
	api.Call(t, down.Token(), "GET /me/profile", "").WantProblem(t, problem.AuthUnavailable, `"retry_after":5`)
	health := apitest.Decode[handlers.Health](t, api.Call(t, "", "GET /readyz", "").WantStatus(t, http.StatusOK))
	if health.Status != "degraded" || health.Checks["issuer"] != "the provider's keys are fresh" || health.Checks["issuer_2"] != "the provider's keys cannot be fetched" {
		t.Errorf("got %+v", health)
	}
	if entry := api.Log.Await(t, "request rejected"); entry["issuer"] != down.URL || entry["issuer_state"] != "down" {
		t.Errorf("the log has %v", entry)
	}
}

// TestRejectionsNameTheIssuersThatAreMeant has issuers that differ by their port.
func TestRejectionsNameTheIssuersThatAreMeant(t *testing.T) {
	api, second := startBoth(t)
	both := api.Issuer.URL + " or " + second.URL
	iss := func(value any) string { return second.Token(authtest.Claims{"iss": value}) }
	for _, test := range []struct {
		name, token, says string
		want              error
	}{
		{"no token", "", "with a token of " + both, problem.CredentialsMissing},
		{"a token of neither", iss("https://other.example.com"), "another issuer than " + both, problem.IssuerWrong},
		{"a token that names none", iss(nil), "a key that " + api.Issuer.URL + " does", problem.KeyUnknown},
		{"one with a slash", iss(second.URL + "/"), "differs from " + second.URL + " by a slash", problem.IssuerSlash},
		{"another key", authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, second.Claims()), "a key that " + second.URL + " does", problem.KeyUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			if r := api.Call(t, test.token, "GET /me", ""); !strings.Contains(r.Body, test.says) || !strings.Contains(r.Body, problem.Of(test.want).Code) {
				t.Errorf("got %s", r.Body)
			}
		})
	}
}

// TestTheProfileIsThatOfTheOwnIssuer counts who is asked: a token goes to its own issuer alone.
func TestTheProfileIsThatOfTheOwnIssuer(t *testing.T) {
	api, second := startBoth(t)
	api.Call(t, second.Token(authtest.Claims{"scope": "openid"}), "GET /me/profile", "").WantStatus(t, http.StatusOK)
	if api.Issuer.Fetches("/userinfo") != 0 || second.Fetches("/userinfo") != 1 {
		t.Errorf("the issuers were asked %d and %d times", api.Issuer.Fetches("/userinfo"), second.Fetches("/userinfo"))
	}
}

// TestARotationOfOneIssuerIsNoticed lets one issuer change its key: its old tokens end, and those of the other do not.
func TestARotationOfOneIssuerIsNoticed(t *testing.T) {
	api, second := startBoth(t)
	first, old := api.Issuer.Token(), second.Token()
	api.Call(t, first, "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, old, "GET /me", "").WantStatus(t, http.StatusOK)
	second.Swap(authtest.NewKey("ES256"))
	api.Call(t, second.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, old, "GET /me", "").WantProblem(t, problem.KeyUnknown)
	api.Call(t, first, "GET /me", "").WantStatus(t, http.StatusOK)
}

// TestTheDocumentationNamesEveryIssuer reads what clients do: the metadata, the document and the page.
func TestTheDocumentationNamesEveryIssuer(t *testing.T) {
	api, second := startBoth(t, apitest.Env("DOCS=on", "DOCS_CLIENT_ID_2=other-ui", "OIDC_AUTHORIZE_PARAMS_2=audience=x", "SCOPE_PREFIX_2=api/"))
	metadata := apitest.Decode[handlers.Metadata](t, api.Call(t, "", "GET /.well-known/oauth-protected-resource", ""))
	if !slices.Equal(metadata.AuthorizationServers, []string{api.Issuer.URL, second.URL}) {
		t.Errorf("the metadata has %q", metadata.AuthorizationServers)
	}
	api.Call(t, api.Issuer.Token(), "GET /me", "").WantStatus(t, http.StatusOK) // so that the endpoints are known
	api.Call(t, second.Token(), "GET /me", "").WantStatus(t, http.StatusOK)
	type document struct {
		Components struct{ SecuritySchemes map[string]map[string]any }
		Paths      map[string]map[string]struct{ Security []map[string][]string }
	}
	doc := apitest.Decode[document](t, api.Call(t, "", "GET /openapi.json", ""))
	want := []string{"bearer", "oauth2", "oauth2_2", "openIdConnect", "openIdConnect_2"}
	for _, name := range want {
		if doc.Components.SecuritySchemes[name] == nil {
			t.Errorf("there is no scheme %s", name)
		}
	}
	if got := doc.Components.SecuritySchemes["openIdConnect_2"]["openIdConnectUrl"]; got != second.URL+"/.well-known/openid-configuration" {
		t.Errorf("the metadata of the second is at %v", got)
	}
	var alternatives []string
	for _, way := range doc.Paths["/items"]["get"].Security {
		for name, scopes := range way {
			alternatives = append(alternatives, name+" "+strings.Join(scopes, " "))
		}
	}
	want = []string{"oauth2 items:read", "oauth2_2 api/items:read", "bearer items:read"}
	if len(alternatives) < len(want) || !slices.Equal(alternatives[:len(want)], want) {
		t.Errorf("the alternatives are %q", alternatives)
	}
	page := api.Call(t, "", "GET /docs/", "", "Accept: text/html")
	for _, text := range []string{"other-ui", "oauth2_2"} {
		if !strings.Contains(page.Body, text) {
			t.Errorf("the page does not have %s", text)
		}
	}
	if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, second.URL) || !strings.Contains(policy, api.Issuer.URL) {
		t.Errorf("the policy is %s", policy)
	}
}

// TestScopesAreNamedAsAtTheIssuer has a token without the scope of each issuer, at one of which scopes have a prefix.
func TestScopesAreNamedAsAtTheIssuer(t *testing.T) {
	api, second := startBoth(t, apitest.Env("SCOPE_PREFIX_2=api/"))
	api.Call(t, second.Token(authtest.Claims{"scope": "api/items:read"}), "GET /items", "").WantStatus(t, http.StatusOK)
	for scope, issuer := range map[string]*authtest.Issuer{"items:read": api.Issuer, "api/items:read": second} {
		r := api.Call(t, issuer.Token(), "GET /items", "")
		r.WantProblem(t, problem.ScopeInsufficient, `"required_scopes":["`+scope+`"]`)
		if challenge := r.Header.Get("WWW-Authenticate"); !strings.Contains(challenge, `scope="`+scope+`"`) {
			t.Errorf("the challenge is %s", challenge)
		}
	}
}

// part:inspector:begin

// TestTheInspectorNamesTheIssuer compares one issuer, where nothing changes, with two.
func TestTheInspectorNamesTheIssuer(t *testing.T) {
	both, second := startBoth(t, apitest.Env("DOCS=on"))
	inspect := func(api *apitest.API, token string) string {
		return api.Call(t, "", "POST /docs/inspect", `{"token":"`+token+`"}`).WantStatus(t, http.StatusOK).Body
	}
	if body := inspect(both, second.Token()); !strings.Contains(body, `"accepted":true,"issuer":"`+second.URL+`"`) {
		t.Errorf("got %s", body)
	}
	one := apitest.Start(t, apitest.Env("DOCS=on"))
	if body := inspect(one, one.Issuer.Token()); strings.Contains(body, `"issuer":`) {
		t.Errorf("got %s", body)
	}
}

// part:inspector:end

// part:revocation:begin
func TestTokensOfEachIssuerAreRevoked(t *testing.T) {
	api, second := startBoth(t)
	first, other := api.Issuer.Token(), second.Token()
	api.Call(t, first, "GET /me", "").WantStatus(t, http.StatusOK)
	api.Call(t, other, "GET /me", "").WantStatus(t, http.StatusOK)
	revoke(t, api, `{"subject":"alice","issuer":"`+second.URL+`"}`)
	api.Call(t, other, "GET /me", "").WantProblem(t, problem.SubjectRevoked)
	api.Call(t, first, "GET /me", "").WantStatus(t, http.StatusOK)
}

func TestLogoutEndsSessionsOfItsIssuer(t *testing.T) {
	api, second := startBoth(t, apitest.Env("BACKCHANNEL_LOGOUT=docs"))
	session := authtest.Claims{"sid": "session-1"}
	first, other := api.Issuer.Token(session), second.Token(session)
	api.Call(t, other, "GET /me", "").WantStatus(t, http.StatusOK)
	sendLogout(t, api, second.LogoutToken(), http.StatusOK)
	api.Call(t, other, "GET /me", "").WantProblem(t, problem.SessionEnded)
	api.Call(t, first, "GET /me", "").WantStatus(t, http.StatusOK)
	sendLogout(t, api, second.LogoutToken(authtest.Claims{"iss": api.Issuer.URL, "jti": "forged"}), http.StatusBadRequest)
}

// part:revocation:end
