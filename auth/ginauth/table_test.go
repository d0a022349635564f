package ginauth_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"github.com/gin-gonic/gin"
)

func TestTheTableHasTheDeclaredRoutes(t *testing.T) {
	router := ginauth.New(newEngine(), grants{}, fail)
	router.Public().Hidden().GET("/", open)
	router.Public().GET("/files/*path", open)
	router.Optional().POST("/optional/:item-id/:part", hello)
	group := router.Group("/group").Group("relative/")
	group.Require("a").Role("x").GET("/:id", hello)
	group.Require("a").Require("b", "a").Hidden().DELETE("", hello)
	router.Require().Limit(5, time.Minute).Audit(false).POST("/read", hello)
	router.Optional().Audit(true).GET("/write", hello)

	want := []ginauth.Route{
		{Method: "GET", Path: "/", Access: ginauth.Public, Hidden: true},
		{Method: "GET", Path: "/files/{path}", Access: ginauth.Public},
		{Method: "POST", Path: "/optional/{item-id}/{part}", Access: ginauth.Optional},
		{Method: "GET", Path: "/group/relative/{id}", Access: ginauth.Protected,
			Requirement: auth.Requirement{Scopes: []string{"a"}, Roles: []string{"x"}}},
		{Method: "DELETE", Path: "/group/relative/", Access: ginauth.Protected, Hidden: true, Audited: true,
			Requirement: auth.Requirement{Scopes: []string{"a", "b"}}},
		{Method: "POST", Path: "/read", Access: ginauth.Protected,
			Limit: ginauth.RateLimit{Name: "POST /read", Requests: 5, Per: time.Minute}},
		{Method: "GET", Path: "/write", Access: ginauth.Optional, Audited: true},
	}
	if got := router.Table(); !reflect.DeepEqual(got, want) {
		t.Errorf("the table is\n%+v\nwant\n%+v", got, want)
	}
	if err := router.Check(); err != nil {
		t.Errorf("nothing is wrong, and Check returns %v", err)
	}
}

func TestCheckReportsEveryMistake(t *testing.T) {
	plain := func(*gin.Context) {}
	for _, test := range []struct {
		name    string
		declare func(*gin.Engine, *ginauth.Router)
		want    []string
	}{
		{"a route of gin's", func(e *gin.Engine, _ *ginauth.Router) { e.GET("/one", plain) },
			[]string{"GET /one was registered on gin directly"}},
		{"another method of a declared path", func(e *gin.Engine, r *ginauth.Router) {
			r.Public().GET("/one/:id", open)
			e.POST("/one/:id", plain)
		}, []string{"POST /one/{id} was registered on gin directly"}},
		{"a route of a group of gin's", func(e *gin.Engine, _ *ginauth.Router) { e.Group("/deep").GET("/:id", plain) },
			[]string{"GET /deep/{id} was registered on gin directly"}},
		{"a HEAD without a GET", func(e *gin.Engine, r *ginauth.Router) {
			r.Public().POST("/one", open)
			e.HEAD("/one", plain)
		}, []string{"HEAD /one was registered on gin directly"}},
		{"a handler that is missing", func(_ *gin.Engine, r *ginauth.Router) {
			r.Public().GET("/one", nil)
			r.Require().POST("/two", nil)
		}, []string{"GET /one has no handler", "POST /two has no handler"}},
		{"scopes that no token can have", func(_ *gin.Engine, r *ginauth.Router) {
			r.Require("", "a b", `a"`, "a\\", "ä", "good:one").GET("/one", hello)
		}, []string{`requires ""`, `requires "a b"`, `requires "a\""`, `requires "a\\"`, `requires "ä"`}},
		{"classes of sign-in that exclude each other", func(_ *gin.Engine, r *ginauth.Router) {
			r.Require().ACR("1").ACR("2").GET("/one", hello)
		}, []string{"GET /one requires classes of sign-in that exclude each other"}},
		{"everything at once", func(e *gin.Engine, r *ginauth.Router) {
			r.Require("a b").GET("/one", nil)
			e.GET("/two", plain)
			r.Public().GET("/three", nil)
		}, []string{"GET /one has no handler", `GET /one requires "a b"`, "GET /three has no handler", "GET /two was registered"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine := newEngine()
			router := ginauth.New(engine, grants{}, fail)
			test.declare(engine, router)
			assertLines(t, router.Check(), test.want)
		})
	}
}

func TestCheckReportsEveryMethodOfAny(t *testing.T) {
	engine := newEngine()
	router := ginauth.New(engine, grants{}, fail)
	engine.Any("/any", func(*gin.Context) {})
	err := router.Check()
	if err == nil {
		t.Fatal("Check accepts a route of gin's Any")
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE"} {
		if !strings.Contains(err.Error(), method+" /any was registered on gin directly") {
			t.Errorf("%s is not named in %v", method, err)
		}
	}
}

// assertLines fails unless the lines of err contain the wanted texts, one each, in order.
func assertLines(t *testing.T, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Fatalf("the error is\n%v\nwant %d lines", err, len(want))
	}
	for i, line := range lines {
		if !strings.Contains(line, want[i]) {
			t.Errorf("line %d is %q, want it to say %q", i+1, line, want[i])
		}
	}
}
