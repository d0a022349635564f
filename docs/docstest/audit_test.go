package docstest_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/docs/openapi"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
	"golang.org/x/oauth2"
)

const origin = "https://api.example.com"

// A recorder is a test whose failures are recorded.
type recorder struct {
	testing.TB
	lines []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

// What an operation asks of the sign-in is in the example of a problem and nowhere else.
func TestAuditOfStepUp(t *testing.T) {
	classes := auth.Requirement{ACR: []string{"2", "3"}}
	fresh := auth.Requirement{MaxAge: 5 * time.Minute}
	for _, test := range []struct {
		name                 string
		documented, enforced auth.Requirement
		want                 string // one of the lines; empty for none
	}{
		{"nothing is asked", auth.Requirement{}, auth.Requirement{}, ""},
		{"a class is asked", classes, classes, ""},
		{"a fresh sign-in is asked", fresh, fresh, ""},
		{"both are asked", classes.And(fresh), classes.And(fresh), ""},
		{
			"a class is not documented", fresh, classes.And(fresh),
			"GET /transfers: complete: status: got 401 step-up-required, want the caller let in",
		},
		{
			"a fresh sign-in is not documented", classes, classes.And(fresh),
			"GET /transfers: complete: status: got 401 step-up-required, want the caller let in",
		},
		{
			"a class is not enforced", classes.And(fresh), fresh,
			"GET /transfers: sign-in of another class: status: got 200, want 401",
		},
		{
			"a fresh sign-in is not enforced", classes.And(fresh), classes,
			"GET /transfers: old sign-in: status: got 200, want 401",
		},
		{
			"another class is documented", classes, auth.Requirement{ACR: []string{"2"}},
			"GET /transfers: sign-in of another class: acr_values of the challenge: got 2, want 2 3",
		},
		{
			"another age is documented", fresh, auth.Requirement{MaxAge: time.Minute},
			"GET /transfers: old sign-in: max_age of the challenge: got 60, want 300",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			issuer := authtest.Start(t, origin)
			r := &recorder{TB: t}
			docstest.Audit(r, transfers(t, issuer, test.documented, test.enforced), issuer)
			if test.want != "" && !slices.Contains(r.lines, test.want) || test.want == "" && r.lines != nil {
				t.Errorf("reports\n%s\nwant\n%s", strings.Join(r.lines, "\n"), cmp.Or(test.want, "nothing"))
			}
		})
	}
}

// An api is an API of one operation.
type api struct{ http.Handler }

func (api) Operations() []string { return []string{"GET /transfers"} }

// transfers returns an API of one operation that documents one requirement and enforces another.
func transfers(t *testing.T, issuer *authtest.Issuer, documented, enforced auth.Requirement) api {
	t.Helper()
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{origin}})
	if err != nil {
		t.Fatal(err)
	}
	challenger, err := auth.NewChallenger("transfers", "")
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi.Build(
		openapi.Config{Document: []byte(undocumented), PublicURL: origin, Issuers: []openapi.Issuer{{URL: issuer.URL}}, Challenger: challenger},
		[]ginauth.Route{{Method: "GET", Path: "/transfers", Access: ginauth.Protected, Requirement: documented}},
		oauth2.Endpoint{},
	)
	if err != nil {
		t.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(func(c *gin.Context) { c.Header("X-Request-Id", "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90") }) // as documented
	router := ginauth.New(engine, verifier, writer(challenger))
	router.Fallback(problem.MethodNotAllowed, problem.MethodNotAllowed)
	router.Public().GET("/openapi.json", func(c *gin.Context) error {
		c.Data(http.StatusOK, "application/json", document)
		return nil
	})
	transfers := router.Require()
	if enforced.ACR != nil {
		transfers = transfers.ACR(enforced.ACR...)
	}
	if enforced.MaxAge != 0 {
		transfers = transfers.MaxAge(enforced.MaxAge)
	}
	transfers.GET("/transfers", func(c *gin.Context, _ *auth.Principal) error {
		c.JSON(http.StatusOK, gin.H{})
		return nil
	})
	return api{engine}
}

// writer returns what writes errors.
func writer(challenger *auth.Challenger) func(*gin.Context, error) {
	return func(c *gin.Context, err error) {
		t := problem.Of(err)
		rejected, _ := errors.AsType[*auth.Error](err)
		challenge := challenger.Challenge(t, cmp.Or(rejected, &auth.Error{}).Required)
		if challenge != "" {
			c.Header("WWW-Authenticate", challenge)
		}
		c.Header("Content-Type", "application/problem+json")
		c.JSON(t.Status, t.Body(origin, "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"))
	}
}

// undocumented is a document as docs/gen writes it.
const undocumented = `{"openapi": "3.1.1", "info": {"title": "Transfers", "version": "1"},
	"components": {"schemas": {"Problem": {"type": "object", "required": ["code"]}}},
	"paths": {"/transfers": {"get": {"responses": {"200": {"description": "OK",
		"content": {"application/json": {"schema": {"type": "object"}}}}}}}}}`
