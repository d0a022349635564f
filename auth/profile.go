package auth

import "fmt"

// A Profile says how a provider writes its access tokens. The zero Profile is RFC 9068.
type Profile struct {
	name    string
	lenient bool // for providers from before RFC 9068
}

// RFC9068 is the profile of RFC 9068: typ is at+jwt, and iss, exp, aud, sub, client_id, iat and jti
// are required.
func RFC9068() Profile { return Profile{} }

// PlainJWT is for providers that do not follow RFC 9068: typ may be JWT or absent too, the client may stand
// in azp or cid, scopes in scp, and jti may be missing. Other kinds of tokens are still refused, by
// the claims that only they have.
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

// clientID returns the claim that names the client.
func (p Profile) clientID(c *claims) text {
	if p.lenient && c.ClientID.state == absent {
		if c.Party.state != absent {
			return c.Party
		}
		return c.OktaID
	}
	return c.ClientID
}

// scopes returns the scopes that a token grants. A claim that cannot be read grants nothing and is
// invalid.
func (p Profile) scopes(c *claims) ([]string, state) {
	if p.lenient && c.Scope.state == absent && c.Scopes.state != absent {
		if c.Scopes.state == valid && !c.Scopes.array {
			return words(c.Scopes.values[0]), valid
		}
		return c.Scopes.values, c.Scopes.state
	}
	return words(c.Scope.value), c.Scope.state
}
