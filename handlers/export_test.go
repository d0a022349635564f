package handlers

import "example.com/gatehouse/auth/ginauth"

// Router declares further routes of a test.
func (a *API) Router() *ginauth.Router { return a.router }
