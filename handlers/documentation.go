package handlers

import (
	"net/http"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs"
	"github.com/gin-gonic/gin"
)

// documentation returns the site that shows this API.
func (a *API) documentation() (*docs.Site, error) {
	return docs.New(docs.Config{
		Title: a.config.Name, PublicURL: a.config.Origin, Issuer: a.config.Issuer, Audience: a.config.Audience,
		Challenger: a.problems.Challenger, Reasons: Reasons(), Minimal: a.config.Minimal, Scopes: Scopes,
		Endpoint: a.verifier.Provider().Endpoint, ClientID: a.config.ClientID,
		SignInHint: a.config.SignInHint, NoUI: a.config.Docs == DocsOff, Protected: a.config.Docs == DocsProtected,
	})
}

// mountDocs declares the documentation's addresses, which it does not document itself. Where it is
// protected, the document asks for a token like any route. The page stays public, because a browser
// sends no token for a page and the page is where one signs in: it tells nothing of the operations.
func (a *API) mountDocs(r *ginauth.Router) {
	if a.config.Docs == DocsOff {
		return
	}
	public := r.Public().Hidden()
	for _, asset := range a.site.Assets() {
		public.GET(asset.Path, plain(asset.Handler))
	}
	if a.config.Docs == DocsProtected {
		callers := r.Require().Hidden()
		callers.GET("/openapi.json", ginauth.Plain(gin.WrapH(a.site.Document())))
		callers.POST("/docs/inspect", a.Inspect)
		return
	}
	public.GET("/openapi.json", plain(a.site.Document()))
	r.Optional().Hidden().POST("/docs/inspect", a.Inspect)
}

// plain adapts a handler of net/http.
func plain(h http.Handler) ginauth.PublicHandler {
	return func(c *gin.Context) error {
		h.ServeHTTP(c.Writer, c.Request)
		return nil
	}
}

// ProblemList answers with every code that a problem can have.
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

// ProblemPage answers with what a code means and how to mend it.
//
//	@Summary		One problem
//	@Description	Says what a problem's `code` means and how to mend it: a page for browsers, JSON for programs. It is the `type` of such problems.
//	@ID				getProblem
//	@Tags			service
//	@Produce		json,html
//	@Param			code	path		string	true	"The code of a problem."	extensions(x-example=token-expired)
//	@Success		200		{object}	ProblemType
//	@Header			200		{string}	ETag	"Version of the page, for If-None-Match."
//	@Success		304		"The page is what the caller has."
//	@Failure		404		{object}	Problem
//	@Router			/problems/{code} [get]
func (a *API) ProblemPage(c *gin.Context) error {
	if !a.site.Problem(c.Writer, c.Request, c.Param("code")) {
		return NotFound
	}
	return nil
}

// A ProblemType is an entry of the registry of problems.
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

// ProblemTypes is the registry of problems.
type ProblemTypes struct {
	Problems []ProblemType `json:"problems"`
} // @name ProblemTypes
