package ginauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// named is an Authenticator of credentials that name a caller and what it may do: "alice a b".
type named struct{}

func (named) Authenticate(r *http.Request) (*auth.Principal, error) {
	words := strings.Fields(r.Header.Get("Authorization"))
	if len(words) == 0 {
		return nil, problem.CredentialsMissing
	}
	issuer, subject, _ := strings.Cut(words[0], "|")
	return &auth.Principal{Issuer: issuer, Subject: subject, Scopes: words[1:]}, nil
}

// A limited server has routes with limits, and sends itself requests without a network, so that its time can be fake.
type limited struct {
	*testing.T
	engine *gin.Engine
}

func newLimited(t *testing.T, declare func(*ginauth.Router)) limited {
	engine := newEngine()
	engine.ForwardedByClientIP = false
	declare(ginauth.New(engine, named{}, func(c *gin.Context, err error) {
		c.Header("Wait", fmt.Sprint(retryAfter(err)))
		fail(c, err)
	}))
	return limited{t, engine}
}

func (l limited) send(line, credentials, address string) *http.Response {
	method, path, _ := strings.Cut(line, " ")
	r := httptest.NewRequestWithContext(l.Context(), method, path, nil)
	r.RemoteAddr = "[" + address + "]:1024"
	if credentials != "" {
		r.Header.Set("Authorization", credentials)
	}
	w := httptest.NewRecorder()
	l.engine.ServeHTTP(w, r)
	return w.Result()
}

// want sends requests until one is rejected for their number, and fails the test unless so many were not.
func (l limited) want(name string, accepted int, line, credentials, address string) {
	l.Helper()
	for n := range 100 {
		if l.send(line, credentials, address).StatusCode == http.StatusTooManyRequests {
			if n != accepted {
				l.Errorf("%s: %d requests are accepted, want %d", name, n, accepted)
			}
			return
		}
	}
	if accepted < 100 {
		l.Errorf("%s: all requests are accepted, want %d", name, accepted)
	}
}

const unlimited = 100

func TestCallersAreLimitedOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimited(t, func(r *ginauth.Router) {
			r.Limit(5, time.Minute)
			r.Require("a").GET("/a", hello)
			r.Require().POST("/a", hello)
			r.Optional().GET("/optional", hello)
			r.Require().Limit(3, time.Minute).GET("/own/:id", hello)
			r.Group("/group").Require().Limit(3, time.Minute).Group("/deep").Limit(2, time.Hour).GET("/", hello)
			r.Require().Limit(0, 0).GET("/free", hello)
			r.Public().GET("/healthz", open)
			r.Public().Limit(2, time.Second).GET("/public", open)
		})
		const address = "192.0.2.1"
		for _, test := range []struct {
			name, line, credentials, address string
			accepted                         int
		}{
			{"a caller", "GET /a", "i|alice a", address, 5},
			{"another route with the limit of all", "POST /a", "i|alice a", address, 0},
			{"HEAD, which is the same route", "HEAD /a", "i|alice a", address, 0},
			{"another token of the caller", "GET /a", "i|alice a b", address, 0},
			{"another address of the caller", "GET /a", "i|alice a", "192.0.2.2", 0},
			{"another caller at the same address", "GET /a", "i|bob a", address, 5},
			{"the subject of another issuer", "GET /a", "j|alice a", address, 5},
			{"a caller that may not use the route", "GET /a", "i|carol", address, 5},
			{"an anonymous caller", "GET /optional", "", address, 5},
			{"another anonymous caller", "GET /optional", "", "192.0.2.2", 5},
			{"an address of an IPv6 network", "GET /optional", "", "2001:db8::1", 5},
			{"another address of the IPv6 network", "GET /optional", "", "2001:db8::2", 0},
			{"another IPv6 network", "GET /optional", "", "2001:db8:0:1::1", 5},
			{"a route with its own limit", "GET /own/1", "i|alice", address, 3},
			{"another path of the route", "GET /own/2", "i|alice", address, 0},
			{"a child whose limit replaces that of its parent", "GET /group/deep/", "i|alice", address, 2},
			{"a route without a limit", "GET /free", "i|alice", address, unlimited},
			{"a public route", "GET /healthz", "", address, unlimited},
			{"a public route with a limit", "GET /public", "", address, 2},
			{"a public route reads no credentials", "GET /public", "i|alice", address, 0},
		} {
			l.want(test.name, test.accepted, test.line, test.credentials, test.address)
		}
		if r := l.send("GET /a", "", address); r.StatusCode != http.StatusUnauthorized || r.Header.Get("RateLimit") != "" {
			t.Errorf("without credentials: got %d and RateLimit %q, want 401 and none", r.StatusCode, r.Header.Get("RateLimit"))
		}
		time.Sleep(12 * time.Second)
		l.want("after a fifth of the time", 1, "GET /a", "i|alice a", address)
		time.Sleep(time.Hour)
		l.want("much later", 5, "GET /a", "i|alice a", address)
	})
}

