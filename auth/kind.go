package auth

import (
	"slices"
	"strings"
)

// The kinds of tokens that an issuer signs with the same keys and that are often confused.
const (
	accessToken  = "an access token"
	idToken      = "an ID token"
	refreshToken = "a refresh token"
	logoutToken  = "a logout or security event token"
	unmarked     = "a token without what the provider writes into access tokens"
)

// kind says what kind of token this is.
func (c *candidate) kind() string { return c.rules.kind(c) }

// tokenKind is kind for a JWT.
func (c *candidate) tokenKind() string {
	switch {
	case c.use("refresh", "offline"):
		return refreshToken
	case c.claims.has("events"), c.use("logout"):
		return logoutToken
	case c.claims.has("htm"):
		return "a DPoP proof"
	case c.claims.has("token_introspection"):
		return "an answer of introspection"
	case c.use("id"), c.saysIDToken():
		return idToken
	case !c.satisfies():
		return unmarked
	case c.looksLikeIDToken():
		return idToken
	}
	return accessToken
}

// purposeClaims say in a word of the provider what a token is for.
var purposeClaims = [...]string{"typ", "token_use", "token_type", "token_usage", "tokenType", "tokenName", "purpose"}

// use reports whether a claim says in one of these words what the token is for.
func (c *candidate) use(purposes ...string) bool { return c.purposeClaim(purposes...) != "" }

// purposeClaim returns the name of that claim, or nothing.
func (c *candidate) purposeClaim(purposes ...string) string {
	for _, name := range purposeClaims {
		word := purpose(c.claims.member(name).string().value)
		if slices.ContainsFunc(purposes, func(one string) bool { return strings.EqualFold(one, word) }) {
			return name
		}
	}
	return ""
}

// bound are the types of tokens that are bound to a key.
var bound = []string{"dpop", "pop", "mac"}

// purpose returns the word that says what a token is for: refresh of refresh_token, refresh-token, and of a URI that ends
// with one of these (RFC 8693, section 3).
func purpose(claim string) string {
	claim = claim[strings.LastIndexByte(claim, ':')+1:]
	if end := len(claim) - len("token"); end >= 0 && strings.EqualFold(claim[end:], "token") {
		claim = claim[:end]
	}
	return strings.TrimRight(claim, "-_ ")
}

// saysIDToken reports whether there is a claim that only ID tokens of the provider have. Some providers write such a claim
// into access tokens as well, which then must be marked.
func (c *candidate) saysIDToken() bool {
	for _, name := range [...]string{"nonce", "at_hash", "c_hash", "s_hash"} {
		if c.claims.has(name) && !(slices.Contains(c.rules.innocent, name) && c.marked()) {
			return true
		}
	}
	return c.claims.has(c.rules.idMarks...)
}

// satisfies reports whether the token has what every access token of the provider has.
func (c *candidate) satisfies() bool {
	holds := func(q condition) bool { return q.holds(c) }
	return len(c.rules.must) == 0 || slices.ContainsFunc(c.rules.must, holds)
}

// lacksScope reports whether the token lacks the scope that tells access tokens of the provider from its ID tokens.
func (c *candidate) lacksScope() bool {
	return slices.ContainsFunc(c.rules.must, func(q condition) bool { return q.claim == "scope" }) && !c.satisfies()
}

// typed reports whether the header says that this is an access token (RFC 9068, section 2.1).
func (c *candidate) typed() bool { return mediaType(c.header.typ.value) == "at+jwt" }

// looksLikeIDToken reports whether the audience is that of an ID token, and nothing says that it is an access token.
// The audience of an ID token is its client, alone or, as azp says then, beside others (OpenID Connect Core, section
// 2). A nonce is only there if the client sent one.
func (c *candidate) looksLikeIDToken() bool {
	audience, azp := c.claims.Audience.values, c.claims.AuthorizedParty
	switch {
	case c.marked(), len(audience) == 0:
		return false
	case c.client.state == absent && c.rules.mayMiss("client"):
		return true
	case azp.state == valid && slices.Contains(audience, azp.value):
		return true
	}
	other := func(name string) bool { return !c.claims.namesClient(name) }
	return !slices.ContainsFunc(audience, other)
}

// marked reports whether a token says in one of the known ways that it is an access token. A scope is one of them: it
// says what an access token allows, and ID tokens have none.
func (c *candidate) marked() bool {
	return c.typed() || c.claims.has(c.rules.marks...) || c.use("access", "bearer") ||
		len(c.rules.must) > 0 && c.satisfies()
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
	known := slices.ContainsFunc(list(clientClaims), func(name string) bool { return claims.member(name).kind() == '"' })
	return known && len(claims.Audience.values) > 0 && !slices.ContainsFunc(claims.Audience.values, claims.namesClient)
}

// namesClient reports whether a claim says that the token's client is the one of that name.
func (c *claims) namesClient(name string) bool {
	return slices.ContainsFunc(list(clientClaims), func(claim string) bool { return c.member(claim).string() == stringClaim{valid, name} })
}
