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
	const (
		placeholder = "This is a placeholder: replace it with the token."
		beBearer    = "Write Bearer and a space before the token."
	)
	token := authtest.New("https://id.example.com", audience).Token()
	for _, test := range []struct {
		name, target   string
		headers        []string
		problem        *problem.Type
		actual, advice string
	}{
		{"nothing", "/", nil, problem.CredentialsMissing, "no header", "Sign in, and send the token."},
		{"an empty header", "/", []string{""}, problem.CredentialsMissing, "no header", "Sign in, and send the token."},
		{"a token in the query", "/?access_token=" + token, nil, problem.CredentialsMissing, "a token in the query or the form", "send it there"},
		{"a token there and in the header", "/?access_token=" + token, []string{"Bearer " + token}, problem.CredentialsMultiple,
			"a token in the query or the form, beside the header", "Remove it there"},
		{"two headers", "/", []string{"Bearer " + token, "Bearer " + token}, problem.CredentialsMultiple, "2 headers", "send one"},
		{"a password", "/", []string{"Basic YWxpY2U6b3BlbiBzZXNhbWU="}, problem.SchemeUnsupported, "the scheme Basic", "get an access token there"},
		{"a bound token", "/", []string{"dpop " + token}, problem.SchemeUnsupported, "the scheme DPoP", "ask for a bearer token"},
		{"another word for Bearer", "/", []string{"Token " + token}, problem.SchemeUnsupported, "the scheme Token", "Write Bearer instead."},
		{"a token alone", "/", []string{token}, problem.SchemeUnsupported, "a token without a scheme", beBearer},
		{"something secret", "/", []string{"hunter2 hunter2"}, problem.SchemeUnsupported, "something other than Bearer, a space and a token", beBearer},
		{"Bearer alone", "/", []string{"Bearer "}, problem.CredentialsMalformed, "Bearer without a token", "is empty"},
		{"a placeholder", "/", []string{"Bearer $TOKEN"}, problem.CredentialsMalformed, "Bearer, and 6 bytes that are not a token", placeholder},
		{"the scheme twice", "/", []string{"Bearer bearer " + token}, problem.CredentialsMalformed, "bytes that are not a token", "The header has the word Bearer twice"},
		{"a part of a form", "/", []string{`Bearer access_token="` + token + `"`}, problem.CredentialsMalformed, "bytes that are not a token", "a form parameter"},
		{"quotes", "/", []string{`Bearer "` + token + `"`}, problem.CredentialsMalformed, "bytes that are not a token", "There are quotes around or in the token"},
		{"too much", "/", []string{"Bearer " + strings.Repeat("a", 25000)}, problem.CredentialsTooLarge, "a token of 25000 bytes, and the limit is 24576", "A token with many roles is that long: set MAX_TOKEN_SIZE, at most 24KB, or let the provider write fewer."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, test.target, nil)
			r.Header["Authorization"] = test.headers
			e := auth.ExplainCredentials(r)
			c := checkOf(e, "authorization")
			if e.Problem != test.problem || c.Result != auth.Failed || c.Code != test.problem.Code {
				t.Errorf("it is rejected with %v, and the check is %+v", e.Problem, c)
			}
			if !strings.Contains(c.Actual, test.actual) || !strings.Contains(c.Advice, test.advice) || (c.Advice == "") != (test.advice == "") {
				t.Errorf("found %q with %q, want %q with %q", c.Actual, c.Advice, test.actual, test.advice)
			}
			for _, sent := range []string{token[:10], "YWxpY2U6", "hunter2"} {
				if strings.Contains(c.Actual+c.Advice+c.Expected, sent) {
					t.Errorf("%q is repeated in %+v", sent, c)
				}
			}
		})
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
		for _, c := range f.verifier.Explain(t.Context(), auth.Token(token)).Checks {
			if strings.Contains(c.Advice, "TOKEN_PROFILE") {
				t.Errorf("%s: %s says %q", name, c.Name, c.Advice)
			}
		}
	}
}
