package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func withDocs(c *handlers.Config) { c.Docs = handlers.DocsOn }

func documentedForDevelopers(c *handlers.Config) { c.Docs, c.Development = handlers.DocsOn, true }

// ask asks the inspector.
func (g *gate) ask(t *testing.T, body, authorization string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("POST", "/docs/inspect", strings.NewReader(body)).WithContext(t.Context())
	r.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// wantCode fails the test unless the answer is the problem of the reason, or has no problem for nil.
func wantCode(t *testing.T, what string, w *httptest.ResponseRecorder, reason *problem.Type) {
	t.Helper()
	status, code := http.StatusOK, ""
	if reason != nil {
		status, code = reason.Status, reason.Code
	}
	got := decode[map[string]any](t, w.Body.String())
	if w.Code != status || reason != nil && got["code"] != code || reason == nil && w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%s is answered with %d %s, want %d %s", what, w.Code, w.Body, status, code)
	}
}

func TestTheInspectorExplainsATokenAsTheAPIJudgesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, func(c *auth.Config) { c.Leeway = 10 * time.Second }, withDocs)
		for _, test := range []struct{ name, token, code, check, remedy string }{
			{"a good token", g.issuer.Token(), "", "", ""},
			{"an expired one", g.issuer.Token(authtest.Claims{"exp": time.Now().Add(-12 * time.Second).Unix()}), "token-expired", "exp",
				"It expired 12s ago, and CLOCK_SKEW is 10s."},
			{"an ID token", g.issuer.IDToken(), "token-type-wrong", "typ", "The token is an ID token: send access_token, not id_token."},
			{"no token", "opaque", "token-malformed", "form",
				"This is not a JWT: let the client ask for this API (resource or audience), so that the provider issues a JWT for it."},
			{"one that is longer than a header may be", g.issuer.Token(authtest.Claims{"x": strings.Repeat("x", 20<<10)}), "credentials-too-large", "form", ""},
		} {
			w := g.ask(t, `{"token":"`+test.token+`"}`, "")
			wantCode(t, test.name, w, nil)
			got := decode[struct {
				Accepted       bool
				Code, Hint     string
				Header, Claims map[string]any
				Checks         []auth.Check
			}](t, w.Body.String())
			if got.Accepted != (test.code == "") || got.Code != test.code || (got.Hint == "") != got.Accepted {
				t.Errorf("%s: got %+v", test.name, got)
			}
			if test.check != "form" && (got.Claims["sub"] != "alice" || got.Header["kid"] != g.issuer.Key().ID) {
				t.Errorf("%s: got header %v and claims %v", test.name, got.Header, got.Claims)
			}
			failed := func(c auth.Check) bool {
				return c.Result == auth.Failed && c.Name == test.check && c.Code == test.code && c.Advice == test.remedy
			}
			if !got.Accepted && !slices.ContainsFunc(got.Checks, failed) {
				t.Errorf("%s: the check %s is not found in %+v", test.name, test.check, got.Checks)
			}
		}
	})
}

// To have a token explained is to have it verified, and that is bounded for who keeps failing.
func TestTheInspectorSlowsDownLikeEveryRoute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limited := func(c *handlers.Config) { c.FailureLimit = 3 }
		open, developers := newGate(t, nil, withDocs, limited), newGate(t, nil, documentedForDevelopers, limited)
		for n := range 5 {
			var slow *problem.Type
			if n >= 3 {
				slow = problem.TooManyFailures
			}
			wantCode(t, "a bad token", open.ask(t, `{"token":"opaque"}`, ""), slow)
			wantCode(t, "a good token", open.ask(t, `{"token":"`+open.issuer.Token()+`"}`, ""), nil)
			wantCode(t, "a bad token in development", developers.ask(t, `{"token":"opaque"}`, ""), nil)
		}
	})
}

