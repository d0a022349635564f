package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// inspect sends a body to the inspector.
func inspect(t *testing.T, api *apitest.API, token, body string) *apitest.Response {
	t.Helper()
	return api.Call(t, token, "POST /docs/inspect", body)
}

func inspectedToken(token string) string       { return fmt.Sprintf(`{"token":%q}`, token) }
func inspectedInstance(instance string) string { return fmt.Sprintf(`{"instance":%q}`, instance) }

// wantOutcome fails the test unless the response is a problem of the type, or a result where the type is nil.
func wantOutcome(t *testing.T, name string, r *apitest.Response, typ *problem.Type) {
	t.Helper()
	got := apitest.Decode[struct{ Code, Type string }](t, r)
	if typ == nil && (r.Status != http.StatusOK || got.Type != "") || typ != nil && (r.Status != typ.Status || got.Code != typ.Code) {
		t.Errorf("%s: got %d %s, want %v", name, r.Status, r.Body, typ)
	}
}

func TestTheInspectorExplainsTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("DOCS=on", "CLOCK_SKEW=10s"))
		for _, test := range []struct{ name, token, code, check, advice string }{
			{"a good token", api.Issuer.Token(), "", "", ""},
			{"an expired token", api.Issuer.Token(authtest.Claims{"exp": time.Now().Add(-12 * time.Second).Unix()}), "token-expired", "exp",
				"It expired 12s ago, and CLOCK_SKEW is 10s."},
			{"an ID token", api.Issuer.IDToken(), "token-type-wrong", "typ", "The token is an ID token: send access_token, not id_token."},
			{"an opaque token", "opaque", "token-malformed", "form", strings.ReplaceAll(problem.Opaque.Hint, "{audience}", apitest.PublicURL)},
			{"a token that is longer than a header may be", api.Issuer.Token(authtest.Claims{"x": strings.Repeat("x", 20<<10)}), "credentials-too-large", "form", problem.OverSize.Hint},
		} {
			got := apitest.Decode[struct {
				Accepted       bool
				Code, Hint     string
				Detail         string
				Header, Claims map[string]any
				Checks         []auth.Check
			}](t, inspect(t, api, "", inspectedToken(test.token)))
			if got.Accepted != (test.code == "") || got.Code != test.code || (got.Hint == "") != got.Accepted || (got.Detail == "") != got.Accepted {
				t.Errorf("%s: got %+v", test.name, got)
			}
			if test.name == "an opaque token" && got.Detail != problem.Opaque.Detail {
				t.Errorf("%s: got %q", test.name, got.Detail)
			}
			if test.check != "form" && (got.Claims["sub"] != "alice" || got.Header["kid"] != api.Issuer.Key().ID) {
				t.Errorf("%s: got header %v and claims %v", test.name, got.Header, got.Claims)
			}
			failed := func(c auth.Check) bool {
				return c.Result == auth.Failed && c.Name == test.check && c.Code == test.code && c.Advice == test.advice
			}
			if !got.Accepted && !slices.ContainsFunc(got.Checks, failed) {
				t.Errorf("%s: no check %s failed as wanted in %+v", test.name, test.check, got.Checks)
			}
		}
	})
}

