package ginauth_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// grants is an Authenticator of credentials that name what they grant: "a b/x" has the scopes a and b and the role x.
// "forged" is rejected.
type grants struct{}

func (grants) Authenticate(r *http.Request) (*auth.Principal, error) {
	credentials := r.Header.Get("Authorization")
	switch credentials {
	case "":
		return nil, problem.CredentialsMissing
	case "forged":
		return nil, &auth.Error{Type: problem.SignatureInvalid}
	}
	scopes, roles, _ := strings.Cut(credentials, "/")
	return &auth.Principal{
		Subject: "alice", Scopes: strings.Fields(scopes), Roles: strings.Fields(roles),
		ACR: "2", SignedIn: time.Now().Add(-time.Hour),
	}, nil
}

// fail writes errors as the tests compare them. Every call adds a Failed header.
func fail(c *gin.Context, err error) {
	c.Writer.Header().Add("Failed", "once")
	failed, ok := errors.AsType[*problem.Type](err)
	if !ok {
		failed = &problem.Type{Code: err.Error(), Status: http.StatusInternalServerError}
	}
	c.String(failed.Status, failed.Code)
}

// A result is a response that was read.
type result struct {
	status int
	body   string
	header http.Header
}

// serve starts a server of the routes that declare makes, and returns a function that sends requests to it.
func serve(t *testing.T, declare func(*gin.Engine, *ginauth.Router)) func(method, path, credentials string) result {
	t.Helper()
	return serveEngine(t, func(engine *gin.Engine) { declare(engine, ginauth.New(engine, grants{}, fail)) })
}

// serveEngine is serve for an engine of any routes.
func serveEngine(t *testing.T, declare func(*gin.Engine)) func(method, path, credentials string) result {
	t.Helper()
	engine := newEngine()
	declare(engine)
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	return func(method, path, credentials string) result {
		t.Helper()
		return send(t, method, server.URL+path, credentials)
	}
}

func send(t *testing.T, method, url, credentials string) result {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if credentials != "" {
		request.Header.Set("Authorization", credentials)
	}
	response, err := http.DefaultTransport.RoundTrip(request) // follows no redirect
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return result{response.StatusCode, string(body), response.Header}
}

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	return gin.New()
}

// hello responds with the subject of the caller.
func hello(c *gin.Context, caller *auth.Principal) error {
	if caller == nil {
		c.String(http.StatusOK, "anonymous")
		return nil
	}
	c.String(http.StatusOK, caller.Subject)
	return nil
}

// open is a public handler.
func open(c *gin.Context) error {
	c.String(http.StatusOK, "open")
	return nil
}
