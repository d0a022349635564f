package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// asking makes a verifier introspect.
func asking(mode auth.IntrospectionMode) func(*auth.Config) {
	return func(c *auth.Config) {
		c.Introspection = auth.Introspection{Mode: mode, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret}
	}
}

// overHTTP returns a fixture whose issuer has a server.
func overHTTP(t *testing.T, changes ...func(*auth.Config)) *fixture {
	t.Helper()
	issuer := authtest.Start(t, audience)
	return connect(t, issuer, append([]func(*auth.Config){func(c *auth.Config) { c.Transport = nil }}, changes...)...)
}

func TestOpaqueTokensAreIntrospected(t *testing.T) {
	f := overHTTP(t, asking(auth.IntrospectOpaque))
	end := time.Now().Add(time.Minute).Truncate(time.Second)
	token := f.issuer.Opaque(authtest.Claims{
		"scope": "items:read items:write", "roles": []string{"admin"}, "exp": end.Unix(), "jti": "7", "acr": "gold", "auth_time": 1e9, "tenant": "acme",
	})
	got, err := f.verifier.Verify(t.Context(), auth.AccessToken(token))
	if err != nil {
		t.Fatal(err)
	}
	if want := (auth.Identity{Issuer: f.issuer.URL, Subject: "alice"}); got.Identity() != want {
		t.Errorf("got the identity %v, want %v", got.Identity(), want)
	}
	if got.ClientID != "docs" || got.TokenID != "7" || got.ACR != "gold" || !got.SignedIn.Equal(time.Unix(1e9, 0)) || !got.ExpiresAt.Equal(end) ||
		!reflect.DeepEqual(got.Scopes, []string{"items:read", "items:write"}) || !reflect.DeepEqual(got.Roles, []string{"admin"}) {
		t.Errorf("got %+v", got)
	}
	var own struct {
		Tenant string `json:"tenant"`
	}
	if err := got.Claims(&own); err != nil || own.Tenant != "acme" {
		t.Errorf("got %v and %v", own, err)
	}
	f.want(f.issuer.Token(), nil)
	f.want("not-issued-by-the-provider", problem.TokenInactive)
	if n := f.issuer.Fetches("/introspect"); n != 2 {
		t.Errorf("the provider was asked %d times, want twice", n)
	}
}

