package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/store"
	"github.com/gin-gonic/gin"
)

// A fakeStore runs a function when an item is read. Everything else goes to the real store.
type fakeStore struct {
	handlers.ItemStore
	get func(context.Context) error
}

func (f fakeStore) Get(ctx context.Context, _ store.Owner, _ string) (store.Item, error) {
	return store.Item{}, f.get(ctx)
}

// onGet returns an option by which GET /items/1 runs a function in the handler, and returns its error.
func onGet(get func(context.Context) error) apitest.Option {
	return apitest.Parts(func(p *handlers.Parts) { p.Items = fakeStore{p.Items, get} })
}

func TestInternalErrorsAreLoggedAndHidden(t *testing.T) {
	var nothing *handlers.Items
	for _, test := range []struct {
		name, log string
		stack     bool
		get       func(context.Context) error
	}{
		{"an error", "secret of the store", false, func(context.Context) error { return errors.New("secret of the store") }},
		{"a panic with a text", "panic: secret of the store", true, func(context.Context) error { panic("secret of the store") }},
		{"a panic with an error", "panic: secret of the store", true, func(context.Context) error { panic(errors.New("secret of the store")) }},
		{"a panic with a problem type", "panic: ", true, func(context.Context) error { panic(problem.NotFound) }},
		{"a nil pointer", "panic: runtime error: invalid memory address", true, func(context.Context) error { *nothing = handlers.Items{}; return nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := apitest.Start(t, onGet(test.get))
			token := api.Token("alice", "items:read")
			r := api.Call(t, token, "GET /items/1", "")
			r.WantProblem(t, problem.Internal)
			api.Close()
			records := api.Log.Records(t, "request rejected")
			if len(records) != 1 {
				t.Fatalf("it is logged %d times", len(records))
			}
			text := records[0]["err"].(string)
			if !strings.HasPrefix(text, test.log) || strings.Contains(text, "problem_test.go") != test.stack {
				t.Errorf("the log has %s", text)
			}
			if records[0]["level"] != "ERROR" || records[0]["request_id"] != r.Header.Get("X-Request-Id") {
				t.Errorf("the record is %v", records[0])
			}
			if strings.Contains(api.Log.String(), token) {
				t.Error("the token is in the log")
			}
			if requests := api.Log.Records(t, "request"); len(requests) != 1 || requests[0]["status"] != 500.0 {
				t.Errorf("the request log has %v", requests)
			}
		})
	}
}

func TestAPanicOfTheGuardIsNoAccess(t *testing.T) {
	var broken atomic.Bool
	clock := func() time.Time {
		if broken.Load() {
			panic("the clock is broken")
		}
		return time.Now()
	}
	var verifier *auth.Verifier
	api := apitest.Start(t,
		apitest.Auth(func(c *auth.Config) { c.Now = clock }),
		apitest.Parts(func(p *handlers.Parts) { verifier = p.Verifier }),
		onGet(func(context.Context) error { t.Error("the handler ran"); return nil }))
	for verifier.Provider().Status().State != auth.Ready { // a fetch uses the clock as well
		runtime.Gosched()
	}
	broken.Store(true)
	api.Call(t, api.Token("alice", "items:read"), "GET /items/1", "").WantProblem(t, problem.Internal)
}

// respond returns what a handler responds with.
func respond(t *testing.T, minimal bool, h ginauth.PublicHandler) *apitest.Response {
	t.Helper()
	challenger, err := auth.NewChallenger("gatehouse", apitest.PublicURL+"/.well-known/oauth-protected-resource")
	if err != nil {
		t.Fatal(err)
	}
	problems := &handlers.Problems{PublicURL: apitest.PublicURL, Challenger: challenger, Minimal: minimal}
	engine := gin.New()
	engine.Use(func(c *gin.Context) { c.Header("Cache-Control", "private") })
	ginauth.New(engine, nil, problems.Write).Public().GET("/", h)
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	r := &apitest.Response{Status: w.Code, Header: http.Header{}, Body: strings.TrimSpace(w.Body.String())}
	for name, values := range w.Header() {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	return r
}

func TestAnErrorAfterTheBodyLeavesTheBody(t *testing.T) {
	r := respond(t, false, func(c *gin.Context) error {
		c.String(http.StatusOK, "half of it")
		return errors.New("the other half is missing")
	})
	if r.Status != 200 || r.Body != "half of it" || r.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("got %d %v %q", r.Status, r.Header, r.Body)
	}
}

