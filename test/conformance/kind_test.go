package conformance

import (
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

func plainJWT() apitest.Option { return apitest.Env("TOKEN_PROFILE=jwt") }

// TestOnlyAccessTokensAreAccepted sends the other JWTs that an issuer signs with the same key.
func TestOnlyAccessTokensAreAccepted(t *testing.T) {
	t.Parallel()
	for profile, options := range map[string][]apitest.Option{"RFC 9068": nil, "plain JWT": {plainJWT()}} {
		t.Run(profile, func(t *testing.T) {
			a := start(t, options...)
			for name, claims := range map[string]authtest.Claims{
				"C09 nonce":                       {"nonce": "n-0S6_WzA2Mj"},
				"C09 a nonce that is null":        {"nonce": null},
				"C09 at_hash":                     {"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"},
				"C09 c_hash":                      {"c_hash": "LDktKdoQak3Pk0cnXxCltA"},
				"C09 s_hash":                      {"s_hash": "77QmUPtjPfzWtF2AnpK9RQ"},
				"C09 the claim token_use id":      {"token_use": "id"},
				"C09 the claim typ ID":            {"typ": "ID"},
				"C10 the claim typ Refresh":       {"typ": "Refresh"},
				"C10 the claim typ Offline":       {"typ": "Offline"},
				"C10 the claim typ Logout":        {"typ": "Logout"},
				"C10 events of a logout token":    {"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}},
				"C10 htm and htu of a DPoP proof": {"htm": "GET", "htu": publicURL + "/me"},
			} {
				t.Run(name, func(t *testing.T) { a.want(t, me(a.withClaims(claims)), "token-type-wrong") })
			}
			a.run(t, []row{
				{"C09 an ID token", me(a.Issuer.IDToken()), "token-type-wrong"},
				{"C09 an ID token with a scope", me(a.Issuer.IDToken(authtest.Claims{"scope": "items:read"})), "token-type-wrong"},
				{"C09 an ID token for this API", me(a.Issuer.IDToken(authtest.Claims{"aud": audience, "client_id": "docs", "jti": "1"})), "token-type-wrong"},
				{"C10 the claims typ Bearer, token_use access", me(a.withClaims(authtest.Claims{"typ": "Bearer", "token_use": "access"})), ""},
			})
		})
	}
}

func TestOtherTypesOfJWTAreRejected(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, typ := range map[string]string{
		"a logout token": "logout+jwt", "a security event": "secevent+jwt", "a DPoP proof": "dpop+jwt", "an authorization response": "JWT",
		"a client assertion": "client-authentication+jwt", "an introspection response": "token-introspection+jwt", "a request object": "oauth-authz-req+jwt",
	} {
		t.Run("C10 "+name, func(t *testing.T) { a.want(t, me(a.withHeader(header{"typ": typ})), "token-type-wrong") })
	}
}

func TestThePlainProfileNeedsFewerClaims(t *testing.T) {
	t.Parallel()
	a := start(t, plainJWT())
	forClient := authtest.Claims{"aud": audience, "azp": audience, "client_id": nil, "jti": nil}
	list := func(claims authtest.Claims) request { return get("/items", bearer(a.withClaims(claims))) }
	a.run(t, []row{
		{"C08 plain JWT: no typ and no jti", me(a.Issuer.Sign(header{}, a.Issuer.Claims(authtest.Claims{"jti": nil}))), ""},
		{"C08 plain JWT: azp for client_id", me(a.withClaims(authtest.Claims{"client_id": nil, "azp": "docs"})), ""},
		{"C08 plain JWT: no client", me(a.withClaims(authtest.Claims{"client_id": nil})), "claim-missing"},
		{"C10 plain JWT: typ is a number", me(a.withHeader(header{"typ": 5})), "token-type-wrong"},
		{"C10 plain JWT: typ of a logout token", me(a.withHeader(header{"typ": "logout+jwt"})), "token-type-wrong"},
		{"C09 plain JWT: the audience is the client, and no scope", me(a.Issuer.Sign(header{}, a.Issuer.Claims(forClient))), "token-type-wrong"},
		{"C09 plain JWT: the audience is the client, and a scope", me(a.Issuer.Sign(header{}, a.Issuer.Claims(forClient, authtest.Claims{"scope": ""}))), ""},
		{"C09 plain JWT: the audience is the client, and at+jwt", me(a.withClaims(forClient)), ""},
		{"C11 plain JWT: scp for scope", list(authtest.Claims{"scp": []string{"items:read"}}), ""},
		{"C11 plain JWT: scope and scp are added up", list(authtest.Claims{"scope": "x", "scp": []string{"items:read"}}), ""},
		{"C11 plain JWT: scp with a number grants nothing", list(authtest.Claims{"scp": []any{"items:read", 5}}), "scope-insufficient read"},
	})
}
