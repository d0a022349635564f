package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

func TestOtherCredentialsGetAdvice(t *testing.T) {
	issuer := authtest.New("https://id.example.com", audience)
	token, f := issuer.Token(), connect(t, issuer, func(c *auth.Config) { c.MaxTokenSize = auth.MaxTokenSize })
	for _, test := range []struct {
		name, target string
		headers      []string
		problem      *problem.Type
		actual       string
		advice       *problem.Variant
	}{
		{"nothing", "/", nil, problem.CredentialsMissing, "no header", problem.HeaderAbsent},
		{"an empty header", "/", []string{""}, problem.CredentialsMissing, "no header", problem.HeaderEmpty},
		{"a token in the query", "/?access_token=" + token, nil, problem.CredentialsMissing, "a token in the query or the form", problem.OnlyQuery},
		{"a token there and in the header", "/?access_token=" + token, []string{"Bearer " + token}, problem.CredentialsMultiple,
			"a token in the query or the form, beside the header", problem.AlsoInQuery},
		{"two headers", "/", []string{"Bearer " + token, "Bearer " + token}, problem.CredentialsMultiple, "2 headers", problem.HeaderRepeated},
		{"a password", "/", []string{"Basic YWxpY2U6b3BlbiBzZXNhbWU="}, problem.SchemeUnsupported, "the scheme Basic", problem.SchemeBasic},
		{"a bound token", "/", []string{"dpop " + token}, problem.SchemeUnsupported, "the scheme DPoP", problem.SchemeDPoP},
		{"another word for Bearer", "/", []string{"Token " + token}, problem.SchemeUnsupported, "the scheme Token", problem.SchemeOther},
		{"a token alone", "/", []string{token}, problem.SchemeUnsupported, "a token without a scheme", problem.SchemeAbsent},
		{"something secret", "/", []string{"hunter2 hunter2"}, problem.SchemeUnsupported, "something other than Bearer, a space and a token", problem.SchemeOther},
		{"Bearer alone", "/", []string{"Bearer "}, problem.CredentialsMalformed, "Bearer without a token", problem.TokenAbsent},
		{"a placeholder", "/", []string{"Bearer $TOKEN"}, problem.CredentialsMalformed, "Bearer, and 6 bytes that are not a token", problem.Placeholder},
		{"the scheme twice", "/", []string{"Bearer bearer " + token}, problem.CredentialsMalformed, "bytes that are not a token", problem.Twice},
		{"a part of a form", "/", []string{`Bearer access_token="` + token + `"`}, problem.CredentialsMalformed, "bytes that are not a token", problem.ParameterSent},
		{"quotes", "/", []string{`Bearer "` + token + `"`}, problem.CredentialsMalformed, "bytes that are not a token", problem.Quoted},
		{"too much", "/", []string{"Bearer " + strings.Repeat("a", 25000)}, problem.CredentialsTooLarge, "a token of 25000 bytes, and the limit is 24576", problem.OverSize},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, test.target, nil)
			r.Header["Authorization"] = test.headers
			e := f.verifier.ExplainCredentials(r)
			c := checkOf(e, "authorization")
			if e.Problem != test.problem || c.Result != auth.Failed || c.Code != test.problem.Code {
				t.Errorf("it is rejected with %v, and the check is %+v", e.Problem, c)
			}
			if !strings.Contains(c.Actual, test.actual) || !test.advice.Matches(test.advice.Detail, c.Advice) {
				t.Errorf("found %q with %q, want %q with %q", c.Actual, c.Advice, test.actual, test.advice.Hint)
			}
			for _, sent := range []string{token[:10], "YWxpY2U6", "hunter2"} {
				if strings.Contains(c.Actual+c.Advice+c.Expected, sent) {
					t.Errorf("%q is repeated in %+v", sent, c)
				}
			}
		})
	}
}

// TestAdviceMakesNoUserAClient has a token without sub and without any sign of its user, as Keycloak's lightweight tokens are.
func TestAdviceMakesNoUserAClient(t *testing.T) {
	issuer := authtest.Start(t, audience)
	token := auth.AccessToken(issuer.Sign(map[string]any{"typ": "JWT"}, issuer.Claims(authtest.Claims{"sub": nil, "typ": "Bearer", "azp": "spa", "scope": "a"})))
	for name, want := range map[string]*problem.Variant{"keycloak": problem.SubjectAbsent, "jwt": problem.MissingProfile} {
		profile, err := auth.ProfileByName(name)
		if err != nil {
			t.Fatal(err)
		}
		v := connect(t, issuer, func(c *auth.Config) { c.Profile = profile }).verifier
		_, err = v.Verify(t.Context(), token)
		if got, _ := problem.VariantOf(err); got != want {
			t.Errorf("%s: got %v", name, err)
		}
		if e := v.Explain(t.Context(), token); name == "keycloak" && strings.Contains(checkOf(e, "sub").Advice, "TOKEN_PROFILE") {
			t.Errorf("the advice is %s", checkOf(e, "sub").Advice)
		}
	}
}

// TestAdviceDoesNotLoosenTheAPIForOtherTokens: advice to use the lenient profile is for access tokens of the issuer.
func TestAdviceDoesNotLoosenTheAPIForOtherTokens(t *testing.T) {
	issuer := authtest.New("https://id.example.com", audience)
	f := connect(t, issuer)
	theirs := authtest.Claims{"iss": "https://other.example.com", "jti": nil, "client_id": nil, "azp": "docs"}
	for name, token := range map[string]string{
		"an ID token":               issuer.IDToken(authtest.Claims{"azp": "docs"}),
		"a token of another issuer": issuer.Sign(map[string]any{"typ": "JWT"}, issuer.Claims(theirs)),
		"a token without claims":    issuer.Sign(map[string]any{"typ": "JWT"}, authtest.Claims{}),
	} {
		for _, c := range f.verifier.Explain(t.Context(), auth.AccessToken(token)).Checks {
			if strings.Contains(c.Advice, "TOKEN_PROFILE") {
				t.Errorf("%s: %s says %q", name, c.Name, c.Advice)
			}
		}
	}
}