// TestWhoMaySeeARecord asks for the record of somebody else's refusal, and for a token of one's own.
func TestWhoMaySeeARecord(t *testing.T) {
	type answers struct{ record, token *problem.Type }
	protected := func(c *handlers.Config) { c.Docs = handlers.DocsProtected }
	minimal := func(c *handlers.Config) { c.Docs, c.Minimal = handlers.DocsOn, true }
	minimalForDevelopers := func(c *handlers.Config) { documentedForDevelopers(c); c.Minimal = true }
	off := func(c *handlers.Config) { c.Docs, c.Development = handlers.DocsOff, true }
	for _, test := range []struct {
		name                   string
		change                 func(*handlers.Config)
		stranger, alice, admin answers
	}{
		{"in development anybody", documentedForDevelopers, answers{}, answers{}, answers{}},
		{"elsewhere admins", withDocs, answers{problem.CredentialsMissing, nil}, answers{problem.AccessDenied, nil}, answers{}},
		{"strangers see nothing where the documentation is protected", protected,
			answers{problem.CredentialsMissing, problem.CredentialsMissing}, answers{problem.AccessDenied, nil}, answers{}},
		{"nor is a reason told that is kept from callers", minimal,
			answers{problem.CredentialsMissing, problem.CredentialsMissing}, answers{problem.AccessDenied, problem.AccessDenied}, answers{}},
		{"but to developers", minimalForDevelopers, answers{}, answers{}, answers{}},
		{"without documentation there is no inspector", off,
			answers{problem.NotFound, problem.NotFound}, answers{problem.NotFound, problem.NotFound}, answers{problem.NotFound, problem.NotFound}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGate(t, nil, test.change)
			instance := g.call(t, anybody, "GET /me", "Bearer opaque").Instance
			for authorization, want := range map[string]answers{
				"": test.stranger, "Bearer " + g.issuer.Token(): test.alice,
				"Bearer " + g.issuer.Token(authtest.Claims{"roles": []string{"admin"}}): test.admin,
			} {
				wantCode(t, "a record", g.ask(t, `{"instance":"`+instance+`"}`, authorization), want.record)
				wantCode(t, "a token", g.ask(t, `{"token":"`+g.issuer.Token(authtest.Claims{"exp": 1})+`"}`, authorization), want.token)
			}
			bad := g.ask(t, `{"token":"x"}`, "Bearer opaque")
			if test.stranger.token != problem.NotFound && bad.Code != http.StatusUnauthorized {
				t.Errorf("credentials that fail are answered with %d", bad.Code)
			}
		})
	}
}

func TestTheInspectorReadsOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil, documentedForDevelopers)
		for _, test := range []struct {
			name, body string
			reason     *problem.Type
		}{
			{"nothing", "", problem.BodyMalformed},
			{"no question", "{}", problem.ValidationFailed},
			{"two questions", `{"token":"x","instance":"urn:uuid:1"}`, problem.ValidationFailed},
			{"an unknown question", `{"tokens":"x"}`, problem.MemberUnknown},
			{"a question twice", `{"token":"x","token":"y"}`, problem.BodyMalformed},
			{"a token that is no text", `{"token":5}`, problem.MemberTypeWrong},
			{"an instance that is not there", `{"instance":"urn:uuid:1"}`, problem.NotFound},
			{"64 KiB", `{"token":"` + strings.Repeat("x", 64<<10) + `"}`, problem.BodyTooLarge},
		} {
			wantCode(t, test.name, g.ask(t, test.body, ""), test.reason)
		}
	})
}

// TestAnotherSiteCannotAsk sends what a form or a script of another site can send without asking
// first (Fetch, section 2.2.2), and asks first.
func TestAnotherSiteCannotAsk(t *testing.T) {
	s := serve(t, documentedForDevelopers, func(c *handlers.Config) { c.Origins = []string{"https://app.example.com"} })
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		r := s.request(t, "", "POST /docs/inspect", strings.NewReader(`{"token":"x"}`))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Origin", "https://evil.example.com")
		send(t, r).wantProblem(t, problem.MediaTypeUnsupported, "")
	}
	preflight := s.request(t, "", "OPTIONS /docs/inspect", nil)
	preflight.Header.Set("Origin", "https://evil.example.com")
	preflight.Header.Set("Access-Control-Request-Method", "POST")
	preflight.Header.Set("Access-Control-Request-Headers", "content-type")
	if got := send(t, preflight).header; got.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the preflight is answered with %v", got)
	}
}

// TestTheInspectorKeepsNothing asks about a token, and looks for it in the log and among the records.
func TestTheInspectorKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, nil, documentedForDevelopers)
		var sent grams
		for _, token := range []string{g.issuer.Token(authtest.Claims{"exp": 1, "sub": "mallory"}), g.issuer.IDToken(authtest.Claims{"sub": "mallory"}), "opaque-" + strings.Repeat("z", 80)} {
			sent.add(token)
			w := g.ask(t, `{"token":"`+token+`"}`, "")
			wantCode(t, "a token", w, nil)
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("the answer may be stored")
			}
			if gram := sent.in(w.Body.String()); gram != "" {
				t.Errorf("the answer repeats %s", gram)
			}
		}
		wantCode(t, "a body that is no JSON", g.ask(t, `{"token":"mallory`, ""), problem.BodyMalformed)
		if log := g.log.String(); sent.in(log) != "" || strings.Contains(log, "mallory") {
			t.Errorf("the log has %s", log)
		}
	})
}
