package auth_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// An unmarked token is one of a provider that is not asked for a nonce: only its claims say what it is.
type unmarked struct {
	name   string
	header map[string]any // beside alg and kid
	claims authtest.Claims
	kind   *problem.Type // that the lenient profile rejects it with; nil if it is an access token
}

// unmarkedTokens are for an API whose audience is client, which is also a client of the provider.
var unmarkedTokens = []unmarked{
	{"an ID token of Spring Authorization Server", nil, authtest.Claims{"aud": client, "azp": client, "sid": "1", "auth_time": 1e9}, problem.TokenTypeWrong},
	{"an ID token of Google", map[string]any{"typ": "JWT"}, authtest.Claims{"aud": client, "azp": client, "email": "a@example.com"}, problem.TokenTypeWrong},
	{"an ID token with an array of one", nil, authtest.Claims{"aud": []string{client}, "azp": client}, problem.TokenTypeWrong},
	{"an ID token for several audiences", nil, authtest.Claims{"aud": []string{"other", client}, "azp": client}, problem.TokenTypeWrong},
	{"an ID token that names the client otherwise", nil, authtest.Claims{"aud": client, "client_id": client}, problem.TokenTypeWrong},
	{"an ID token with its audience twice", nil, authtest.Claims{"aud": []string{client, client}, "client_id": client}, problem.TokenTypeWrong},
	{"an ID token of Okta without a nonce", nil, authtest.Claims{"aud": client, "cid": client}, problem.TokenTypeWrong},
	{"an ID token with roles", nil, authtest.Claims{"aud": client, "azp": client, "roles": []string{"admin"}}, problem.TokenTypeWrong},
	{"an ID token with the typ of JWTs", map[string]any{"typ": "application/jwt"}, authtest.Claims{"aud": client, "azp": client}, problem.TokenTypeWrong},
	{"an ID token that names no client", nil, authtest.Claims{"aud": client}, problem.ClaimMissing},
	{"an access token with a scope", nil, authtest.Claims{"aud": client, "azp": client, "scope": "items:read"}, nil},
	{"an access token with an empty scope", nil, authtest.Claims{"aud": client, "azp": client, "scope": ""}, nil},
	{"an access token of Entra ID for its own client", map[string]any{"typ": "JWT"}, authtest.Claims{"aud": client, "azp": client, "scp": "items:read"}, nil},
	{"an access token by its typ", map[string]any{"typ": "at+jwt"}, authtest.Claims{"aud": client, "azp": client}, nil},
	{"an access token by its token_use", nil, authtest.Claims{"aud": client, "client_id": client, "token_use": "access"}, nil},
	{"an access token of Keycloak by its claim typ", nil, authtest.Claims{"aud": client, "azp": client, "typ": "Bearer"}, nil},
	{"an access token for another client", nil, authtest.Claims{"aud": client, "azp": "spa"}, nil},
	{"an access token of ZITADEL", nil, authtest.Claims{"aud": []string{client, "other"}, "client_id": client}, nil},
}

const client = "0oa1client"

// sign returns the token.
func (u unmarked) sign(i *authtest.Issuer) string {
	claims := authtest.Claims{"client_id": nil, "jti": nil}
	for name, value := range u.claims {
		claims[name] = value
	}
	return i.Sign(u.header, i.Claims(claims))
}

// TestIDTokensAreNotAccessTokens has the profile and the audience with which an ID token would come in.
func TestIDTokensAreNotAccessTokens(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	f := connect(t, issuer, plain, func(c *auth.Config) { c.Audience = []string{client} })
	for _, test := range unmarkedTokens {
		t.Run(test.name, func(t *testing.T) {
			(&fixture{t, issuer, f.verifier}).want(test.sign(issuer), test.kind)
		})
	}
}

