package doctor

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/test/clitest"
)

// page responds with a page of HTML.
func page(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// to responds with a redirect.
func to(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
}

// TestDoctorTriesTheAuthorizationRequest has the responses of real providers to a user without a session.
func TestDoctorTriesTheAuthorizationRequest(t *testing.T) {
	const callback = "https://api.example.com/docs/oauth2-redirect.html"
	const register = "Register " + callback + ` as the redirect URI of a public client (single-page application) "docs", or set DOCS_CLIENT_ID.`
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		status status
		detail string
		remedy string
	}{
		{"a page of sign-in", page(200, "<title>Sign in to acme</title>"), passed, "the provider shows its page of sign-in", ""},
		{"a redirect to one", to("/u/login?state=1"), passed, "the provider sends users to id.example.com/u/login", ""},
		{"a redirect with the session in the path", to("/login;jsessionid=C0FFEE"), passed, "the provider sends users to id.example.com/login\n", ""},
		{"the redirect URI of Keycloak", page(400, "<html><title>Sign in to acme</title><p>Invalid parameter: redirect_uri</p>"), warning, `rejects the request of the client "docs": "400 Invalid parameter: redirect_uri"`, register},
		{"a page without a reason", page(403, "<title>Access denied</title>"), warning, `"403 Access denied"`, register},
		{"no page", page(401, "unknown client"), warning, `"401 unknown client"`, register},
		{"a redirect to the page of an error", to("https://id.example.com/oauth2/fallbacks/error?error=invalid_client&error_description=unknown"), warning, `"invalid_client unknown"`, register},
		{"a page of an error without a name", to("/error"), warning, `"it leads to /error"`, register},
		{"a page of an error with the session in the path", to("/error;jsessionid=C0FFEE"), warning, `"it leads to /error"`, register},
		{"Entra ID, with status 200", page(200, `<title>Sign in to your account</title>"AADSTS50011: The redirect URI is wrong"`), warning, "AADSTS50011: The redirect URI is wrong", register},
		{"a page of an error, with status 200", page(200, "<title>Error</title>"), warning, "<title>Error", register},
		{"an error for the client", to(callback + "?error=invalid_scope&state=doctor"), warning, `"invalid_scope"`, "Define the scopes"},
		{"an error in the fragment", to(callback + "#error=invalid_target"), warning, `"invalid_target"`, "set OIDC_AUTHORIZE_PARAMS"},
		{"no provider", page(503, ""), warning, "/authorize returns 503", "Check the provider"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			f.fault["/authorize"] = test.answer
			_, results := f.run(t)
			for _, r := range results {
				if r.Check == "authorization" {
					if r.Status != test.status || !strings.Contains(r.Detail+"\n", test.detail) || !strings.Contains(r.Remedy, test.remedy) {
						t.Errorf("got %+v", r)
					}
					return
				}
			}
			t.Error("it is not tried")
		})
	}
}

// TestTheRequestIsThatOfSwaggerUI has providers whose requests differ.
func TestTheRequestIsThatOfSwaggerUI(t *testing.T) {
	f, scopes := newFixture(), clitest.Scopes(t)
	f.run(t)
	want := url.Values{
		"response_type": {"code"}, "client_id": {"docs"}, "redirect_uri": {"https://api.example.com/docs/oauth2-redirect.html"}, "state": {"doctor"},
		"scope": {strings.Join(scopes, " ")}, "code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}
	if f.asked.Encode() != want.Encode() {
		t.Errorf("got %v, want %v", f.asked, want)
	}
	f = newFixture()
	f.env["TOKEN_PROFILE"], f.env["SCOPE_PREFIX"] = "auth0", "api://a/"
	prefixed := strings.Join(auth.ScopePrefix("api://a/").Add(scopes), " ")
	f.run(t)
	if f.asked.Get("audience") != "https://api.example.com" || f.asked.Get("scope") != prefixed {
		t.Errorf("got %v", f.asked)
	}
	f = newFixture()
	f.env["DOCS"] = "off"
	if f.run(t); f.asked != nil {
		t.Errorf("without documentation it asks for %v", f.asked)
	}
}
