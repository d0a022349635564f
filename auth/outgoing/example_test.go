package outgoing_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/auth/outgoing"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// upstreamFailed is the problem of a caller when another API fails.
var upstreamFailed = &problem.Type{
	Code: "upstream-failed", Status: http.StatusBadGateway, Title: "Upstream failed",
	Detail: "Another API that this API needs failed.",
}

// A shop is an API whose callers' orders are stored by another API.
type shop struct {
	origin string // of the other API
	orders *outgoing.Client
}

// ListOrders returns the caller's orders. The other API receives a token for itself, which says that this API acts for
// the caller.
func (s *shop) ListOrders(c *gin.Context, caller *auth.Principal) error {
	request, err := http.NewRequestWithContext(c.Request.Context(), http.MethodGet, s.origin+"/orders", nil)
	if err != nil {
		return err
	}
	response, err := s.orders.OnBehalfOf(caller, c.Request).Do(request)
	if err != nil {
		return upstream(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("orders responded %s: %w", response.Status, upstreamFailed)
	}
	orders, err := io.ReadAll(response.Body)
	if err != nil {
		return upstream(err)
	}
	c.Data(http.StatusOK, "text/plain", orders)
	return nil
}

// upstream returns the error of a call as a handler returns it: TokenInactive and AuthUnavailable as they are, and
// everything else as a failure of the other API.
func upstream(err error) error {
	if _, ok := errors.AsType[*problem.Type](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", upstreamFailed, err)
}

// writeProblem stands for handlers.Problems: it writes every rejection, and every error of a handler.
func writeProblem(c *gin.Context, err error) {
	reason, ok := errors.AsType[*problem.Type](err)
	if !ok {
		reason = &problem.Type{Code: "internal", Status: http.StatusInternalServerError}
	}
	c.String(reason.Status, reason.Code)
}

// A handler calls another API on behalf of its caller, and returns its errors like any other.
func ExampleClient_OnBehalfOf() {
	f, stop := start() // a provider, the other API, and a verifier of this API
	defer stop()
	orders, err := outgoing.New(f.verifier.Provider(), outgoing.Config{
		Origin:       f.orders,
		ClientID:     "service",
		ClientSecret: "service-secret",
		Resource:     f.orders,
		Scopes:       []string{"orders:read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	api := &shop{f.orders, orders}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	router := ginauth.New(engine, f.verifier, writeProblem)
	router.Require("orders:read").GET("/my/orders", api.ListOrders)

	call := func(who string, r *http.Request) {
		request := httptest.NewRequest(http.MethodGet, "/my/orders", nil)
		request.Header = r.Header
		response := httptest.NewRecorder()
		engine.ServeHTTP(response, request)
		fmt.Println(who, response.Code, response.Body)
	}
	_, alice := f.signIn("alice")
	call("alice:", alice)
	_, bob := f.signIn("bob")
	call("bob:", bob)
	_, gone := f.signIn("bob")
	f.signOut(gone)
	call("bob, who signed out:", gone)
	stop()
	call("when the other API is down:", alice)
	call("when the provider is, too:", gone)
	// Output:
	// alice: 200 the orders of alice, for service
	// bob: 200 the orders of bob, for service
	// bob, who signed out: 401 token-inactive
	// when the other API is down: 502 upstream-failed
	// when the provider is, too: 503 auth-unavailable
}

// Work without a caller, such as a nightly job, is done as the API itself.
func ExampleClient_AsSelf() {
	f, stop := start()
	defer stop()
	orders, err := outgoing.New(f.verifier.Provider(), outgoing.Config{
		Origin:       f.orders,
		ClientID:     "service",
		ClientSecret: "service-secret",
		Resource:     f.orders,
		Scopes:       []string{"orders:read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 { // with one token
		response, err := orders.AsSelf().Get(f.orders + "/orders")
		if err != nil {
			fmt.Println(err)
			return
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		fmt.Printf("%s: %s\n", response.Status, text)
	}
	fmt.Println(f.requests(), "request for a token")

	// A token for the orders is sent to no other API.
	_, err = orders.AsSelf().Get("https://other.example.com/orders")
	fmt.Println(strings.ReplaceAll(err.Error(), f.orders, "ORDERS"))
	// Output:
	// 200 OK: the orders of service, for service
	// 200 OK: the orders of service, for service
	// 1 request for a token
	// Get "https://other.example.com/orders": outgoing: tokens for ORDERS are not for https://other.example.com
}

// A configuration that could send tokens anywhere is an error. The error has everything that is wrong.
func ExampleNew_mistakes() {
	_, err := outgoing.New(nil, outgoing.Config{Origin: "http://orders.example.com"})
	fmt.Println(err)
	// Output:
	// outgoing: origin: "http://orders.example.com" must be https: plain http is for loopback addresses
	// client: id and secret are required
	// resource, audience, scopes: one of them is required, to say which API tokens are for
}
