// Package devidp is Gatehouse's development identity provider: an OpenID Connect provider and OAuth 2.0
// authorization server that signs a user in with one click.
//
//	key, err := devidp.LoadKey(".dev/devidp.pem")
//	const api = "http://localhost:8080"
//	provider, err := devidp.New(devidp.Development("http://localhost:9000", api, api+"/docs/", key))
//	listener, err := devidp.Listen("localhost:9000")
//	err = http.Serve(listener, provider)
//
// Towards clients it is as strict as a production provider. It lacks what makes a provider fit for
// production: passwords, sessions, stored consent, persistence, TLS. Therefore it serves loopback
// addresses only, and the API's binary never contains it.
//
// A sign-in passes through these files:
//
//   - authorize.go validates the authorization request of the client;
//   - login.go shows the login page, and returns a code to the client when the user clicks;
//   - token.go exchanges the code for tokens;
//   - grant.go holds what the user allowed, which bounds every token;
//   - issue.go builds the tokens, and jwt.go signs them.
//
// Programs without a browser use device.go (RFC 8628). An API exchanges its caller's
// token for one of another API in exchange.go (RFC 8693). client.go authenticates clients, error.go
// writes the errors of the protocol, table.go stores codes and tokens in memory.
package devidp
