package auth

import (
	"slices"
	"strings"
	"time"
)

// A candidate is a token that is being verified. It is reused for other tokens: a Principal must not point into it.
type candidate struct {
	buffer      []byte // for decoding
	header      header
	payload     string
	claims      claims
	client      stringClaim  // the claim that names the client
	clientClaim string       // its name
	scopes      stringsClaim // what the claims with scopes hold
	roles       stringsClaim // what the claims with roles hold
	odd         []string     // optional claims of an odd type, which grant nothing

	delegated bool // a user granted the scopes, where others stand for those of applications

	config   *Config
	rules    *rules
	provider *Provider
	key      *key // that signed it; nil if that is not known
	now      time.Time
}

// parse reads the claims.
func (c *candidate) parse(payload []byte) error {
	var err error
	c.claims.exact, c.claims.answer = c.rules.exact, c.rules.answer
	if c.claims.members == nil {
		c.claims.members = make([]member, 0, 32)
	}
	c.payload, err = decodeObject(payload, &c.claims)
	c.interpret()
	return err
}

// interpret reads the claims as the rules say.
func (c *candidate) interpret() {
	c.odd = nil
	c.clientClaim, c.client = c.findClient()
	c.scopes = c.collect(c.rules.scopes, c.rules.exactScopes, commas)
	c.delegated = c.claims.has(c.rules.delegated...)
	if len(c.rules.appScopes) > 0 && !c.delegated {
		c.scopes = c.collect(c.rules.appScopes, false, commas)
	}
	if c.rules.prefix != "" {
		for i, scope := range c.scopes.values {
			c.scopes.values[i] = strings.TrimPrefix(scope, c.rules.prefix)
		}
	}
	between := commas
	if c.rules.whole {
		between = nothing
	}
	c.roles = c.collect(c.rules.roles, c.rules.exactRoles, between)
	if !c.rules.exact {
		c.ignoreInvalid(&c.claims.ACR.state, "acr")
		c.ignoreInvalid(&c.claims.AuthTime.state, "auth_time")
	}
	if c.rules.mayMiss("jti") {
		c.ignoreInvalid(&c.claims.ID.state, "jti")
	}
	if c.rules.mayMiss("iat") {
		c.ignoreInvalid(&c.claims.IssuedAt.state, "iat")
	}
}

// ignoreInvalid makes an optional claim of an odd type absent.
func (c *candidate) ignoreInvalid(s *state, name string) {
	if *s == invalid {
		*s, c.odd = absent, append(c.odd, name)
	}
}

// collect returns the names at all places together. With exact types, the value of an odd type is invalid.
func (c *candidate) collect(places []string, exact bool, between string) stringsClaim {
	var all stringsClaim
	for _, place := range places {
		var one stringsClaim
		if exact {
			one = exactly(c.claims.member(place), place == "roles")
		} else {
			one = find(place, c.claims.member).names(between)
		}
		switch {
		case one.state == absent:
		case one.state == invalid && !exact:
			c.odd = append(c.odd, place)
		case all.state == absent:
			all = one
		default:
			all.state, all.values = max(all.state, one.state), union(all.values, one.values)
		}
	}
	return all
}

// exactly returns the names of a value with the types of RFC 9068: roles as an array or one string (section 2.2.3.1), and
// scopes as a string of words (section 2.2.3).
func exactly(v value, roles bool) stringsClaim {
	switch {
	case roles:
		return v.strings()
	case v != "" && v.kind() != '"':
		return stringsClaim{state: invalid}
	}
	return v.names(spaces)
}

// findClient returns the first claim that names the client.
func (c *candidate) findClient() (string, stringClaim) {
	for _, name := range c.rules.clientClaims {
		var claim stringClaim
		switch name {
		case "aud":
			claim = c.audienceClient()
		case "iss":
			if c.claims.Audience.state != absent {
				continue // the token is for an audience of its own, and says nothing of its client
			}
			claim = stringClaim{c.claims.Issuer.state, c.claims.Issuer.value[strings.LastIndexByte(c.claims.Issuer.value, '/')+1:]}
		default:
			claim = c.claims.member(name).string()
		}
		if claim.state == valid || claim.state == invalid && !c.rules.mayMiss("client") {
			return name, claim
		}
	}
	return "", stringClaim{}
}

// userClaims are those of tokens for a user.
var userClaims = []string{
	"auth_time", "amr", "sid", "idp", "name", "given_name", "family_name", "nickname", "email", "phone_number", "preferred_username",
	"username", "upn", "unique_name", "nonce", "session_state",
}

// withoutUser reports whether a token without sub is for the client itself. Where the profile says what marks machines, it
// must have that; elsewhere nothing of a user, nor a scope of OpenID Connect, whose requests always have one.
func (c *candidate) withoutUser() bool {
	switch {
	case !c.rules.mayMiss("sub"), c.claims.Subject.state != absent:
		return false
	case len(c.rules.machine) > 0:
		return c.markedMachine()
	}
	return !c.ofUser()
}

func (c *candidate) ofUser() bool {
	return c.claims.has(userClaims...) || slices.Contains(c.scopes.values, "openid")
}

func (c *candidate) markedMachine() bool {
	return slices.ContainsFunc(c.rules.machine, func(q condition) bool { return q.holds(c) })
}

// machine reports whether the caller is an application on its own behalf: with the client credentials grant, sub is the
// client (RFC 9068, section 2.2) or, at some providers, absent, or what the profile says.
func (c *candidate) machine() bool {
	switch {
	case c.rules.mayMiss("sub") && c.claims.Subject.state != absent:
		return false // a machine has none
	case c.delegated:
		return false
	case c.withoutUser(), c.markedMachine():
		return true
	}
	return c.claims.Subject.value == c.client.value
}

// subject returns whom the token is for.
func (c *candidate) subject() string {
	if c.withoutUser() {
		return c.client.value
	}
	return c.claims.Subject.value
}

// session returns the session of the user at the provider, or nothing (OpenID Connect Front-Channel Logout, section 3).
func (c *candidate) session() string {
	return c.claims.member("sid").string().value
}

// principal returns the caller that a valid token describes.
func (c *candidate) principal(key *key) *Principal {
	caller := user
	if c.machine() {
		caller = client
	}
	return &Principal{
		Issuer:    c.claims.Issuer.value,
		Subject:   c.subject(),
		ClientID:  c.client.value,
		TokenID:   c.claims.ID.value,
		SessionID: c.session(),
		Scopes:    c.scopes.values,
		Roles:     c.roles.values,
		IssuedAt:  c.claims.IssuedAt.time,
		ExpiresAt: c.claims.Expiry.time,
		ACR:       c.claims.ACR.value,
		SignedIn:  c.claims.AuthTime.time,
		caller:    caller,
		typ:       c.header.typ.value,
		config:    c.config,
		provider:  c.provider,
		payload:   c.payload,
		key:       key,
	}
}
