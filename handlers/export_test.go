package handlers

import "example.com/gatehouse/auth/ginauth"

// CheckPublicPath is what the start of the API checks.
var CheckPublicPath = checkPublicPath

// Router declares further routes of a test.
func (a *API) Router() *ginauth.Router { return a.router }
