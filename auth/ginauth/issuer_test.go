package ginauth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// onlyFrom is the recipe for a route that is for the callers of one issuer: a dependency that rejects the others.
func onlyFrom(issuer string) func(*gin.Context, *auth.Principal) (*auth.Principal, error) {
	return func(_ *gin.Context, caller *auth.Principal) (*auth.Principal, error) {
		if caller.Provider().Issuer() != issuer {
			return nil, &auth.Error{Type: problem.AccessDenied, Err: errors.New("the route is for another issuer")}
		}
		return caller, nil
	}
}

func TestARouteForOneIssuerRejectsOthers(t *testing.T) {
	staff, partners := authtest.Start(t, "api"), authtest.Start(t, "api")
	verifier, err := auth.ConnectAll(t.Context(), []auth.Config{
		{Issuer: staff.URL, Audience: []string{"api"}}, {Issuer: partners.URL, Audience: []string{"api"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	r := ginauth.New(engine, verifier, func(c *gin.Context, err error) { c.Status(problem.Of(err).Status) })
	r.Require().GET("/staff", ginauth.With(onlyFrom(staff.URL), func(c *gin.Context, _, _ *auth.Principal) error {
		c.Status(http.StatusNoContent)
		return nil
	}))
	server := httptest.NewServer(engine)
	defer server.Close()
	for token, want := range map[string]int{staff.Token(): http.StatusNoContent, partners.Token(): http.StatusForbidden, "": http.StatusUnauthorized} {
		request, _ := http.NewRequest(http.MethodGet, server.URL+"/staff", nil)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := server.Client().Do(request)
		if err != nil || response.StatusCode != want {
			t.Fatalf("got %v and %v, want %d", response, err, want)
		}
		response.Body.Close()
	}
}