// A forged token has claims that its sender chose. Outside development, callers who may not see rejections learn
// nothing by it that metadata and problem pages do not publish.
func TestClaimsOfForgedTokensAreShownNotValidated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type check struct{ verdict, expected, actual, remedy string }
		for _, test := range []struct {
			name, caller string
			env          []string
			full         bool
		}{
			{"an anonymous caller", "", nil, false},
			{"a caller", "alice", nil, false},
			{"a caller where the documentation is protected", "alice", []string{"DOCS=protected"}, false},
			{"an admin", "root", nil, true},
			{"an anonymous caller in development", "", []string{"DEVELOPMENT=true"}, true},
		} {
			api := apitest.New(t, apitest.Env(append([]string{"DOCS=on", "CLOCK_SKEW=10s"}, test.env...)...))
			token := map[string]string{"alice": api.Token("alice", ""), "root": api.Token("root", "", "admin")}[test.caller]
			forger := authtest.NewKey("ES256")
			forger.ID = api.Issuer.Key().ID
			claims := authtest.Claims{"aud": "account", "exp": time.Now().Add(-time.Minute).Unix(), "scope": 5, "jti": nil, "cnf": map[string]any{"jkt": "x"}}
			forged := forger.Sign(map[string]any{"typ": "at+jwt"}, api.Issuer.Claims(claims))
			r := inspect(t, api, token, inspectedToken(forged))
			got := apitest.Decode[struct {
				Code           string
				Header, Claims map[string]any
				Genuine        bool
				Checks         []struct{ Name, Verdict, Code, Expected, Actual, Remedy string }
			}](t, r)
			checks := map[string]check{}
			for _, c := range got.Checks {
				checks[c.Name] = check{c.Verdict, c.Expected, c.Actual, c.Remedy}
			}
			if got.Code != "signature-invalid" || got.Genuine || got.Claims["aud"] != "account" || checks["signature"].verdict != "failed" {
				t.Errorf("%s: got %s", test.name, r.Body)
			}
			for _, name := range []string{"kind", "exp", "nbf", "iat", "sub", "client_id", "jti", "scope", "roles", "auth_time", "acr", "cnf"} {
				c, ok := checks[name]
				if test.full == (c == check{verdict: "skipped"}) || !ok {
					t.Errorf("%s: %s is %+v", test.name, name, c)
				}
			}
			for name, published := range map[string]string{"iss": `"` + api.Issuer.URL + `"`, "aud": `any of ["https://api.example.com"]`} {
				if c := checks[name]; test.full == (c == check{verdict: "skipped", expected: published}) {
					t.Errorf("%s: %s is %+v", test.name, name, c)
				}
			}
			for _, secret := range []string{"RS256", "PS256", "CLOCK_SKEW", "account is"} {
				if strings.Contains(r.Body, secret) != (test.full && secret != "account is") {
					t.Errorf("%s: %s is in %v: %s", test.name, secret, !test.full, r.Body)
				}
			}
		}
	})
}

// The holder of a genuine token learns what is wrong with its claims, but not which algorithms are accepted.
func TestAlgorithmsAreForThoseWhoSeeRejections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for env, named := range map[string]bool{"DEVELOPMENT=false": false, "DEVELOPMENT=true": true} {
			api := apitest.New(t, apitest.Env("DOCS=on", env))
			for _, token := range []string{api.Issuer.Token(authtest.Claims{"exp": 1}), api.Issuer.Token(),
				api.Issuer.Sign(map[string]any{"typ": "at+jwt", "alg": "HS256"}, api.Issuer.Claims())} {
				if r := inspect(t, api, "", inspectedToken(token)); strings.Contains(r.Body, "PS256") != named {
					t.Errorf("with %s: got %s", env, r.Body)
				}
			}
		}
	})
}

// An explanation costs a verification, so failures are limited as they are everywhere.
func TestTheInspectorIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		production := apitest.New(t, apitest.Env("DOCS=on", "FAILURE_LIMIT=3"))
		development := apitest.New(t, apitest.Env("DOCS=on", "FAILURE_LIMIT=3", "DEVELOPMENT=true"))
		for n := range 5 {
			var throttled *problem.Type
			if n >= 3 {
				throttled = problem.TooManyFailures
			}
			wantOutcome(t, "a bad token", inspect(t, production, "", inspectedToken("opaque")), throttled)
			wantOutcome(t, "a good token", inspect(t, production, "", inspectedToken(production.Issuer.Token())), nil)
			wantOutcome(t, "a bad token in development", inspect(t, development, "", inspectedToken("opaque")), nil)
		}
	})
}

