package ginauth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A door is the resource of this example.
type door struct{ name, owner string }

var doors = map[string]door{
	"1": {"front door", "alice"},
	"2": {"back door", "bob"},
}

// ownDoor is a dependency: it loads the door of the path if it belongs to the caller.
func ownDoor(c *gin.Context, caller *auth.Principal) (door, error) {
	d, ok := doors[c.Param("id")]
	if !ok || d.owner != caller.Subject {
		return door{}, fmt.Errorf("door %q: %w", c.Param("id"), problem.NotFound)
	}
	return d, nil
}

// openDoor is a handler whose dependency loads the door.
func openDoor(c *gin.Context, caller *auth.Principal, d door) error {
	c.String(http.StatusOK, "%s opened the %s", caller.Subject, d.name)
	return nil
}

// visitors is the Authenticator of this example; a program uses an *auth.Verifier.
type visitors map[string]*auth.Principal

func (v visitors) Authenticate(r *http.Request) (*auth.Principal, error) {
	credentials := r.Header.Get("Authorization")
	if credentials == "" {
		return nil, problem.CredentialsMissing
	}
	if caller := v[credentials]; caller != nil {
		return caller, nil
	}
	return nil, problem.TokenInvalid
}

// greet is the handler of an optional route: the caller of an anonymous request is nil.
func greet(c *gin.Context, caller *auth.Principal) error {
	name := "anonymous"
	if caller != nil {
		name = caller.Subject
	}
	c.String(http.StatusOK, "good evening, %s", name)
	return nil
}

// ring is a public handler.
func ring(c *gin.Context) error {
	c.String(http.StatusOK, "ding")
	return nil
}

// keys is a gin handler that does not need its caller.
func keys(c *gin.Context) { c.String(http.StatusOK, "all of them") }

// writeProblem writes every rejection, and every error of a handler.
func writeProblem(c *gin.Context, err error) {
	t := problem.Of(err)
	c.String(t.Status, t.Code)
}

// routes declares every route and what it requires of its caller.
func routes(r *ginauth.Router) {
	r.Public().GET("/bell", ring)
	r.Optional().GET("/", greet)

	open := r.Require("doors:open")
	open.POST("/doors/:id", ginauth.With(ownDoor, openDoor))

	porters := open.Role("porter").Group("/lodge") // requires more, never less
	porters.GET("/keys", ginauth.Plain(keys))

	r.Fallback(problem.NotFound, problem.MethodNotAllowed)
}

// A declaration is enforced before the handler runs, and recorded for the document.
func Example() {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	router := ginauth.New(engine, visitors{
		"Bearer a": {Subject: "alice", Scopes: []string{"doors:open"}, Roles: []string{"porter"}},
		"Bearer b": {Subject: "bob", Scopes: []string{"doors:open"}},
		"Bearer c": {Subject: "carol"},
	}, writeProblem)
	routes(router)
	for _, route := range router.Table() {
		fmt.Println(route.Method, route.Path, route.Access, route.Requirement.Scopes, route.Requirement.Roles)
	}
	for _, call := range []struct{ credentials, method, path string }{
		{"", "GET", "/bell"},
		{"", "GET", "/"},
		{"Bearer b", "GET", "/"},
		{"Bearer x", "GET", "/"},
		{"", "POST", "/doors/2"},
		{"Bearer c", "POST", "/doors/2"},
		{"Bearer a", "POST", "/doors/2"},
		{"Bearer b", "POST", "/doors/2"},
		{"Bearer b", "GET", "/lodge/keys"},
		{"Bearer a", "GET", "/lodge/keys"},
		{"", "GET", "/lodge/cellar"},
		{"Bearer a", "GET", "/lodge/cellar"},
	} {
		request := httptest.NewRequest(call.method, call.path, nil)
		if call.credentials != "" {
			request.Header.Set("Authorization", call.credentials)
		}
		response := httptest.NewRecorder()
		engine.ServeHTTP(response, request)
		fmt.Printf("%-8s %-4s %-13s %d %s\n", call.credentials, call.method, call.path, response.Code, response.Body)
	}

	// A route that was registered on gin directly is found before the program serves.
	engine.GET("/window", keys)
	fmt.Println(router.Check())

	// Output:
	// GET /bell public [] []
	// GET / optional [] []
	// POST /doors/{id} protected [doors:open] []
	// GET /lodge/keys protected [doors:open] [porter]
	//          GET  /bell         200 ding
	//          GET  /             200 good evening, anonymous
	// Bearer b GET  /             200 good evening, bob
	// Bearer x GET  /             401 token-invalid
	//          POST /doors/2      401 credentials-missing
	// Bearer c POST /doors/2      403 scope-insufficient
	// Bearer a POST /doors/2      404 not-found
	// Bearer b POST /doors/2      200 bob opened the back door
	// Bearer b GET  /lodge/keys   403 access-denied
	// Bearer a GET  /lodge/keys   200 all of them
	//          GET  /lodge/cellar 401 credentials-missing
	// Bearer a GET  /lodge/cellar 404 not-found
	// GET /window was registered on gin directly: declare it with Public, Optional or Require, so that it says what it requires of its caller
}
