// Package outgoing calls other APIs, as this API itself or on behalf of a caller, and never with the caller's token.
//
//	orders, err := outgoing.New(verifier.Provider(), outgoing.Config{
//		Origin:       "https://orders.example.com",
//		ClientID:     "gatehouse",
//		ClientSecret: outgoing.Secret(os.Getenv("CLIENT_SECRET")),
//		Resource:     "https://orders.example.com",
//		Scopes:       []string{"orders:read"},
//	})
//
//	response, err := orders.AsSelf().Do(request)
//	response, err := orders.OnBehalfOf(caller, c.Request).Do(request)
//
// Requests take c.Request.Context(), and not c itself, which gin reuses for the next request.
//
// A caller's token is for this API only. Another API must reject it, and one that does not could use it in turn, here
// and wherever else it is valid (RFC 9700, section 2.3). So the provider issues another token: by the client
// credentials grant (RFC 6749, section 4.4), or in exchange for the caller's (RFC 8693). It tells the other API for
// whom this one acts, and allows no more than its scopes say.
//
// For each request, in this order:
//
//	authorize   the request is for the configured origin; the caller has a token
//	token       from the cache, or from the provider: one request for all that wait for it
//	tokenError  what an error of the provider means for the caller
//	RoundTrip   the call itself, with a limit on its time and its response
//
// A handler returns an error about a token as it is:
//
//	problem.TokenInactive    the provider does not accept the caller's token any more: 401
//	problem.AuthUnavailable  the provider does not respond: 503
//	*ProviderError           the provider rejects this API's client: no problem type, because it is a server error
//
// The handler itself decides what a response of the other API means, and a call without one.
package outgoing
