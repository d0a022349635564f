package apitest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// t stands for the parameter of a test in the examples. It prints the errors of the test.
var t testing.TB = printingTB{}

type printingTB struct{ testing.TB }

func (printingTB) Helper()                           {}
func (printingTB) Cleanup(func())                    {}
func (printingTB) Context() context.Context          { return context.Background() }
func (printingTB) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (printingTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (printingTB) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }

// A recordingTB records the errors of a test.
type recordingTB struct {
	testing.TB
	errors []string
}

func (*recordingTB) Helper() {}
func (r *recordingTB) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// TestWantProblemReportsDifferences changes one part of a problem at a time.
func TestWantProblemReportsDifferences(t *testing.T) {
	api := apitest.New(t)
	expired := api.Issuer.Token(authtest.Claims{"exp": 1})
	body := func(old, new string) func(*apitest.Response) {
		return func(r *apitest.Response) { r.Body = strings.Replace(r.Body, old, new, 1) }
	}
	header := func(name, value string) func(*apitest.Response) {
		return func(r *apitest.Response) { r.Header.Set(name, value) }
	}
	for _, test := range []struct {
		name   string
		change func(*apitest.Response)
	}{
		{"the status", func(r *apitest.Response) { r.Status = 403 }},
		{"the code", body("token-expired", "token-invalid")},
		{"the type", body("/problems/", "/errors/")},
		{"the title", body("Token expired", "Expired")},
		{"a further member", body(`}`, `,"retry_after":5}`)},
		{"the identifier of the request", header("X-Request-Id", "another")},
		{"the media type", header("Content-Type", "application/json")},
		{"the caching", header("Cache-Control", "public")},
		{"no challenge", header("WWW-Authenticate", "")},
		{"another challenge", header("WWW-Authenticate", `Bearer realm="gatehouse", error="insufficient_scope"`)},
	} {
		r := api.Call(t, expired, "GET /me", "")
		r.WantProblem(t, problem.TokenExpired)
		test.change(r)
		tb := &recordingTB{TB: t}
		if r.WantProblem(tb, problem.TokenExpired); len(tb.errors) == 0 {
			t.Errorf("%s: the difference is not reported", test.name)
		}
	}
	tb := &recordingTB{TB: t}
	r := api.Call(t, "", "GET /nowhere", "")
	r.Header.Set("WWW-Authenticate", `Bearer realm="gatehouse"`)
	if r.WantProblem(tb, problem.NotFound); len(tb.errors) != 1 {
		t.Errorf("a challenge of a 404 is reported as %q", tb.errors)
	}
}

func TestWantStatusAndWantJSONReportDifferences(t *testing.T) {
	r := &apitest.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{}`}
	for name, want := range map[string]func(testing.TB){
		"another status":             func(t testing.TB) { r.WantStatus(t, 201) },
		"another status of the JSON": func(t testing.TB) { r.WantJSON(t, 201, `{}`) },
		"another body":               func(t testing.TB) { r.WantJSON(t, 200, `[]`) },
	} {
		tb := &recordingTB{TB: t}
		if want(tb); len(tb.errors) != 1 {
			t.Errorf("%s is reported as %q", name, tb.errors)
		}
	}
	r.WantStatus(t, 200)
	r.WantJSON(t, 200, `{}`)
}

func TestTokensHaveSubjectScopesAndRoles(t *testing.T) {
	api := apitest.Start(t)
	me := apitest.Decode[struct {
		Subject       string
		Scopes, Roles []string
	}](t, api.Call(t, api.Token("bob", "a b", "admin"), "GET /me", ""))
	if me.Subject != "bob" || !slices.Equal(me.Scopes, []string{"a", "b"}) || !slices.Equal(me.Roles, []string{"admin"}) {
		t.Errorf("the caller is %+v", me)
	}
}

func TestTimeIsFakeInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.New(t)
		alice := api.Token("alice", "")
		api.Call(t, alice, "GET /me", "").WantStatus(t, 200)
		time.Sleep(10 * time.Minute)
		api.Call(t, alice, "GET /me", "").WantProblem(t, problem.TokenExpired)
	})
}
