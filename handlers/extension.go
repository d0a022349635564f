package handlers

import (
	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/docs/openapi"
)

// An extension is a part of the API that has credentials, routes and scopes of its own.
type extension interface {
	schemes() []auth.Scheme
	routes(a *API, r *ginauth.Router)
	scopes() []openapi.Scope
}

// Without any, there is:
//
// without:keys func extensions(*config.Config, Parts) []extension { return nil }

// Scopes describes every scope that a route requires, for the users who grant them.
func Scopes() []openapi.Scope {
	all := scopes
	for _, e := range extensions(&config.Config{}, Parts{}) {
		all = append(all, e.scopes()...)
	}
	return all
}
