package handlers

import (
	"net/http"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"github.com/gin-gonic/gin"
)

// An Index is where to begin for a client that knows nothing but the URL of the API.
type Index struct {
	Name    string            `json:"name" example:"Gatehouse"`
	Version string            `json:"version" example:"v1.0.0"`
	Links   map[string]string `json:"links" example:"docs:http://localhost:8080/docs/"` // where to continue
	Subject string            `json:"subject,omitempty" example:"alice"`                // the caller, if there is one
}

// Index returns the links of the API, to anonymous callers as well.
//
//	@Summary		Start here
//	@Description	Returns the name of the API and links to its parts. With a token, it also returns the subject of the caller.
//	@ID				getIndex
//	@Tags			service
//	@Success		200	{object}	Index
//	@Router			/ [get]
func (a *API) Index(c *gin.Context, caller *auth.Principal) error {
	index := Index{Name: config.Name, Version: config.Version(), Links: a.links()}
	if caller != nil {
		index.Subject = caller.Subject
	}
	return writeJSON(c, http.StatusOK, index)
}

func (a *API) links() map[string]string {
	links := map[string]string{
		"health":   a.config.PublicURL + "/readyz",
		"items":    a.config.PublicURL + "/items",
		"metadata": a.config.MetadataURL(),
		"problems": a.config.PublicURL + "/problems",
	}
	if a.documented() {
		links["docs"] = a.config.DocsURL()
		links["openapi"] = a.config.PublicURL + "/openapi.json"
	}
	return links
}

// Metadata is what a client needs to get a token for this API (RFC 9728, section 2).
type Metadata struct {
	Resource             string   `json:"resource" format:"uri" example:"http://localhost:8080"` // identifies this API
	AuthorizationServers []string `json:"authorization_servers" example:"http://localhost:9000"` // who issues tokens for it
	Scopes               []string `json:"scopes_supported,omitempty" example:"items:read,items:write"`
	BearerMethods        []string `json:"bearer_methods_supported" example:"header"`
	Name                 string   `json:"resource_name" example:"Gatehouse"`
	Documentation        string   `json:"resource_documentation,omitempty" format:"uri" example:"http://localhost:8080/docs/"`
}

// issuers returns every issuer whose tokens are accepted.
func (a *API) issuers() (all []string) {
	for _, one := range a.config.Issuers() {
		all = append(all, one.Issuer)
	}
	return all
}

// Metadata returns how to get a token for this API.
//
//	@Summary		Protected resource metadata
//	@Description	Returns the issuers of tokens for this API and the scopes that it knows (RFC 9728).
//	@ID				getMetadata
//	@Tags			service
//	@Success		200	{object}	Metadata
//	@Router			/.well-known/oauth-protected-resource [get]
func (a *API) Metadata(c *gin.Context) error {
	return writeJSON(c, http.StatusOK, Metadata{
		Resource:             a.config.PublicURL,
		AuthorizationServers: a.issuers(),
		Scopes:               a.config.Scopes().Add(ginauth.RequiredBy(a.table).Scopes),
		BearerMethods:        []string{"header"},
		Name:                 config.Name,
		Documentation:        a.links()["docs"],
	})
}
