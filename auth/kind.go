package auth

import "slices"

// The kinds of tokens that an issuer signs with the same keys and that are often confused.
const (
	accessToken = "an access token"
	idToken     = "an ID token"
)

// kind says what kind of token this is.
func (c *candidate) kind() string {
	switch claims := &c.claims; {
	case claims.Nonce || claims.AtHash || claims.CHash || claims.SHash || claims.Use.value == "id" || claims.Type.value == "ID":
		return idToken
	case claims.Type.value == "Refresh", claims.Type.value == "Offline":
		return "a refresh token"
	case claims.Events, claims.Type.value == "Logout":
		return "a logout or security event token"
	case claims.Method:
		return "a DPoP proof"
	case c.looksLikeIDToken():
		return idToken
	}
	return accessToken
}

// looksLikeIDToken reports whether the audience is that of an ID token, and nothing says that it is an access token.
// The audience of an ID token is its client, alone or, as azp says then, beside others (OpenID Connect Core, section
// 2). A nonce is only there if the client sent one.
func (c *candidate) looksLikeIDToken() bool {
	audience, azp := c.claims.Audience.values, c.claims.AuthorizedParty
	switch {
	case c.marked():
		return false
	case azp.state == valid && slices.Contains(audience, azp.value):
		return true
	}
	other := func(name string) bool { return !c.claims.namesClient(name) }
	return len(audience) > 0 && !slices.ContainsFunc(audience, other)
}

// marked reports whether a token says in one of the known ways that it is an access token. A scope is one of them: it
// says what an access token allows, and ID tokens have none.
func (c *candidate) marked() bool {
	claims := &c.claims
	return mediaType(c.header.typ.value) == "at+jwt" || claims.Scope.state != absent || claims.Scopes.state != absent ||
		claims.Use.value == "access" || claims.Type.value == "Bearer"
}

// certain reports whether a token is an access token and could not be an ID token: it is marked, or its client is
// known and not in its audience.
func (c *candidate) certain() bool {
	claims := &c.claims
	switch {
	case c.kind() != accessToken:
		return false
	case c.marked():
		return true
	}
	known := claims.AuthorizedParty.state == valid || claims.ClientID.state == valid || claims.OktaClientID.state == valid
	return known && len(claims.Audience.values) > 0 && !slices.ContainsFunc(claims.Audience.values, claims.namesClient)
}

// namesClient reports whether a claim says that the token's client is the one of that name.
func (c *claims) namesClient(name string) bool {
	for _, claim := range [...]stringClaim{c.AuthorizedParty, c.ClientID, c.OktaClientID} {
		if claim.state == valid && claim.value == name {
			return true
		}
	}
	return false
}