func TestAnErrorIsTheProblemThatItWraps(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want *problem.Type
	}{
		{"alone", problem.NotFound, problem.NotFound},
		{"wrapped", fmt.Errorf("secret: %w", problem.NotFound), problem.NotFound},
		{"joined", errors.Join(errors.New("secret"), problem.NotFound), problem.NotFound},
		{"in an auth.Error", &auth.Error{Type: problem.AccessDenied, Err: errors.New("secret")}, problem.AccessDenied},
		{"none", errors.New("secret"), problem.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			respond(t, false, func(c *gin.Context) error {
				c.Status(http.StatusAccepted)
				c.Header("Content-Type", "text/html")
				return test.err
			}).WantProblem(t, test.want)
		})
	}
}

func TestProblemsSayWhatIsRequired(t *testing.T) {
	const prefix = `Bearer realm="gatehouse", `
	const suffix = `, resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"`
	step := `error="insufficient_user_authentication", error_description="A stronger or fresher sign-in is required.", `
	scope := `error="insufficient_scope", error_description="The token lacks a required scope.", `
	for _, test := range []struct {
		name              string
		err               *auth.Error
		member, challenge string
		wait              string
	}{
		{"a class of sign-in", &auth.Error{Type: problem.StepUpRequired, Required: auth.Requirement{ACR: []string{"2", "3"}}},
			`"acr_values":["2","3"]`, prefix + step + `acr_values="2 3"` + suffix, ""},
		{"an age of sign-in", &auth.Error{Type: problem.StepUpRequired, Required: auth.Requirement{MaxAge: 5 * time.Minute, Scopes: []string{"a"}}},
			`"max_age":300`, prefix + step + `max_age="300"` + suffix, ""},
		{"all of several scopes", &auth.Error{Type: problem.ScopeInsufficient, Required: auth.Requirement{Scopes: []string{"a", "b"}}},
			`"required_scopes":["a","b"]`, prefix + scope + `scope="a b"` + suffix, ""},
		{"a time to wait", &auth.Error{Type: problem.AuthUnavailable, RetryAfter: 7 * time.Second}, `"retry_after":7`, "", "7"},
		{"the time to wait of the type", &auth.Error{Type: problem.AuthUnavailable}, `"retry_after":5`, "", "5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := respond(t, false, func(*gin.Context) error { return test.err })
			r.WantProblem(t, test.err.Type, test.member)
			if got := r.Header.Get("WWW-Authenticate"); got != test.challenge {
				t.Errorf("the challenge is\n%s\nwant\n%s", got, test.challenge)
			}
			if got := r.Header.Get("Retry-After"); got != test.wait {
				t.Errorf("Retry-After is %q, want %q", got, test.wait)
			}
		})
	}
}

func TestMinimalErrorsHideWhatIsWrongWithAToken(t *testing.T) {
	for _, typ := range problem.Types() {
		t.Run(typ.Code, func(t *testing.T) {
			want := typ
			if typ.OAuth == "invalid_token" {
				want = problem.TokenInvalid
			}
			var members []string
			if typ.RetryAfter > 0 {
				members = []string{fmt.Sprintf(`"retry_after":%d`, typ.RetryAfter/time.Second)}
			}
			r := respond(t, true, func(*gin.Context) error { return typ })
			r.WantProblem(t, want, members...)
			if typ.About == problem.Caller && !strings.HasSuffix(want.MinimalBody("", "").Hint, apitest.Decode[problem.Body](t, r).Hint) {
				t.Errorf("got %s", r.Body)
			}
			for _, member := range []string{"at_fault", "claim", "expired_at", "not_before", "required_roles"} {
				if strings.Contains(r.Body, `"`+member+`"`) {
					t.Errorf("%s is in %s", member, r.Body)
				}
			}
			if challenge := r.Header.Get("WWW-Authenticate"); want != typ && strings.Contains(challenge, typ.Detail) {
				t.Errorf("the challenge is %s", challenge)
			}
		})
	}
}

