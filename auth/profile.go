package auth

import "fmt"

// A Profile says how a provider writes its access tokens. The zero Profile is RFC9068.
type Profile struct {
	name    string
	lenient bool // for providers from before RFC 9068
}

// RFC9068 is the profile of RFC 9068: typ is at+jwt, and iss, exp, aud, sub, client_id, iat and jti are required.
func RFC9068() Profile { return Profile{} }

// PlainJWT is for providers that do not follow RFC 9068: typ may also be JWT or absent, the client may be in azp or cid,
// the scopes in scp, and jti may be missing. Other kinds of tokens are still rejected, by the claims that only they have.
func PlainJWT() Profile { return Profile{name: "jwt", lenient: true} }

// ProfileByName returns the profile called rfc9068 or jwt.
func ProfileByName(name string) (Profile, error) {
	for _, p := range []Profile{RFC9068(), PlainJWT()} {
		if p.String() == name {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("there is no token profile %q: use rfc9068 or jwt", name)
}

// String returns the profile's name.
func (p Profile) String() string {
	if p.name == "" {
		return "rfc9068"
	}
	return p.name
}

// allowsType reports whether an access token may have this typ.
func (p Profile) allowsType(typ string) bool {
	switch mediaType(typ) {
	case "at+jwt":
		return true
	case "jwt", "":
		return p.lenient
	}
	return false
}

// types says which typ an access token may have.
func (p Profile) types() string {
	if p.lenient {
		return `"at+jwt", "JWT" or absent`
	}
	return `"at+jwt"`
}

// clientID returns the claim that names the client.
func (p Profile) clientID(c *claims) stringClaim {
	switch {
	case !p.lenient || c.ClientID.state != absent:
		return c.ClientID
	case c.AuthorizedParty.state != absent:
		return c.AuthorizedParty
	}
	return c.OktaClientID
}

// scopes returns the claim with the scopes that the token grants.
func (p Profile) scopes(c *claims) stringsClaim {
	switch {
	case !p.lenient || c.Scope.state != absent || c.Scopes.state == absent:
		return stringsClaim{state: c.Scope.state, values: words(c.Scope.value)}
	case c.Scopes.state == valid && !c.Scopes.array:
		return stringsClaim{state: valid, values: words(c.Scopes.values[0])}
	}
	return c.Scopes
}
