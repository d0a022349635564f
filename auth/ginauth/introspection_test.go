package ginauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// TestThrottledClientsAskLittle sends opaque tokens of a client that failed too often: the provider is asked about one at a
// time, and the others' tokens do not wait.
func TestThrottledClientsAskLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		issuer := authtest.New("https://id.example.com", "api")
		verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{"api"}, Transport: issuer, Introspection: auth.Introspection{
			Mode: auth.IntrospectOpaque, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret,
		}})
		if err != nil {
			t.Fatal(err)
		}
		var asking, most atomic.Int32
		answer := issuer.Slow(20 * time.Millisecond)
		issuer.Break(func(w http.ResponseWriter, r *http.Request) {
			most.Store(max(most.Load(), asking.Add(1)))
			answer(w, r)
			asking.Add(-1)
		})
		throttle, _ := exhausted()
		verify := func(address, token string) error {
			_, err := verifier.Verify(auth.LimitSignatures(t.Context(), throttle.Limit(address)), auth.Token(token))
			return err
		}
		if err := verify("192.0.2.1", issuer.Opaque()); err != nil {
			t.Fatal(err)
		}
		asked := issuer.Fetches("/introspect")
		most.Store(0)
		for n := range 1000 {
			go verify(mallory, fmt.Sprint("made-up-", n))
			time.Sleep(10 * time.Millisecond)
		}
		synctest.Wait()
		if asked = issuer.Fetches("/introspect") - asked; asked < 10 || asked > 21 || most.Load() != 1 {
			t.Errorf("in 10 seconds the provider was asked %d times, %d at once", asked, most.Load())
		}
		if err := verify(mallory, "made-up"); !errors.Is(err, problem.TooManyFailures) && !errors.Is(err, problem.TokenInactive) {
			t.Errorf("got %v", err)
		}
		for range 50 {
			if err := verify("192.0.2.1", issuer.Opaque()); err != nil {
				t.Errorf("another client got %v", err)
			}
		}
		time.Sleep(10 * time.Second)
		if err := verify(mallory, issuer.Opaque()); err != nil {
			t.Errorf("a genuine token of the client got %v", err)
		}
	})
}

func TestFreshRoutesNeedIntrospection(t *testing.T) {
	for able, want := range map[bool]string{true: "<nil>", false: "DELETE /admin asks the provider anew about each token, and introspection is off: set INTROSPECTION"} {
		router := ginauth.New(gin.New(), grants{}, fail)
		router.Introspects(able)
		router.Require("a").Fresh().DELETE("/admin", ginauth.Plain(func(*gin.Context) {}))
		router.Require("a").GET("/", ginauth.Plain(func(*gin.Context) {}))
		if got := fmt.Sprint(router.Check()); got != want {
			t.Errorf("able: %t: got %s", able, got)
		}
		if table := router.Table(); !table[0].Requirement.Fresh || table[1].Requirement.Fresh || table[0].Access != ginauth.Protected {
			t.Errorf("the table has %+v", table)
		}
	}
}

// TestFreshRoutesAskAnew revokes a token between two requests.
func TestFreshRoutesAskAnew(t *testing.T) {
	issuer := authtest.Start(t, "api")
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{"api"}, Introspection: auth.Introspection{
		Mode: auth.IntrospectOpaque, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret,
	}})
	if err != nil {
		t.Fatal(err)
	}
	call := serveEngine(t, func(engine *gin.Engine) {
		router := ginauth.New(engine, verifier, fail)
		router.Introspects(verifier.Introspects())
		router.Require().Fresh().GET("/fresh", ginauth.Plain(func(*gin.Context) {}))
		router.Require().GET("/", ginauth.Plain(func(*gin.Context) {}))
		if err := router.Check(); err != nil {
			t.Error(err)
		}
	})
	for name, token := range map[string]string{"opaque": issuer.Opaque(), "a JWT": issuer.Token()} {
		var statuses []string
		for _, path := range []string{"/", "/fresh", "revoke", "/", "/fresh"} {
			if path == "revoke" {
				issuer.Revoke(token)
				continue
			}
			statuses = append(statuses, fmt.Sprint(call("GET", path, "Bearer "+token).status))
		}
		if got := strings.Join(statuses, " "); got != "200 200 200 401" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}
