package handlers

import (
	"net/http"
	"net/url"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs"
	"example.com/gatehouse/docs/openapi"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// documentation returns the site that documents this API.
func (a *API) documentation() (*docs.Site, error) {
	var hint string
	if a.config.Development {
		hint = "Press Authorize and pick alice, who is an admin, or bob, who is not."
	}
	var issuers []openapi.Issuer
	for i, one := range a.config.Issuers() {
		issuers = append(issuers, openapi.Issuer{
			Suffix: one.Suffix(), URL: one.Issuer, ScopePrefix: one.Scopes(), DiscoveryURL: one.DiscoveryURL,
			Endpoint: a.parts.Verifier.Issuers()[i].Provider().Endpoint,
			ClientID: one.DocsClientID, AuthorizeParams: single(one.AuthorizeParams()),
		})
	}
	return docs.New(docs.Config{
		Config: openapi.Config{
			Title: config.Name, PublicURL: a.config.PublicURL, Issuers: issuers, Audience: a.config.Audience,
			Challenger: a.problems.Challenger, Minimal: a.config.MinimalErrors, Scopes: Scopes(),
		},
		Path: config.DocsPath, BasePath: a.config.BasePath(), SignInHint: hint,
		NoUI: !a.documented(), Protected: a.config.Docs == config.DocsProtected,
	})
}

// single returns the first value of each parameter: Swagger UI sends one.
func single(values url.Values) map[string]string {
	all := make(map[string]string, len(values))
	for name := range values {
		all[name] = values.Get(name)
	}
	return all
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
	a.inspectorRoute(r) // part:inspector
	if a.config.Docs == config.DocsProtected {
		r.Require().Hidden().GET("/openapi.json", func(c *gin.Context, _ *auth.Principal) error { return a.document(c) })
		return
	}
	public.GET("/openapi.json", a.document)
}

// document serves the OpenAPI document: with ?security=bearer, the one with one way to authenticate.
func (a *API) document(c *gin.Context) error {
	query, err := queryOf(c, "security")
	if err == nil && query.Has("security") && query.Get("security") != "bearer" {
		err = parameterError(nil, "security", "must be bearer", nil)
	}
	if err != nil {
		return err
	}
	a.site.Document().ServeHTTP(c.Writer, c.Request)
	return nil
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
//	@Success		200	{object}	docs.ProblemTypes
//	@Header			200	{string}	ETag	"Version of the list, for If-None-Match."
//	@Router			/problems [get]
func (a *API) ProblemList(c *gin.Context) error {
	a.site.Index(c.Writer, c.Request)
	return nil
}

// ProblemPage returns what a code means and how to fix the problem.
//
//	@Summary		One problem
//	@Description	Explains what the `code` of a problem means and how to fix it: a page for browsers, JSON for programs. It is the `type` of such problems.
//	@ID				getProblem
//	@Tags			service
//	@Produce		json,html
//	@Success		200	{object}	docs.ProblemType
//	@Header			200	{string}	ETag	"Version of the page, for If-None-Match."
//	@Router			/problems/{code} [get]
func (a *API) ProblemPage(c *gin.Context) error {
	if !a.site.Problem(c.Writer, c.Request, c.Param("code")) {
		return problem.NotFound
	}
	return nil
}
