package auth_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// A finding is a token and its failed check.
type finding struct {
	name    string
	token   func(i *authtest.Issuer) string
	check   string
	problem *problem.Type
	advice  string
}

// claiming returns a token with changed claims.
func claiming(changes authtest.Claims) func(*authtest.Issuer) string {
	return func(i *authtest.Issuer) string { return i.Token(changes) }
}

// headed returns a token with a changed header.
func headed(header map[string]any) func(*authtest.Issuer) string {
	return func(i *authtest.Issuer) string { return i.Sign(header, i.Claims()) }
}

func idToken(i *authtest.Issuer) string { return i.IDToken() }

// foreign returns a token of a key with that kid, which the issuer does not publish.
func foreign(kid string, changes authtest.Claims) func(*authtest.Issuer) string {
	return func(i *authtest.Issuer) string {
		key := authtest.NewKey("ES256")
		key.ID = kid
		return key.Sign(map[string]any{"typ": "at+jwt"}, i.Claims(changes))
	}
}

// find compares the explanations of tokens. In a bubble, the time is 2000-01-01.
func find(t *testing.T, issuerURL string, change func(*auth.Config), findings []finding) {
	for _, test := range findings {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				issuer := authtest.New(issuerURL, audience)
				f := connect(t, issuer, change)
				e := f.verifier.Explain(t.Context(), auth.AccessToken(test.token(issuer)))
				if e.Problem != test.problem || e.Caller != nil {
					t.Errorf("it is rejected with %v, want %v", e.Problem, test.problem)
				}
				c := checkOf(e, test.check)
				if given := strings.Count(fmt.Sprint(e.Checks), test.advice); test.advice != "" && given != 1 {
					t.Errorf("the advice is given %d times", given)
				}
				if c.Result != auth.Failed || c.Code != test.problem.Code || c.Advice != test.advice {
					t.Errorf("%s is %s with %s and %q\nwant failed with %s and %q", test.check, c.Result, c.Code, c.Advice, test.problem.Code, test.advice)
				}
			})
		})
	}
}

// checkOf returns the check of that name.
func checkOf(e *auth.Explanation, name string) auth.Check {
	for _, c := range e.Checks {
		if c.Name == name {
			return c
		}
	}
	return auth.Check{}
}

func skew(c *auth.Config)  { c.Leeway = 10 * time.Second }
func plain(c *auth.Config) { c.Profile = auth.PlainJWT() }

// sent returns a text instead of a token.
func sent(text string) func(*authtest.Issuer) string {
	return func(*authtest.Issuer) string { return text }
}

// changed returns a valid token with a change.
func changed(change func(token string) string) func(*authtest.Issuer) string {
	return func(i *authtest.Issuer) string { return change(i.Token()) }
}

func TestMalformedTokensGetAdvice(t *testing.T) {
	find(t, issuerURL, skew, []finding{
		{"what JavaScript makes of no token", sent("undefined"), "form", problem.TokenMalformed, problem.WordSent.Hint},
		{"what Python makes of no token", sent("None"), "form", problem.TokenMalformed, problem.WordSent.Hint},
		{"a promise of a token", sent("[object Promise]"), "form", problem.CredentialsMalformed, problem.ObjectSent.Hint},
		{"a variable of a shell that single quotes hid", sent("$TOKEN"), "form", problem.CredentialsMalformed, problem.Placeholder.Hint},
		{"a variable of Postman", sent("{{token}}"), "form", problem.CredentialsMalformed, problem.Placeholder.Hint},
		{"what a manual shows", sent("<access_token>"), "form", problem.CredentialsMalformed, problem.Placeholder.Hint},
		{"brackets of a manual", changed(func(s string) string { return "<" + s + ">" }), "form", problem.CredentialsMalformed, problem.Bracketed.Hint},
		{"an example with dots", sent("eyJ..."), "form", problem.TokenMalformed, strings.ReplaceAll(problem.SampleSent.Hint, "{issuer}", issuerURL)},
		{"an example in words", sent("YOUR_ACCESS_TOKEN"), "form", problem.TokenMalformed, strings.ReplaceAll(problem.SampleSent.Hint, "{issuer}", issuerURL)},
		{"the parts in words", sent("header.payload.signature"), "form", problem.TokenMalformed, strings.ReplaceAll(problem.SampleSent.Hint, "{issuer}", issuerURL)},
		{"the parts in letters", sent("xxxxx.yyyyy.zzzzz"), "form", problem.TokenMalformed, strings.ReplaceAll(problem.SampleSent.Hint, "{issuer}", issuerURL)},
		{"a whole response", changed(func(s string) string { return `{"access_token":"` + s + `"}` }), "form", problem.CredentialsMalformed,
			problem.ResponseSent.Hint},
		{"quotes", changed(func(s string) string { return `"` + s + `"` }), "form", problem.CredentialsMalformed, problem.Quoted.Hint},
		{"a line break of a copy", changed(func(s string) string { return s[:60] + "\n" + s[60:] }), "form", problem.CredentialsMalformed,
			problem.LineBreak.Hint},
		{"the scheme twice", changed(func(s string) string { return "Bearer " + s }), "form", problem.CredentialsMalformed,
			problem.Twice.Hint},
		{"escaped for an address", changed(func(s string) string { return strings.ReplaceAll(s, ".", "%2E") }), "form", problem.CredentialsMalformed,
			problem.PercentEncoded.Hint},
		{"an opaque token", sent("2YotnFZFEjr1zCsicMWpAA"), "form", problem.TokenMalformed,
			strings.ReplaceAll(problem.Opaque.Hint, "{audience}", audience)},
		{"a token that was cut", changed(func(s string) string { return s[:strings.LastIndex(s, ".")] }), "form", problem.TokenMalformed, problem.SecondCut.Hint},
		{"an encrypted token", sent("e30.e30.e30.e30.e30"), "form", problem.TokenEncrypted, strings.ReplaceAll(problem.Encrypted.Hint, "{audience}", audience)},
		{"a token that is too long", sent("e30.e30." + strings.Repeat("A", auth.MaxTokenSize)), "form", problem.CredentialsTooLarge, problem.OverSize.Hint},
	})
}