// TestNoAdviceLetsAnIDTokenIn follows all advice about a token until there is none, or the token is accepted.
func TestNoAdviceLetsAnIDTokenIn(t *testing.T) {
	for _, test := range unmarkedTokens {
		t.Run(test.name, func(t *testing.T) {
			issuer := authtest.New(issuerURL, audience)
			profile, accepted := auth.RFC9068(), []string{audience}
			for range 3 {
				f := connect(t, issuer, func(c *auth.Config) { c.Profile, c.Audience = profile, accepted })
				e := f.verifier.Explain(t.Context(), auth.AccessToken(test.sign(issuer)))
				if e.Problem == nil && test.kind != nil {
					t.Fatalf("it is accepted with the profile %s and the audiences %q", profile, accepted)
				}
				for _, check := range e.Checks {
					if test.kind != nil && (strings.Contains(check.Advice, "TOKEN_PROFILE") || strings.Contains(check.Advice, "OIDC_AUDIENCE")) {
						t.Errorf("%s is explained with %s", check.Name, check.Advice)
					}
					if strings.Contains(check.Advice, "TOKEN_PROFILE=jwt") {
						profile = auth.PlainJWT()
					}
					if strings.Contains(check.Advice, "OIDC_AUDIENCE") {
						accepted = append(accepted, client)
					}
				}
			}
		})
	}
}

// TestAdviceForIDTokensIsToSendAnother has an ID token that only its audience gives away.
func TestAdviceForIDTokensIsToSendAnother(t *testing.T) {
	find(t, issuerURL, func(c *auth.Config) { c.Profile, c.Audience = auth.PlainJWT(), []string{client} }, []finding{
		{"by its audience", unmarkedTokens[0].sign, "kind", problem.TokenTypeWrong,
			"The audience names the client, and there is no scope, as in an ID token: send access_token, not id_token, and let the client ask for a scope of this API."},
		{"by its audience beside another", unmarkedTokens[3].sign, "kind", problem.TokenTypeWrong,
			"The audience names the client, and there is no scope, as in an ID token: send access_token, not id_token, and let the client ask for a scope of this API."},
	})
}

// TestSubjectsHaveAtMost255Characters: OpenID Connect Core, section 2.
func TestSubjectsHaveAtMost255Characters(t *testing.T) {
	issuer := authtest.New(issuerURL, audience)
	for _, profile := range []auth.Profile{auth.RFC9068(), auth.PlainJWT()} {
		f := connect(t, issuer, func(c *auth.Config) { c.Profile = profile })
		for _, test := range []struct {
			name, subject string
			problem       *problem.Type
		}{
			{"255", strings.Repeat("s", 255), nil},
			{"256", strings.Repeat("s", 256), problem.ClaimInvalid},
			{"3,000", strings.Repeat("s", 3000), problem.ClaimInvalid},
			{"255 of two bytes", strings.Repeat("é", 255), nil},
			{"256 of two bytes", strings.Repeat("é", 256), problem.ClaimInvalid},
		} {
			t.Run(profile.String()+" "+test.name, func(t *testing.T) {
				(&fixture{t, issuer, f.verifier}).want(issuer.Token(authtest.Claims{"sub": test.subject}), test.problem)
			})
		}
	}
	e := connect(t, issuer).verifier.Explain(t.Context(), auth.AccessToken(issuer.Token(authtest.Claims{"sub": strings.Repeat("s", 3000)})))
	if c := checkOf(e, "sub"); c.Expected != "at most 255 characters" || c.Actual != "3000" || c.Code != "claim-invalid" {
		t.Errorf("got %+v", c)
	}
}

func TestEmptyAudiencesAreExplained(t *testing.T) {
	const advice = "aud is empty: let the client ask for this API (resource or audience), or add an audience mapper at Keycloak."
	find(t, issuerURL, skew, []finding{
		{"an empty array", claiming(authtest.Claims{"aud": []string{}}), "aud", problem.AudienceWrong, advice},
	})
	issuer := authtest.New(issuerURL, audience)
	e := connect(t, issuer).verifier.Explain(t.Context(), auth.AccessToken(issuer.Token(authtest.Claims{"aud": []string{}})))
	if c := checkOf(e, "aud"); c.Actual != "empty" {
		t.Errorf("got %+v", c)
	}
}
