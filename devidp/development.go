package devidp

import "crypto/rsa"

// Development returns the documented provider for the API at the origin api: the users alice (role
// admin) and bob; the clients docs (the API's Swagger UI), cli (a program on this machine) and service
// (a machine, and the API itself when it calls other APIs for its callers). The audience of its tokens
// is api; append other APIs to Resources.
func Development(issuer, api string, key *rsa.PrivateKey) Config {
	return Config{
		Issuer:    issuer,
		Resources: []string{api},
		Key:       key,
		Users: []User{
			{Subject: "alice", Name: "Alice Archer", Email: "alice@example.com", Roles: []string{"admin"}},
			{Subject: "bob", Name: "Bob Baker", Email: "bob@example.com"},
		},
		Clients: []Client{{
			ID:                     "docs",
			RedirectURIs:           []string{api + "/docs/oauth2-redirect.html"},
			PostLogoutRedirectURIs: []string{api + "/docs/"},
			Grants:                 []string{AuthorizationCode, RefreshToken},
		}, {
			ID:       "cli",
			Loopback: true,
			Grants:   []string{AuthorizationCode, RefreshToken, DeviceCode},
		}, {
			ID:       "service",
			Secret:   "service-secret",
			Grants:   []string{ClientCredentials, TokenExchange},
			Resource: api,
		}},
	}
}