func TestATokenForAnotherAudienceLearnsTheRightOne(t *testing.T) {
	for name, test := range map[string]struct{ env, says string }{
		"one":     {"OIDC_AUDIENCE=api://orders", "for this API is api://orders."},
		"several": {"OIDC_AUDIENCE=api://orders,8d7e6c1c", "for this API is api://orders or 8d7e6c1c."},
		"minimal": {"ERROR_DETAIL=minimal", problem.TokenInvalid.Hint},
	} {
		t.Run(name, func(t *testing.T) {
			api := apitest.New(t, apitest.Env(test.env))
			r := api.Call(t, api.Issuer.Token(authtest.Claims{"aud": "https://other.example.com"}), "GET /me", "")
			if body := apitest.Decode[problem.Body](t, r); r.Status != 401 || !strings.HasSuffix(body.Hint, test.says) {
				t.Errorf("got %d %s", r.Status, r.Body)
			}
		})
	}
}

// TestMinimalErrorsGiveOneText has tokens whose rejections say much by default.
func TestMinimalErrorsGiveOneText(t *testing.T) {
	api := apitest.New(t, apitest.Env("ERROR_DETAIL=minimal"))
	want := problem.TokenInvalid.MinimalBody(apitest.PublicURL, "")
	for _, token := range []string{
		"opaque", api.Issuer.IDToken(), api.Issuer.Token(authtest.Claims{"exp": 1}), api.Issuer.Token(authtest.Claims{"aud": nil}),
		api.Issuer.Token(authtest.Claims{"sub": nil}), api.Issuer.Token(authtest.Claims{"iss": "https://other.example.com"}),
		api.Issuer.Token(authtest.Claims{"nbf": time.Now().Add(time.Hour).Unix()}),
	} {
		r := api.Call(t, token, "GET /me", "")
		body := apitest.Decode[problem.Body](t, r)
		want.Instance = body.Instance
		if fmt.Sprint(body) != fmt.Sprint(want) || !strings.Contains(r.Header.Get("WWW-Authenticate"), want.Detail) {
			t.Errorf("got %s", r.Body)
		}
	}
	for _, test := range []struct {
		line string
		want problem.Body
	}{
		{"GET /items", problem.Body{Detail: problem.ScopeInsufficient.Detail, RequiredScopes: []string{"items:read"}}},
		{"GET /admin/items", problem.Body{Detail: problem.ScopeInsufficient.Detail, RequiredScopes: []string{"items:read"}}},
	} {
		body := apitest.Decode[problem.Body](t, api.Call(t, api.Token("alice", ""), test.line, ""))
		if body.Detail != test.want.Detail || fmt.Sprint(body.RequiredScopes) != fmt.Sprint(test.want.RequiredScopes) || body.AtFault != "" {
			t.Errorf("%s: got %+v", test.line, body)
		}
	}
	body := apitest.Decode[problem.Body](t, api.Call(t, api.Token("alice", "items:read"), "GET /admin/items", ""))
	if body.Detail != problem.AccessDenied.Detail || body.RequiredRoles != nil {
		t.Errorf("got %+v", body)
	}
}

func TestMinimalErrorsAreLoggedInFull(t *testing.T) {
	api := apitest.Start(t, apitest.Env("ERROR_DETAIL=minimal"))
	expired := api.Issuer.Token(authtest.Claims{"exp": time.Now().Add(-time.Hour).Unix()})
	api.Call(t, expired, "GET /me", "").WantProblem(t, problem.TokenInvalid)
	api.Close()
	for _, message := range []string{"request rejected", "request"} {
		if records := api.Log.Records(t, message); len(records) != 1 || records[0]["code"] != "token-expired" {
			t.Errorf("the log has %v", records)
		}
	}
}
