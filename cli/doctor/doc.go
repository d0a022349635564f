// Package doctor is the command that checks the configuration, and the provider that it names, before
// callers do.
//
// [Command] makes every check that is possible and prints one line for each: ok, warning or failure, what
// it found, and for a warning or a failure what to do. A failure is what would reject valid tokens or
// accept others; a warning is for a person to decide. The exit status is 1 if there is a failure.
//
//	settings.go       the variables: those that cannot be read, typos, and values that are dangerous in production
//	provider.go       discovery: does the provider respond, under the same issuer, with the same time, with PKCE
//	keys.go           the key set: which keys can verify tokens, and do they match the provider's algorithms
//	authorization.go  the request with which Swagger UI signs users in: does the provider respond with a page of sign-in
//	token.go          a token on standard input: is it accepted, and which routes allow it
//
// Only metadata, the key set, the authorization endpoint and the API's own /healthz are requested. Redirects are
// reported, not followed.
package doctor
