package handlers

import (
	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs/openapi"
	"example.com/gatehouse/store"
)

// routes declares every route of the API, and what it requires of its caller.
func (a *API) routes(r *ginauth.Router) {
	r.Optional().GET("/", a.Index)

	r.Require().GET("/me", Me)
	r.Require("openid").GET("/me/profile", a.MyProfile)

	items := &Items{newResource(a, "/items", a.parts.Items)}
	// without:keys both := r.Accept(auth.Token)
	both := r.Accept(auth.Token, auth.Key) // part:keys
	read, write := both.Require("items:read"), both.Require("items:write")
	read.GET("/items", items.List)
	read.GET("/items/:id", ginauth.With(items.Owned, items.Get))
	write.POST("/items", items.Create)
	write.PUT("/items/:id", ginauth.With(items.Owned, items.Replace))
	write.PATCH("/items/:id", ginauth.With(items.Owned, items.Patch))
	write.DELETE("/items/:id", ginauth.With(items.Owned, items.Delete))

	admin := r.Group("/admin").Require("items:read").Role("admin")
	admin.GET("/items", items.ListAll)

	for _, e := range a.extensions {
		e.routes(a, r)
	}
	a.revocationRoutes(r) // part:revocation

	public := r.Public()
	public.GET("/healthz", Healthz)
	public.GET("/readyz", a.Readyz)
	public.GET(config.MetadataPath, a.Metadata)
	public.GET("/problems", a.ProblemList)
	public.GET("/problems/:code", a.ProblemPage)
	a.documentationRoutes(r)
}

// Stores are the stores of all resources, and the database that they are in.
type Stores struct {
	DB    Database
	Items ItemStore
}

// NewStores returns the stores in a database.
func NewStores(db *store.DB) Stores {
	return Stores{DB: db, Items: store.NewItems(db)}
}

// scopes are those of the routes here: see [Scopes].
var scopes = []openapi.Scope{
	{Name: "openid", Description: "Know who you are."},
	{Name: "items:read", Description: "See items."},
	{Name: "items:write", Description: "Create, change and delete items."},
}