// TestOnlyOpaqueTokensAreSent has texts that are no tokens or JWTs, damaged or not: the provider never receives them.
func TestOnlyOpaqueTokensAreSent(t *testing.T) {
	f := overHTTP(t, asking(auth.IntrospectOpaque))
	jwt := f.issuer.Token()
	for name, token := range map[string]string{
		"a JWT":                  jwt,
		"one of another key":     authtest.NewKey("ES256").Sign(map[string]any{"typ": "at+jwt"}, f.issuer.Claims()),
		"a cut one":              jwt[:strings.LastIndexByte(jwt, '.')],
		"its header":             jwt[:strings.IndexByte(jwt, '.')+1],
		"an encrypted one":       jwt + ".a.b",
		"one without signature":  jwt[:strings.LastIndexByte(jwt, '.')+1],
		"an answer":              f.issuer.Sign(map[string]any{"typ": "token-introspection+jwt"}, f.issuer.Claims()),
		"quotes":                 `"opaque"`,
		"a line break":           "opaque\n",
		"nothing":                "",
		"a word":                 "NONE",
		"a long text":            strings.Repeat("a", auth.DefaultTokenSize+1),
		"a refresh token of Ory": "ory_rt_0123456789.abc",
	} {
		t.Run(name, func(t *testing.T) {
			err := f.verify(token)
			if (err == nil) != (name == "a JWT") || errors.Is(err, problem.TokenInactive) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n := f.issuer.Fetches("/introspect"); n != 0 {
		t.Errorf("the provider was asked %d times", n)
	}
	for _, token := range []string{"a", "ory_at_x.y", "a.b.c", "v2.local.x.y", "eyJhbGciOiJub25lIn0", "a=", "~"} {
		f.want(token, problem.TokenInactive)
	}
}

// TestOpaqueTokensNeedIntrospection has a verifier that introspects nothing: a token that is opaque is malformed.
func TestOpaqueTokensNeedIntrospection(t *testing.T) {
	for _, mode := range []auth.IntrospectionMode{"", auth.IntrospectionOff} {
		f := overHTTP(t, asking(mode))
		f.want(f.issuer.Opaque(), problem.TokenMalformed)
		if f.verifier.Introspects() || f.issuer.Fetches("/introspect") != 0 {
			t.Error("the provider was asked")
		}
	}
}

// TestAnswersAreChecked has answers about active tokens. What a JWT must have, they must have as well.
func TestAnswersAreChecked(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes authtest.Claims
		want    *problem.Type
	}{
		{"a valid one", nil, nil},
		{"several audiences", authtest.Claims{"aud": []string{"other", audience}}, nil},
		{"without jti and iat", authtest.Claims{"jti": nil, "iat": nil}, nil},
		{"a type in lower case", authtest.Claims{"token_type": "bearer"}, nil},
		{"the use of an access token", authtest.Claims{"token_type": nil, "token_use": "access_token"}, nil},
		{"active as a string", authtest.Claims{"active": "true"}, nil}, // the issuer overwrites it
		{"another issuer", authtest.Claims{"iss": "https://other.example.com"}, problem.IssuerWrong},
		{"no issuer", authtest.Claims{"iss": nil}, problem.ClaimMissing},
		{"another audience", authtest.Claims{"aud": "other"}, problem.AudienceWrong},
		{"no audience", authtest.Claims{"aud": nil}, problem.AudienceWrong},
		{"an empty audience", authtest.Claims{"aud": []string{}}, problem.AudienceWrong},
		{"no end", authtest.Claims{"exp": nil}, problem.ClaimMissing},
		{"an end as text", authtest.Claims{"exp": "4102444800"}, problem.TokenInactive}, // the issuer compares numbers
		{"not yet valid", authtest.Claims{"nbf": time.Now().Add(time.Hour).Unix()}, problem.TokenNotYetValid},
		{"issued in the future", authtest.Claims{"iat": time.Now().Add(time.Hour).Unix()}, problem.TokenNotYetValid},
		{"no subject", authtest.Claims{"sub": nil}, problem.ClaimMissing},
		{"an empty subject", authtest.Claims{"sub": ""}, problem.ClaimInvalid},
		{"a subject with U+0000", authtest.Claims{"sub": "alice\x00"}, problem.ClaimInvalid},
		{"no client", authtest.Claims{"client_id": nil}, problem.ClaimMissing},
		{"scopes as a list", authtest.Claims{"scope": []string{"items:read"}}, problem.ClaimInvalid},
		{"no type", authtest.Claims{"token_type": nil}, problem.TokenTypeWrong},
		{"a type as a number", authtest.Claims{"token_type": 1}, problem.TokenTypeWrong},
		{"an unknown type", authtest.Claims{"token_type": "N_A"}, problem.TokenTypeWrong},
		{"a refresh token", authtest.Claims{"token_type": "refresh_token"}, problem.TokenTypeWrong},
		{"a refresh token of Hydra", authtest.Claims{"token_use": "refresh_token"}, problem.TokenTypeWrong},
		{"a refresh token of Keycloak", authtest.Claims{"typ": "Refresh"}, problem.TokenTypeWrong},
		{"an ID token", authtest.Claims{"nonce": "n", "at_hash": "h"}, problem.TokenTypeWrong},
		{"a logout token", authtest.Claims{"events": map[string]any{}}, problem.TokenTypeWrong},
		{"bound to a key", authtest.Claims{"cnf": map[string]any{"jkt": "x"}}, problem.BindingInvalid},
		{"bound to a certificate", authtest.Claims{"cnf": map[string]any{}}, problem.BindingInvalid},
		{"of the type DPoP", authtest.Claims{"token_type": "DPoP"}, problem.BindingInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := overHTTP(t, asking(auth.IntrospectOpaque))
			token := f.issuer.Opaque(test.changes)
			f.want(token, test.want)
			if rejected, ok := errors.AsType[*auth.Error](f.verify(token)); ok && rejected.Genuine() != (test.want != problem.TokenInactive) {
				t.Errorf("it is genuine: %t", rejected.Genuine())
			}
			e := f.verifier.Explain(t.Context(), auth.AccessToken(token))
			if e.Problem != test.want || (e.Caller != nil) != (test.want == nil) || e.Genuine != (test.want != problem.TokenInactive) {
				t.Errorf("the explanation says %v, %v", e.Problem, e.Checks)
			}
			if failed := failedChecks(e); (len(failed) > 0) != (test.want != nil) {
				t.Errorf("the explanation says that %q failed", failed)
			}
		})
	}
}

func failedChecks(e *auth.Explanation) (names []string) {
	for _, check := range e.Checks {
		if check.Result == auth.Failed {
			names = append(names, check.Name)
		}
	}
	return names
}

// TestOnlyTrueMeansActive has answers whose other members are right.
func TestOnlyTrueMeansActive(t *testing.T) {
	for _, active := range []string{`false`, `"true"`, `1`, `null`, `[true]`, `{}`, ``} {
		t.Run(active, func(t *testing.T) {
			f := overHTTP(t, asking(auth.IntrospectOpaque))
			answer := f.issuer.Claims(authtest.Claims{"token_type": "Bearer"})
			if active != "" {
				answer["active"] = json.RawMessage(active)
			}
			f.issuer.Break(f.issuer.On("/introspect", authtest.Answer(answer)))
			f.want("opaque", problem.TokenInactive)
		})
	}
}

// TestNoAnswerIsUnavailable has responses that say nothing about a token, which may be genuine.
func TestNoAnswerIsUnavailable(t *testing.T) {
	text := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, body)
		}
	}
	for name, fault := range map[string]http.HandlerFunc{
		"down":       authtest.Down,
		"HTML":       authtest.Garbage,
		"too much":   text("application/json", `{"active":true,"x":"`+strings.Repeat("a", 64<<10)+`"}`),
		"a redirect": authtest.Redirect,
		"a kept method": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/introspect?x", http.StatusTemporaryRedirect)
		},
		"wrong credentials": authtest.Status(401),
		"not found":         authtest.Status(404),
		"created":           authtest.Status(201),
		"no content":        authtest.Status(204),
		"a list":            text("application/json", `[{"active":true}]`),
		"two objects":       text("application/json", `{"active":true}{}`),
		"active twice":      text("application/json", `{"active":false,"active":true}`),
		"a JWT as JSON":     text("application/json", "a.b.c"),
		"JSON as a JWT":     text("application/token-introspection+jwt", `{"active":true}`),
		"a body that is cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			fmt.Fprint(w, "{")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := overHTTP(t, asking(auth.IntrospectOpaque))
			token := f.issuer.Opaque()
			f.issuer.Break(f.issuer.On("/introspect", fault))
			f.wantUnavailable(token)
			f.issuer.Break(nil)
			f.want(token, nil)
		})
	}
}

