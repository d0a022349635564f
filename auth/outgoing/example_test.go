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

// upstreamFailed is what callers are told when it is another API that fails.
var upstreamFailed = &problem.Type{
	Code: "upstream-failed", Status: http.StatusBadGateway, Title: "Upstream failed",
	Detail: "Another API that this one needs did not answer as it should.",
}

// A shop is an API whose callers' orders are kept by another one.
type shop struct {
	origin string // of the other API
	orders *outgoing.Client
}

// ListOrders answers with the caller's orders. The other API sees a token for itself, which says that
// this API acts for the caller.
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
		return fmt.Errorf("orders answered %s: %w", response.Status, upstreamFailed)
	}
	orders, err := io.ReadAll(response.Body)
	if err != nil {
		return upstream(err)
	}
	c.Data(http.StatusOK, "text/plain", orders)
	return nil
}

// upstream returns an error of a call as a handler returns it: TokenInactive and AuthUnavailable are
// reasons already, and all else is the other API's fault as far as callers are concerned.
func upstream(err error) error {
	if _, ok := errors.AsType[*problem.Type](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", upstreamFailed, err)
}

// explain stands for handlers.Problems: it writes whatever is refused, and every error of a handler.
func explain(c *gin.Context, err error) {
	reason, ok := errors.AsType[*problem.Type](err)
	if !ok {
		reason = &problem.Type{Code: "internal", Status: http.StatusInternalServerError}
	}
	c.String(reason.Status, reason.Code)
}

// A handler asks another API on behalf of its caller. What it returns is answered like any other
// error.
func ExampleClient_OnBehalfOf() {
	w, stop := start() // a provider, the other API, and a verifier of this API
	defer stop()
	orders, err := outgoing.New(w.verifier.Provider(), outgoing.Config{
		Origin:       w.orders,
		ClientID:     "service",
		ClientSecret: "service-secret",
		Resource:     w.orders,
		Scopes:       []string{"orders:read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	api := &shop{w.orders, orders}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	router := ginauth.New(engine, w.verifier, explain)
	router.Require("orders:read").GET("/my/orders", api.ListOrders)

	call := func(who string, r *http.Request) {
		request := httptest.NewRequest(http.MethodGet, "/my/orders", nil)
		request.Header = r.Header
		response := httptest.NewRecorder()
		engine.ServeHTTP(response, request)
		fmt.Println(who, response.Code, response.Body)
	}
	_, alice := w.signIn("alice")
	call("alice:", alice)
	_, bob := w.signIn("bob")
	call("bob:", bob)
	_, gone := w.signIn("bob")
	w.signOut(gone)
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

// What this API does for nobody in particular it does as itself: a nightly job, for example.
func ExampleClient_AsSelf() {
	w, stop := start()
	defer stop()
	orders, err := outgoing.New(w.verifier.Provider(), outgoing.Config{
		Origin:       w.orders,
		ClientID:     "service",
		ClientSecret: "service-secret",
		Resource:     w.orders,
		Scopes:       []string{"orders:read"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 { // with one token
		response, err := orders.AsSelf().Get(w.orders + "/orders")
		if err != nil {
			fmt.Println(err)
			return
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		fmt.Printf("%s: %s\n", response.Status, text)
	}
	fmt.Println(w.requests(), "request for a token")

	// A token for the orders goes nowhere else.
	_, err = orders.AsSelf().Get("https://stranger.example.com/orders")
	fmt.Println(strings.ReplaceAll(err.Error(), w.orders, "ORDERS"))
	// Output:
	// 200 OK: the orders of service, for service
	// 200 OK: the orders of service, for service
	// 1 request for a token
	// Get "https://stranger.example.com/orders": outgoing: tokens for ORDERS are not for https://stranger.example.com
}

// A configuration that could send tokens anywhere is an error, and so is everything else that is wrong
// with it, all at once.
func ExampleNew_mistakes() {
	_, err := outgoing.New(nil, outgoing.Config{Origin: "http://orders.example.com"})
	fmt.Println(err)
	// Output:
	// outgoing: origin: "http://orders.example.com" must be https: plain http is for loopback addresses
	// client: it needs an id and a secret
	// resource, audience, scopes: one must say which API tokens are for
}
