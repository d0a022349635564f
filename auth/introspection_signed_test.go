package auth_test

import (
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// TestSignedAnswersAreChecked has answers as RFC 9701 has them, about a token that is active.
func TestSignedAnswersAreChecked(t *testing.T) {
	type header = map[string]any
	type claims = authtest.Claims
	now := time.Now()
	for _, test := range []struct {
		name    string
		header  header
		changes claims
		valid   bool
	}{
		{"a valid one", nil, nil, true},
		{"the whole media type", header{"typ": "application/token-introspection+jwt"}, nil, true},
		{"several audiences", nil, claims{"aud": []string{"other", authtest.ClientID}}, true},
		{"an access token", header{"typ": "at+jwt"}, nil, false},
		{"a JWT", header{"typ": "JWT"}, nil, false},
		{"no type", header{"typ": nil}, nil, false},
		{"an extension", header{"crit": []string{"x"}}, nil, false},
		{"a key of its own", header{"jku": "https://login.example.com/jwks"}, nil, false},
		{"no algorithm", header{"alg": "none"}, nil, false},
		{"an unknown key", header{"kid": "other"}, nil, false},
		{"another issuer", nil, claims{"iss": "https://other.example.com"}, false},
		{"no issuer", nil, claims{"iss": nil}, false},
		{"another client", nil, claims{"aud": "other"}, false},
		{"the API as its audience", nil, claims{"aud": audience}, false},
		{"no audience", nil, claims{"aud": nil}, false},
		{"no date", nil, claims{"iat": nil}, false},
		{"a date as text", nil, claims{"iat": "0"}, false},
		{"a date in the future", nil, claims{"iat": now.Add(time.Minute).Unix()}, false},
		{"an old date", nil, claims{"iat": now.Add(-2 * time.Minute).Unix()}, false},
		{"a date of a moment ago", nil, claims{"iat": now.Add(-30 * time.Second).Unix()}, true},
		{"expired", nil, claims{"exp": now.Add(-time.Minute).Unix()}, false},
		{"an end as text", nil, claims{"exp": "soon"}, false},
		{"no answer", nil, claims{"token_introspection": nil}, false},
		{"an answer as text", nil, claims{"token_introspection": `{"active":true}`}, false},
		{"an answer beside it", nil, claims{"token_introspection": nil, "active": true}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := overHTTP(t, asking(auth.IntrospectOpaque), func(c *auth.Config) { c.Leeway = 30 * time.Second })
			token := f.issuer.Opaque()
			f.issuer.SignAnswers(test.header, test.changes)
			if test.valid {
				f.want(token, nil)
				f.want("not-issued", problem.TokenInactive)
				return
			}
			f.wantUnavailable(token)
		})
	}
}

// TestAnswersOfOtherKeysAreRejected signs with a key that the issuer does not publish, with the name of one that it does.
func TestAnswersOfOtherKeysAreRejected(t *testing.T) {
	f := overHTTP(t, asking(auth.IntrospectOpaque))
	token := f.issuer.Opaque()
	f.want(f.issuer.Token(), nil)
	forged := authtest.NewKey("ES256")
	forged.ID = f.issuer.Key().ID
	f.issuer.SignWith(forged)
	f.issuer.SignAnswers(nil, nil)
	f.wantUnavailable(token)
}

// TestAnAnswerIsNoAccessToken sends signed answers as tokens, at providers that write any typ as well.
func TestAnAnswerIsNoAccessToken(t *testing.T) {
	f := overHTTP(t, asking(auth.IntrospectOpaque))
	lenient := connect(t, f.issuer, func(c *auth.Config) { c.Profile, c.Transport = auth.PlainJWT(), nil })
	for _, typ := range []any{"token-introspection+jwt", "JWT", nil} {
		answer := f.issuer.Sign(map[string]any{"typ": typ}, f.issuer.Claims(authtest.Claims{"scope": "x", "token_introspection": map[string]any{"active": true}}))
		f.want(answer, problem.TokenTypeWrong)
		lenient.want(answer, problem.TokenTypeWrong)
	}
}