func TestTheClientAuthenticatesItself(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*authtest.Issuer, *auth.Introspection)
		want   *problem.Type
	}{
		{"by Basic", func(*authtest.Issuer, *auth.Introspection) {}, nil},
		{"in the form", func(i *authtest.Issuer, _ *auth.Introspection) { i.PostSecrets() }, nil},
		{"at its own address", func(i *authtest.Issuer, c *auth.Introspection) { c.URL = i.URL + "/introspect" }, nil},
		{"with another secret", func(_ *authtest.Issuer, c *auth.Introspection) { c.ClientSecret = "guess" }, problem.AuthUnavailable},
		{"as another client", func(_ *authtest.Issuer, c *auth.Introspection) { c.ClientID = "other" }, problem.AuthUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			issuer := authtest.Start(t, audience)
			f := connect(t, issuer, asking(auth.IntrospectOpaque), func(c *auth.Config) {
				c.Transport = nil
				of := c.Introspection.(auth.Introspection)
				test.change(issuer, &of)
				c.Introspection = of
			})
			f.want(issuer.Opaque(), test.want)
		})
	}
}

func TestSecretsAndTokensAreNotInErrors(t *testing.T) {
	const token = "opaque-4f1c2d9e8b7a6051"
	for name, fault := range map[string]http.HandlerFunc{
		"rejected": authtest.Status(401),
		"an echo": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			fmt.Fprint(w, r.Header, r.PostFormValue("token"))
		},
		"in JSON":    func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.PostFormValue("token"), r.Header) },
		"its claims": authtest.Answer(map[string]any{"active": true, "jti": token, "access_token": token, "sub": token}),
	} {
		f := overHTTP(t, asking(auth.IntrospectOpaque))
		f.issuer.Break(f.issuer.On("/introspect", fault))
		err := f.verify(token)
		e, _ := json.Marshal(f.verifier.ExplainRejection(token, err))
		for _, secret := range []string{token, authtest.ClientSecret, "s3cr"} {
			if text := fmt.Sprintf("%v %+v %s %v", err, err, e, auth.Introspection{ClientSecret: authtest.ClientSecret}); err == nil || strings.Contains(text, secret) {
				t.Errorf("%s: got %s", name, text)
			}
		}
	}
}
