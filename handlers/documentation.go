package handlers

import (
	"net/http"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// documentation returns the site that documents this API.
func (a *API) documentation() (*docs.Site, error) {
	var hint string
	if a.config.Development {
		hint = "Press Authorize and pick alice, who is an admin, or bob, who is not."
	}
	return docs.New(docs.Config{
		Title: config.Name, PublicURL: a.config.PublicURL, Issuer: a.config.Issuer, Audience: a.config.Audience,
		Challenger: a.problems.Challenger, Types: problem.Types(), Minimal: a.config.MinimalErrors, Scopes: Scopes,
		Endpoint: a.parts.Verifier.Provider().Endpoint, ClientID: a.config.DocsClientID, SignInHint: hint,
		NoUI: !a.documented(), Protected: a.config.Docs == config.DocsProtected,
	})
}

// documented reports whether the API serves its documentation. Without a mode it does not.
func (a *API) documented() bool {
	return a.config.Docs == config.DocsOn || a.config.Docs == config.DocsProtected
}

// documentationRoutes declares the routes of the site, which are not documented themselves. With DOCS=protected,
// the document requires a token like any route. The page stays public, because a browser sends no token for a
// page and the user signs in there: it has nothing about the operations.
func (a *API) documentationRoutes(r *ginauth.Router) {
	if !a.documented() {
		return
	}
	public := r.Public().Hidden()
	for _, asset := range a.site.Assets() {
		public.GET(asset.Path, plain(asset.Handler))
	}
	if a.config.Docs == config.DocsProtected {
		callers := r.Require().Hidden()
		callers.GET("/openapi.json", ginauth.Plain(gin.WrapH(a.site.Document())))
		callers.POST("/docs/inspect", a.Inspect)
		return
	}
	public.GET("/openapi.json", plain(a.site.Document()))
	r.Optional().Hidden().POST("/docs/inspect", a.Inspect)
}

// plain returns a handler of net/http as a public handler.
func plain(h http.Handler) ginauth.PublicHandler {
	return func(c *gin.Context) error {
		h.ServeHTTP(c.Writer, c.Request)
		return nil
	}
}

// ProblemList returns every problem type.
//
//	@Summary		All problems
//	@Description	Lists every `code` that a problem can have: a page for browsers, JSON for programs.
//	@ID				listProblems
//	@Tags			service
//	@Produce		json,html
//	@Success		200	{object}	ProblemTypes
//	@Header			200	{string}	ETag	"Version of the list, for If-None-Match."
//	@Success		304	"The page is what the caller has."
//	@Router			/problems [get]
func (a *API) ProblemList(c *gin.Context) error {
	a.site.Index(c.Writer, c.Request)
	return nil
}

// ProblemPage returns what a code means and how to fix the problem.
//
//	@Summary		One problem
//	@Description	Explains what a problem's `code` means and how to fix it: a page for browsers, JSON for programs. It is the `type` of such problems.
//	@ID				getProblem
//	@Tags			service
//	@Produce		json,html
//	@Param			code	path		string	true	"The code of a problem."	extensions(x-example=token-expired)
//	@Success		200		{object}	ProblemType
//	@Header			200		{string}	ETag	"Version of the page, for If-None-Match."
//	@Success		304		"The page is what the caller has."
//	@Failure		404		{object}	problem.Body
//	@Router			/problems/{code} [get]
func (a *API) ProblemPage(c *gin.Context) error {
	if !a.site.Problem(c.Writer, c.Request, c.Param("code")) {
		return problem.NotFound
	}
	return nil
}

// A ProblemType is an entry of the registry of problem types.
type ProblemType struct {
	Type     string   `json:"type" format:"uri" example:"http://localhost:8080/problems/token-expired"` // its page
	Code     string   `json:"code" example:"token-expired"`                                             // its stable name
	Status   int      `json:"status" example:"401"`                                                     // HTTP status
	Error    string   `json:"error,omitempty" example:"invalid_token"`                                  // error code of the challenge (RFC 6750)
	Title    string   `json:"title" example:"Token expired"`
	Detail   string   `json:"detail" example:"The access token expired."`
	Hint     string   `json:"hint" example:"Refresh it and retry once."`
	Causes   []string `json:"causes,omitempty"`   // the usual ones
	Operator string   `json:"operator,omitempty"` // what the operator should look for
} // @name ProblemType

// ProblemTypes is the registry of problem types.
type ProblemTypes struct {
	Problems []ProblemType `json:"problems"`
} // @name ProblemTypes