func TestFailedChecksGetAdvice(t *testing.T) {
	const (
		notRFC9068 = "set TOKEN_PROFILE=jwt."
		sendAccess = "The token is an ID token: send access_token, not id_token."
	)
	find(t, issuerURL, skew, []finding{
		{"an ID token", idToken, "typ", problem.TokenTypeWrong, sendAccess},
		{"a token of a provider from before RFC 9068", headed(map[string]any{"typ": "JWT"}), "typ", problem.TokenTypeWrong,
			"The provider does not follow RFC 9068: set TOKEN_PROFILE=jwt, or switch it to at+jwt access tokens."},
		{"a token without typ", headed(nil), "typ", problem.TokenTypeWrong,
			"The provider does not follow RFC 9068: set TOKEN_PROFILE=jwt, or switch it to at+jwt access tokens."},
		{"a token with some other typ", headed(map[string]any{"typ": "x"}), "typ", problem.TokenTypeWrong, ""},

		{"an issuer with a slash more", claiming(authtest.Claims{"iss": issuerURL + "/"}), "iss", problem.IssuerWrong,
			"The issuers differ only by a trailing slash: set OIDC_ISSUER=https://login.example.com/."},
		{"an issuer in other letters", claiming(authtest.Claims{"iss": "https://Login.example.com"}), "iss", problem.IssuerWrong,
			"The issuers differ only by upper and lower case: set OIDC_ISSUER=https://Login.example.com."},
		{"an issuer without https", claiming(authtest.Claims{"iss": "http://login.example.com"}), "iss", problem.IssuerWrong,
			"The issuers differ only by http and https: one side does not know of the proxy in front of it."},
		{"a v1 issuer of Entra ID", claiming(authtest.Claims{"iss": "https://sts.windows.net/9122040d-6c67-4c5b-b112-36a304b66dad/"}), "iss", problem.IssuerWrong,
			"The token has a v1 issuer of Entra ID: set requestedAccessTokenVersion to 2 in the API's manifest."},
		{"some other issuer", claiming(authtest.Claims{"iss": "https://other.example.com"}), "iss", problem.IssuerWrong, ""},

		{"no audience", claiming(authtest.Claims{"aud": nil}), "aud", problem.AudienceWrong,
			"The token has no aud: let the client ask for this API (resource or audience), or add an audience mapper at Keycloak."},
		{"the audience that Keycloak writes", claiming(authtest.Claims{"aud": "account"}), "aud", problem.AudienceWrong,
			"aud is account: add an audience mapper at Keycloak, to the client or to a client scope."},
		{"the audience that Keycloak writes beside another", claiming(authtest.Claims{"aud": []string{"realm-management", "account"}}), "aud", problem.AudienceWrong,
			"aud is account: add an audience mapper at Keycloak, to the client or to a client scope."},
		{"an audience with a slash more", claiming(authtest.Claims{"aud": audience + "/"}), "aud", problem.AudienceWrong,
			"The audiences differ only by a trailing slash: set OIDC_AUDIENCE=https://api.example.com/, or change it at the provider."},
		{"an audience without https", claiming(authtest.Claims{"aud": "http://api.example.com"}), "aud", problem.AudienceWrong,
			"The audiences differ only by http and https: one side does not know of the proxy in front of it."},
		{"an audience without the scheme of Entra ID", claiming(authtest.Claims{"aud": "api://" + audience}), "aud", problem.AudienceWrong,
			"The audiences differ only by api://: set OIDC_AUDIENCE=api://https://api.example.com, or change it at the provider."},
		{"a token for Microsoft Graph", claiming(authtest.Claims{"aud": "00000003-0000-0000-c000-000000000000"}), "aud", problem.AudienceWrong,
			"The token is for Microsoft Graph: let the client ask for a scope of this API, such as api://ID/NAME."},
		{"some other audience", claiming(authtest.Claims{"aud": "https://other.example.com"}), "aud", problem.AudienceWrong,
			"The token is for another API: let the client ask for this one (resource or audience). If aud is a name of this one, add it to OIDC_AUDIENCE."},

		{"expired twelve seconds ago", claiming(authtest.Claims{"exp": unix(-12 * time.Second)}), "exp", problem.TokenExpired,
			"It expired 12s ago, and CLOCK_SKEW is 10s."},
		{"from the future", claiming(authtest.Claims{"nbf": unix(time.Minute)}), "nbf", problem.TokenNotYetValid,
			"It is dated 1m0s from now, and CLOCK_SKEW is 10s."},
		{"an expiry that is no date", claiming(authtest.Claims{"exp": "never"}), "exp", problem.ClaimInvalid, ""},

		{"the client in azp", claiming(authtest.Claims{"client_id": nil, "azp": "docs"}), "client_id", problem.ClaimMissing, "The client is in another claim: " + notRFC9068},
		{"the client in cid", claiming(authtest.Claims{"client_id": nil, "cid": "docs"}), "client_id", problem.ClaimMissing, "The client is in another claim: " + notRFC9068},
		{"no client", claiming(authtest.Claims{"client_id": nil}), "client_id", problem.ClaimMissing, ""},
		{"no jti", claiming(authtest.Claims{"jti": nil}), "jti", problem.ClaimMissing, "The provider writes no jti: " + notRFC9068},
		{"an empty jti", claiming(authtest.Claims{"jti": ""}), "jti", problem.ClaimInvalid, ""},
		{"bound to a key", claiming(authtest.Claims{"cnf": map[string]any{"jkt": "x"}}), "cnf", problem.BindingInvalid,
			"The token is bound to its holder's key: switch off sender constraining (DPoP, mTLS) for this client at the provider."},

		{"a key of the development provider before a restart", foreign("dev-1", nil), "key", problem.KeyUnknown,
			"The development provider was restarted with another key than the token's: sign in again."},
		{"a key that was withdrawn", foreign("1", nil), "key", problem.KeyUnknown,
			"The provider does not publish this key, or not any more: get a new token."},
		{"a key of another provider", foreign("1", authtest.Claims{"iss": "https://other.example.com"}), "iss", problem.IssuerWrong, ""},
		{"a key of another provider with the same name", func(i *authtest.Issuer) string {
			return foreign(i.Key().ID, authtest.Claims{"iss": "https://other.example.com"})(i)
		}, "iss", problem.IssuerWrong, ""},
		{"a key for another algorithm", headed(map[string]any{"typ": "at+jwt", "alg": "ES384"}), "key", problem.AlgorithmNotAllowed, ""},
	})
	find(t, issuerURL, plain, []finding{
		{"an ID token where typ says nothing", idToken, "kind", problem.TokenTypeWrong, sendAccess},
		{"a refresh token", claiming(authtest.Claims{"typ": "Refresh"}), "kind", problem.TokenTypeWrong, "The token is a refresh token: send the access token."},
		{"a logout token", claiming(authtest.Claims{"events": map[string]any{}}), "kind", problem.TokenTypeWrong,
			"The token is a logout or security event token: send the access token."},
		{"a DPoP proof", claiming(authtest.Claims{"htm": "GET"}), "kind", problem.TokenTypeWrong, "The token is a DPoP proof: send the access token."},
	})
	find(t, "http://127.0.0.1:9000", func(c *auth.Config) { c.Audience = []string{"http://localhost:8080"} }, []finding{
		{"an issuer by another name of this machine", claiming(authtest.Claims{"iss": "http://localhost:9000"}), "iss", problem.IssuerWrong,
			"The issuers differ only by localhost and 127.0.0.1: use one name for this machine everywhere."},
		{"an audience by another name of this machine", claiming(authtest.Claims{"aud": "http://127.0.0.1:8080"}), "aud", problem.AudienceWrong,
			"The audiences differ only by 127.0.0.1 and localhost: use one name for this machine everywhere."},
	})
	find(t, issuerURL, func(c *auth.Config) { c.Transport = unreachable{} }, []finding{
		{"no keys", claiming(nil), "key", problem.AuthUnavailable,
			"The token was not validated: see the log for the provider's response, and check OIDC_ISSUER."},
	})
}

// unix returns a date relative to the start of every bubble.
func unix(from time.Duration) int64 {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(from).Unix()
}

// unreachable is a network without a provider.
type unreachable struct{}

func (unreachable) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed }
