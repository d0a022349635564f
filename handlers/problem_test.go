package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A broken store fails as it is told when one item is asked for.
type broken struct {
	handlers.Store
	get func() error
}

func (b broken) Get(context.Context, string) (handlers.Item, error) { return handlers.Item{}, b.get() }

func TestWhatBreaksInsideStaysInside(t *testing.T) {
	var nothing *handlers.Items
	for _, test := range []struct {
		name, log string // what the log says
		stack     bool
		get       func() error
	}{
		{"an error", "secret of the store", false, func() error { return errors.New("secret of the store") }},
		{"a panic with a text", "panic: secret of the store", true, func() error { panic("secret of the store") }},
		{"a panic with an error", "panic: secret of the store", true, func() error { panic(errors.New("secret of the store")) }},
		{"a panic with a reason", "panic: ", true, func() error { panic(problem.NotFound) }},
		{"a nil pointer", "panic: runtime error: invalid memory address", true, func() error { *nothing = handlers.Items{}; return nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, func(c *handlers.Config) { c.Store = broken{c.Store, test.get} })
			token := s.user("alice")
			r := s.call(t, token, "GET /items/1", "")
			r.wantProblem(t, problem.Internal, "")
			records := s.records(t, "request refused")
			if len(records) != 1 {
				t.Fatalf("it is logged %d times", len(records))
			}
			text := records[0]["err"].(string)
			if !strings.HasPrefix(text, test.log) || strings.Contains(text, "problem_test.go") != test.stack {
				t.Errorf("the log says %s", text)
			}
			if records[0]["level"] != "ERROR" || records[0]["request_id"] != r.header.Get("X-Request-Id") {
				t.Errorf("the record is %v", records[0])
			}
			if strings.Contains(s.log.String(), token) {
				t.Error("the token is in the log")
			}
			if requests := s.records(t, "request"); len(requests) != 1 || requests[0]["status"] != 500.0 {
				t.Errorf("the access log has %v", requests)
			}
		})
	}
}

func TestAPanicOfTheGuardLetsNobodyIn(t *testing.T) {
	s := serve(t, func(c *handlers.Config) {
		var stopped atomic.Bool
		clock := func() time.Time {
			if stopped.Load() {
				panic("the clock is broken")
			}
			return time.Now()
		}
		c.Verifier = connect(t, auth.Config{Issuer: c.Issuer, Audience: []string{origin}, Now: clock})
		for c.Verifier.Provider().Status().State != auth.Ready { // fetching looks at the clock as well
			runtime.Gosched()
		}
		stopped.Store(true)
		c.Store = broken{c.Store, func() error { t.Error("the handler ran"); return nil }}
	})
	s.call(t, s.user("alice"), "GET /items/1", "").wantProblem(t, problem.Internal, "")
}

func TestACallerWhoHangsUpIsNoFault(t *testing.T) {
	entered := make(chan bool)
	s := serve(t, func(c *handlers.Config) { c.Store = &waiting{c.Store, entered} })
	ctx, hangUp := context.WithCancel(t.Context())
	go func() { <-entered; hangUp() }()
	if response, err := http.DefaultTransport.RoundTrip(s.request(t, s.user("alice"), "GET /items/1", nil).WithContext(ctx)); err == nil {
		response.Body.Close()
		t.Errorf("answers %s", response.Status)
	}
	s.Close() // waits for the handler
	if records := s.records(t, "request refused"); len(records) != 0 {
		t.Errorf("the log has %v", records)
	}
	if requests := s.records(t, "request"); len(requests) != 1 || requests[0]["status"] != 499.0 {
		t.Errorf("the access log has %v", requests)
	}
}

// A waiting store answers when its caller has hung up.
type waiting struct {
	handlers.Store
	entered chan bool
}

func (w *waiting) Get(ctx context.Context, _ string) (handlers.Item, error) {
	close(w.entered)
	<-ctx.Done()
	return handlers.Item{}, fmt.Errorf("get: %w", ctx.Err())
}

func TestAnAbortedHandlerAnswersNothing(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.Store = broken{c.Store, func() error { panic(http.ErrAbortHandler) }} })
	response, err := http.DefaultTransport.RoundTrip(s.request(t, s.user("alice"), "GET /items/1", nil))
	if err == nil {
		response.Body.Close()
		t.Errorf("answers %s, want the connection closed", response.Status)
	}
	if s.Close(); strings.Contains(s.log.String(), "panic") {
		t.Errorf("the log has %s", s.log)
	}
}

// respond returns what a handler of its own answers, and the log.
func respond(t *testing.T, minimal bool, h ginauth.PublicHandler) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log strings.Builder
	challenger, err := auth.NewChallenger("gatehouse", origin+"/.well-known/oauth-protected-resource")
	if err != nil {
		t.Fatal(err)
	}
	problems := &handlers.Problems{Origin: origin, Challenger: challenger, Minimal: minimal, Refusals: &handlers.Refusals{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	engine := gin.New()
	ginauth.New(engine, nil, problems.Write).Public().GET("/", h)
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w, log.String()
}

func TestABodyWrittenBeforeAnErrorStays(t *testing.T) {
	w, log := respond(t, false, func(c *gin.Context) error {
		c.String(http.StatusOK, "half of it")
		return errors.New("the other half is missing")
	})
	if w.Code != 200 || w.Body.String() != "half of it" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("answers %d %v %q", w.Code, w.Header(), w.Body)
	}
	if !strings.Contains(log, "the other half is missing") {
		t.Errorf("the log says %s", log)
	}
}

func TestAnErrorIsTheReasonInIt(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want *problem.Type
	}{
		{"alone", problem.NotFound, problem.NotFound},
		{"wrapped", fmt.Errorf("secret: %w", problem.NotFound), problem.NotFound},
		{"joined", errors.Join(errors.New("secret"), problem.NotFound), problem.NotFound},
		{"in a refusal", &auth.Error{Type: problem.AccessDenied, Err: errors.New("secret")}, problem.AccessDenied},
		{"none", errors.New("secret"), problem.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, log := respond(t, false, func(c *gin.Context) error {
				c.Status(http.StatusAccepted)
				c.Header("Content-Type", "text/html")
				return test.err
			})
			answer{w.Code, strings.TrimSpace(w.Body.String()), w.Header()}.wantProblem(t, test.want, "")
			if strings.Contains(test.err.Error(), "secret") && !strings.Contains(log, "secret") {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

func TestAProblemSaysWhatIsAskedFor(t *testing.T) {
	const prefix = `Bearer realm="gatehouse", `
	const suffix = `, resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"`
	step := `error="insufficient_user_authentication", error_description="A stronger or fresher sign-in is required.", `
	for _, test := range []struct {
		name            string
		refusal         *auth.Error
		more, challenge string
		wait            string
	}{
		{"a class of sign-in", &auth.Error{Type: problem.StepUpRequired, Required: auth.Requirement{ACR: []string{"2", "3"}}},
			`"acr_values":["2","3"]`, prefix + step + `acr_values="2 3"` + suffix, ""},
		{"an age of sign-in", &auth.Error{Type: problem.StepUpRequired, Required: auth.Requirement{MaxAge: 5 * time.Minute, Scopes: []string{"a"}}},
			`"max_age":300`, prefix + step + `max_age="300"` + suffix, ""},
		{"all of several scopes", &auth.Error{Type: problem.ScopeInsufficient, Required: auth.Requirement{Scopes: []string{"a", "b"}}},
			`"required_scopes":["a","b"]`, prefix + `error="insufficient_scope", error_description="The token lacks a required scope.", scope="a b"` + suffix, ""},
		{"patience", &auth.Error{Type: problem.AuthUnavailable, RetryAfter: 5 * time.Second}, `"retry_after":5`, "", "5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, _ := respond(t, false, func(*gin.Context) error { return test.refusal })
			answer{w.Code, strings.TrimSpace(w.Body.String()), w.Header()}.wantProblem(t, test.refusal.Reason, test.more)
			if got := w.Header().Get("WWW-Authenticate"); got != test.challenge {
				t.Errorf("the challenge is\n%s\nwant\n%s", got, test.challenge)
			}
			if got := w.Header().Get("Retry-After"); got != test.wait {
				t.Errorf("Retry-After is %q, want %q", got, test.wait)
			}
		})
	}
}

func TestMinimalErrorsKeepWhatIsWrongWithATokenToTheLog(t *testing.T) {
	for _, reason := range problem.Types() {
		t.Run(reason.Code, func(t *testing.T) {
			want := reason
			if reason.OAuth == "invalid_token" {
				want = problem.TokenInvalid
			}
			w, log := respond(t, true, func(*gin.Context) error { return reason })
			answer{w.Code, strings.TrimSpace(w.Body.String()), w.Header()}.wantProblem(t, want, "")
			if challenge := w.Header().Get("WWW-Authenticate"); want != reason && strings.Contains(challenge, reason.Detail) {
				t.Errorf("the challenge is %s", challenge)
			}
			if !strings.Contains(log, "code="+reason.Code) {
				t.Errorf("the log says %s", log)
			}
		})
	}
}

func TestMinimalErrorsOfTheAPI(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.Minimal = true })
	expired := s.issuer.Token(authtest.Claims{"exp": time.Now().Add(-time.Hour).Unix()})
	r := s.call(t, expired, "GET /me", "")
	r.wantProblem(t, problem.TokenInvalid, "")
	want := `Bearer realm="gatehouse", error="invalid_token", error_description="The access token is invalid.", resource_metadata="` +
		origin + `/.well-known/oauth-protected-resource"`
	if got := r.header.Get("WWW-Authenticate"); got != want {
		t.Errorf("the challenge is\n%s\nwant\n%s", got, want)
	}
	if records := s.records(t, "request refused"); len(records) != 1 || records[0]["code"] != "token-expired" {
		t.Errorf("the log has %v", records)
	}
}
