package handlers_test

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// TestSettingsRejectTokensOfOthers has genuine tokens that OIDC_CLIENTS and REQUIRED_CLAIMS keep out.
func TestSettingsRejectTokensOfOthers(t *testing.T) {
	for _, test := range []struct {
		name, env string
		claims    authtest.Claims
		problem   *problem.Type // nil if the token is accepted
		log       string        // in the entry of the rejection
	}{
		{"one of the clients", "OIDC_CLIENTS=batch,docs", nil, nil, ""},
		{"another client", "OIDC_CLIENTS=batch", nil, problem.ClaimInvalid,
			`"client_id":{"expected":"any of [\"batch\"]","actual":"\"docs\"","remedy":"OIDC_CLIENTS does not name this client: add it, if its tokens are for this API."}`},
		{"no client", "OIDC_CLIENTS=batch", authtest.Claims{"client_id": nil}, problem.ClaimMissing, `"client_id":{"expected":"any of [\"batch\"]","actual":"absent"`},
		{"the value of a claim", "REQUIRED_CLAIMS=org=acme", authtest.Claims{"org": "acme"}, nil, ""},
		{"the value in an array", "REQUIRED_CLAIMS=org=acme", authtest.Claims{"org": []string{"other", "acme"}}, nil, ""},
		{"another value", "REQUIRED_CLAIMS=org=acme", authtest.Claims{"org": "acme-evil"}, problem.ClaimInvalid,
			`"required_claims":{"expected":"every one of [\"org=acme\"]","actual":"org [\"acme-evil\"]","remedy":"REQUIRED_CLAIMS says what a token must have."}`},
		{"no such claim", "REQUIRED_CLAIMS=org=acme", nil, problem.ClaimMissing, `"actual":"org absent"`},
		{"an odd type", "REQUIRED_CLAIMS=org=5", authtest.Claims{"org": 5}, problem.ClaimInvalid, `"actual":"org of a wrong type"`},
		{"a claim within another", "REQUIRED_CLAIMS=org.name=acme", authtest.Claims{"org": map[string]any{"name": "acme"}}, problem.ClaimMissing, `"actual":"org.name absent"`},
		{"a pattern is a value", "REQUIRED_CLAIMS=org=ac*", authtest.Claims{"org": "acme"}, problem.ClaimInvalid, `"actual":"org [\"acme\"]"`},
		{"one of two claims", "REQUIRED_CLAIMS=org=acme,env=prod", authtest.Claims{"org": "acme", "env": "test"}, problem.ClaimInvalid, `"actual":"env [\"test\"]"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env(test.env))
			answer := api.Call(t, api.Issuer.Token(test.claims), "GET /me", "")
			if test.problem == nil {
				answer.WantStatus(t, http.StatusOK)
				return
			}
			answer.WantProblem(t, test.problem)
			if strings.Contains(answer.Body, "acme") || strings.Contains(answer.Body, "batch") || strings.Contains(answer.Body, "TOKEN_PROFILE") {
				t.Errorf("the body has %s", answer.Body)
			}
			if api.Close(); !strings.Contains(api.Log.String(), test.log) {
				t.Errorf("the log has %s, want %s", api.Log, test.log)
			}
		})
	}
}

// TestOddClaimsAreLoggedOnceAndGrantNothing has claims that are not needed, and of a type that no provider documents.
func TestOddClaimsAreLoggedOnceAndGrantNothing(t *testing.T) {
	api := apitest.Start(t, apitest.Env("TOKEN_PROFILE=jwt"))
	odd := func() string {
		return api.Issuer.Sign(map[string]any{"typ": "JWT"}, api.Issuer.Claims(authtest.Claims{"scope": "items:read", "roles": 5, "auth_time": "now", "acr": []int{1}}))
	}
	for range 2 {
		answer := api.Call(t, odd(), "GET /me", "")
		if answer.WantStatus(t, http.StatusOK); !strings.Contains(answer.Body, `"roles":[]`) || !strings.Contains(answer.Body, `"scopes":["items:read"]`) {
			t.Errorf("got %s", answer.Body)
		}
	}
	api.Close()
	var claims []string
	for _, record := range api.Log.Records(t, "a claim of an odd type grants nothing") {
		claims = append(claims, record["claim"].(string))
	}
	if slices.Sort(claims); !slices.Equal(claims, []string{"acr", "auth_time", "roles"}) {
		t.Errorf("the log names %q", claims)
	}
}

// signInSettings are those of the page of Swagger UI.
type signInSettings struct {
	Scopes          []string
	AuthorizeParams map[string]string
}

// TestClientsAreToldWhatTheProviderWants has the providers whose authorization requests differ.
func TestClientsAreToldWhatTheProviderWants(t *testing.T) {
	for _, test := range []struct {
		name   string
		env    []string
		prefix string
		params map[string]string
	}{
		{"RFC 9068", nil, "", map[string]string{}},
		{"Auth0", []string{"TOKEN_PROFILE=auth0"}, "", map[string]string{"audience": apitest.PublicURL}},
		{"Entra ID", []string{"TOKEN_PROFILE=entra", "OIDC_AUDIENCE=11-22"}, "api://11-22/", map[string]string{}},
		{"Entra ID with another URI", []string{"TOKEN_PROFILE=entra", "SCOPE_PREFIX=api://items/"}, "api://items/", map[string]string{}},
		{"Amazon Cognito", []string{"TOKEN_PROFILE=cognito"}, apitest.PublicURL + "/", map[string]string{}},
		{"Keycloak", []string{"TOKEN_PROFILE=keycloak"}, "", map[string]string{}},
		{"Okta", []string{"TOKEN_PROFILE=okta"}, "", map[string]string{}},
		{"AD FS", []string{"TOKEN_PROFILE=adfs"}, "", map[string]string{"resource": apitest.PublicURL}},
		{"parameters of one's own", []string{"OIDC_AUTHORIZE_PARAMS=prompt=login&audience=a%26b"}, "", map[string]string{"prompt": "login", "audience": "a&b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.Start(t, apitest.Env(append(test.env, "DOCS=on")...))
			api.Call(t, api.Token("alice", ""), "GET /me", "") // from now on the provider's endpoints are known
			read, openid := test.prefix+"items:read", "openid"

			settings := pageSettings(t, api)
			if !slices.Contains(settings.Scopes, read) || !slices.Contains(settings.Scopes, openid) || !maps.Equal(settings.AuthorizeParams, test.params) {
				t.Errorf("Swagger UI has %+v", settings)
			}
			if scopes := flowScopes(t, api); !slices.Contains(scopes, read) || !slices.Contains(scopes, openid) {
				t.Errorf("the document has the scopes %q", scopes)
			}
			metadata := apitest.Decode[struct {
				Scopes []string `json:"scopes_supported"`
			}](t, api.Call(t, "", "GET /.well-known/oauth-protected-resource", ""))
			if !slices.Contains(metadata.Scopes, read) || !slices.Contains(metadata.Scopes, openid) {
				t.Errorf("the metadata has %q", metadata.Scopes)
			}
			if challenge := api.Call(t, "", "GET /items", "").Header.Get("WWW-Authenticate"); !strings.Contains(challenge, `scope="`+read+`"`) {
				t.Errorf("the challenge is %s", challenge)
			}
		})
	}
}

// TestScopesCountWithAndWithoutTheirPrefix has both, and the prefix of another API.
func TestScopesCountWithAndWithoutTheirPrefix(t *testing.T) {
	api := apitest.Start(t, apitest.Env("SCOPE_PREFIX=api://items/"))
	for scope, status := range map[string]int{
		"items:read": 200, "api://items/items:read": 200, "api://other/items:read": 403, "api://items/api://items/items:read": 403, "": 403,
	} {
		api.Call(t, api.Token("alice", scope), "GET /items", "").WantStatus(t, status)
	}
	lacking := api.Call(t, api.Token("alice", "openid"), "GET /items", "")
	lacking.WantProblem(t, problem.ScopeInsufficient, `"required_scopes":["api://items/items:read"]`)
	if challenge := lacking.Header.Get("WWW-Authenticate"); !strings.Contains(challenge, `scope="api://items/items:read"`) {
		t.Errorf("the challenge is %s", challenge)
	}
	me := api.Call(t, api.Token("alice", "api://items/items:read"), "GET /me", "")
	if !strings.Contains(me.Body, `"scopes":["items:read"]`) {
		t.Errorf("got %s", me.Body)
	}
}

var dataSettings = regexp.MustCompile(`data-settings="([^"]*)"`)

func pageSettings(t *testing.T, api *apitest.API) (s signInSettings) {
	t.Helper()
	page := api.Call(t, "", "GET /docs/", "").Body
	found := dataSettings.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no settings: %s", page)
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// flowScopes returns the scopes of the authorization code flow in the document.
func flowScopes(t *testing.T, api *apitest.API) []string {
	t.Helper()
	document := apitest.Decode[struct {
		Components struct {
			SecuritySchemes struct {
				OAuth2 struct {
					Flows struct {
						AuthorizationCode struct{ Scopes map[string]string }
					}
				}
			}
		}
	}](t, api.Call(t, "", "GET /openapi.json", ""))
	return slices.Collect(maps.Keys(document.Components.SecuritySchemes.OAuth2.Flows.AuthorizationCode.Scopes))
}
