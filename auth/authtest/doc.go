// Package authtest is an OpenID provider for tests: it signs every kind of token, valid or not, and fails in every way
// that a provider can.
//
//	issuer := authtest.Start(t, "https://api.example.com")
//	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{issuer.Audience}})
//
//	issuer.Token()                                          // a valid access token of alice
//	issuer.Token(authtest.Claims{"scope": "items:read"})    // with another claim
//	issuer.Token(authtest.Claims{"exp": 946684800})         // an expired one
//	issuer.Token(authtest.Claims{"aud": nil})               // one without a claim
//	issuer.IDToken()                                        // another kind of token
//	issuer.Sign(map[string]any{"typ": "JWT"}, issuer.Claims())  // another header
//	authtest.NewKey("ES256").Sign(nil, issuer.Claims())     // a key that the issuer does not publish
//
// Keys change as at a real provider: [Issuer.Publish] adds one, [Issuer.SignWith] selects it, [Issuer.Swap] replaces all
// others. [Issuer.Break] makes the provider fail:
//
//	issuer.Break(authtest.Down)
//	issuer.Break(issuer.On("/jwks", authtest.Garbage))
//	issuer.Break(nil)
//
// part:introspection:begin
// [Issuer.Opaque] issues a token that is not a JWT, and the issuer introspects tokens of both kinds until [Issuer.Revoke]:
//
//	issuer.Opaque(authtest.Claims{"scope": "items:read"})
//	issuer.SignAnswers(nil, nil)                            // answers are signed (RFC 9701)
//	issuer.Break(issuer.On("/introspect", authtest.Answer(map[string]any{"active": "true"})))
//
// part:introspection:end
// [New] returns an issuer without a server, for tests with a fake clock (testing/synctest): pass it as the Transport of
// auth.Config.
package authtest
