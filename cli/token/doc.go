// Package token is the command that gets an access token from the provider and prints it.
//
// [Command] makes a request of its flags and the configuration: a client, scopes, and the API that the token
// is for. It prints the token that the cache has for that request, if it is valid for a while, or refreshes
// it, or gets a new one by one of three grants:
//
//	browser.go  authorization code with PKCE; the browser returns to a port of this machine (RFC 8252)
//	client.go   device code (RFC 8628), client credentials, and what all grants share
//	cache.go    files in the user's cache directory, mode 0600
//
// Codes, secrets and refresh tokens go only to endpoints that are https or on this machine, and a response
// that names another issuer is rejected (RFC 9207). Only the token is written to standard output.
package token