// TestWhoMayInspect inspects the rejection of another caller, and a token.
func TestWhoMayInspect(t *testing.T) {
	type outcomes struct{ rejection, token *problem.Type }
	missing, notAdmin, notFound := problem.CredentialsMissing, problem.AccessDenied, problem.NotFound
	for _, test := range []struct {
		name                    string
		env                     []string
		anonymous, alice, admin outcomes
	}{
		{"every caller in development", []string{"DOCS=on", "DEVELOPMENT=true"}, outcomes{}, outcomes{}, outcomes{}},
		{"admins elsewhere", []string{"DOCS=on"}, outcomes{missing, nil}, outcomes{notAdmin, nil}, outcomes{}},
		{"callers with a token where the documentation is protected", []string{"DOCS=protected"},
			outcomes{missing, missing}, outcomes{notAdmin, nil}, outcomes{}},
		{"admins alone where errors are minimal", []string{"DOCS=on", "ERROR_DETAIL=minimal"},
			outcomes{missing, missing}, outcomes{notAdmin, notAdmin}, outcomes{}},
		{"every caller in development where errors are minimal", []string{"DOCS=on", "DEVELOPMENT=true", "ERROR_DETAIL=minimal"},
			outcomes{}, outcomes{}, outcomes{}},
		{"no caller without documentation", []string{"DOCS=off", "DEVELOPMENT=true"},
			outcomes{notFound, notFound}, outcomes{notFound, notFound}, outcomes{notFound, notFound}},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.New(t, apitest.Env(test.env...))
			rejected := apitest.Decode[problem.Body](t, api.Call(t, "opaque", "GET /me", "")).Instance
			for token, want := range map[string]outcomes{
				"": test.anonymous, api.Token("alice", ""): test.alice, api.Token("root", "", "admin"): test.admin,
			} {
				wantOutcome(t, "a rejection", inspect(t, api, token, inspectedInstance(rejected)), want.rejection)
				wantOutcome(t, "a token", inspect(t, api, token, inspectedToken(api.Issuer.Token(authtest.Claims{"exp": 1}))), want.token)
			}
			bad := inspect(t, api, "opaque", inspectedToken("x"))
			if test.anonymous.token != notFound && bad.Status != http.StatusUnauthorized {
				t.Errorf("bad credentials get %d", bad.Status)
			}
		})
	}
}

func TestTheInspectorReadsOneTokenOrInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("DOCS=on", "DEVELOPMENT=true"))
		for _, test := range []struct {
			name, body string
			want       *problem.Type
		}{
			{"an empty body", " ", problem.BodyMalformed},
			{"neither", "{}", problem.ValidationFailed},
			{"both", `{"token":"x","instance":"urn:uuid:1"}`, problem.ValidationFailed},
			{"an unknown member", `{"tokens":"x"}`, problem.MemberUnknown},
			{"a token twice", `{"token":"x","token":"y"}`, problem.BodyMalformed},
			{"a token that is a number", `{"token":5}`, problem.MemberTypeWrong},
			{"an unknown instance", inspectedInstance("urn:uuid:1"), problem.NotFound},
			{"64 KiB", inspectedToken(strings.Repeat("x", 64<<10)), problem.BodyTooLarge},
		} {
			wantOutcome(t, test.name, inspect(t, api, "", test.body), test.want)
		}
	})
}

// TestOtherSitesCannotInspect sends what a form or a script of another site can send without a preflight
// (Fetch, section 2.2.2), and a preflight.
func TestOtherSitesCannotInspect(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=on", "DEVELOPMENT=true", "CORS_ORIGINS=https://app.example.com"))
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		r := api.Request(t, "", "POST /docs/inspect", strings.NewReader(inspectedToken("x")))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", "https://evil.example.com")
		api.Send(t, r).WantProblem(t, problem.MediaTypeUnsupported)
	}
	preflight := api.Call(t, "", "OPTIONS /docs/inspect", "", "Origin: https://evil.example.com",
		"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type")
	if preflight.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the preflight gets %v", preflight.Header)
	}
}

// TestTheInspectorStoresNothing looks for inspected tokens in responses and in the log.
func TestTheInspectorStoresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t, apitest.Env("DOCS=on", "DEVELOPMENT=true"))
		mallory := authtest.Claims{"sub": "mallory"}
		for _, token := range []string{api.Issuer.Token(authtest.Claims{"exp": 1}, mallory), api.Issuer.IDToken(mallory), "opaque-" + strings.Repeat("z", 80)} {
			r := inspect(t, api, "", inspectedToken(token))
			wantOutcome(t, "a token", r, nil)
			if r.Header.Get("Cache-Control") != "no-store" {
				t.Error("the response may be stored")
			}
			wantNoPart(t, token, r.Body)
			wantNoPart(t, token, api.Log.String())
		}
		wantOutcome(t, "a body that is not JSON", inspect(t, api, "", `{"token":"mallory`), problem.BodyMalformed)
		if strings.Contains(api.Log.String(), "mallory") {
			t.Errorf("the log has %s", api.Log)
		}
	})
}