// TestResponsesHaveTheLimit compares the headers with draft-ietf-httpapi-ratelimit-headers-11.
func TestResponsesHaveTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimited(t, func(r *ginauth.Router) {
			r.Require("a").Limit(3, 10*time.Second).GET("/é/:id", hello)
		})
		for n, want := range []struct {
			credentials   string
			wait          time.Duration
			status        int
			state, header string
		}{
			{"alice a", 0, 200, "r=2;t=4", ""},
			{"alice", 0, 403, "r=1;t=4", "0s"},
			{"alice a", 3 * time.Second, 200, "r=0;t=1", ""},
			{"alice a", 0, 429, "r=0;t=1", "1s"},
			{"alice a", time.Second, 200, "r=0;t=3", ""},
			{"alice a", time.Minute, 200, "r=2;t=4", ""},
		} {
			time.Sleep(want.wait)
			r := l.send("GET /é/1", want.credentials, "192.0.2.1")
			policy, state := r.Header["RateLimit-Policy"], r.Header["RateLimit"] //nolint:staticcheck // as they are written
			if r.StatusCode != want.status || fmt.Sprint(policy) != `["GET /_/{id}";q=3;w=10]` ||
				fmt.Sprint(state) != `["GET /_/{id}";`+want.state+`]` || r.Header.Get("Wait") != want.header {
				t.Errorf("request %d: got %d, %s, %s and %s, want %d, %s and %s", n+1,
					r.StatusCode, policy, state, r.Header.Get("Wait"), want.status, want.state, want.header)
			}
		}
	})
}

func TestLimitsThatCannotBeAreReported(t *testing.T) {
	for _, test := range []struct {
		requests int
		per      time.Duration
		ok       bool
	}{
		{0, 0, true}, {0, time.Minute, true}, {1, time.Second, true}, {1e9, time.Minute, true},
		{-1, time.Minute, false}, {1, 0, false}, {1, time.Millisecond, false}, {1, 1500 * time.Millisecond, false},
		{1, -time.Minute, false}, {2e9, time.Second, false},
	} {
		router := ginauth.New(newEngine(), named{}, fail)
		router.Limit(test.requests, test.per)
		router.Require().GET("/a", hello)
		router.Public().Limit(test.requests, test.per).GET("/b", open)
		err := router.Check()
		named := err != nil && strings.Contains(err.Error(), "GET /a is limited to") && strings.Contains(err.Error(), "GET /b is limited to")
		if (err == nil) != test.ok || err != nil && !named {
			t.Errorf("%d in %s: got %v", test.requests, test.per, err)
		}
	}
}

// retryAfter returns when a rejected caller may retry.
func retryAfter(err error) time.Duration {
	if rejected, ok := errors.AsType[*auth.Error](err); ok {
		return rejected.RetryAfter
	}
	return 0
}
