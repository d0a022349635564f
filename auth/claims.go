package auth

import "example.com/gatehouse/problem"

// claims is the payload of a token as far as rules judge it.
type claims struct {
	Issuer    text
	Subject   text
	Audience  texts
	Expiry    date
	NotBefore date
	IssuedAt  date
	ID        text
	ClientID  text
	Party     text // azp
	OktaID    text // cid
	Scope     text
	Scopes    texts // scp
	Roles     texts
	ACR       text
	AuthTime  date
	Binding   bool // cnf

	// What other kinds of tokens carry and access tokens do not.
	Nonce    bool
	AtHash   bool
	CHash    bool
	SHash    bool
	Events   bool
	Method   bool // htm
	Use      text // token_use
	Category text // typ
}

// parseClaims reads a payload.
func parseClaims(s *scratch, payload string) (*claims, error) {
	c := &s.claims
	*c = claims{}
	o := s.open(payload)
	for name, more := o.next(); more; name, more = o.next() {
		c.read(o, name)
	}
	if o.err != nil {
		return nil, newError(problem.TokenMalformed, "claims: %w", o.err)
	}
	return c, nil
}

// read reads the claim of that name.
func (c *claims) read(o *object, name string) {
	switch name {
	case "iss":
		c.Issuer = o.string()
	case "sub":
		c.Subject = o.string()
	case "aud":
		c.Audience = o.strings()
	case "exp":
		c.Expiry = o.date()
	case "nbf":
		c.NotBefore = o.date()
	case "iat":
		c.IssuedAt = o.date()
	case "jti":
		c.ID = o.string()
	case "client_id":
		c.ClientID = o.string()
	case "azp":
		c.Party = o.string()
	case "cid":
		c.OktaID = o.string()
	case "scope":
		c.Scope = o.string()
	case "scp":
		c.Scopes = o.strings()
	case "roles":
		c.Roles = o.strings()
	case "acr":
		c.ACR = o.string()
	case "auth_time":
		c.AuthTime = o.date()
	case "cnf":
		c.Binding = o.skip()
	case "nonce":
		c.Nonce = o.skip()
	case "at_hash":
		c.AtHash = o.skip()
	case "c_hash":
		c.CHash = o.skip()
	case "s_hash":
		c.SHash = o.skip()
	case "events":
		c.Events = o.skip()
	case "htm":
		c.Method = o.skip()
	case "token_use":
		c.Use = o.string()
	case "typ":
		c.Category = o.string()
	default:
		o.skip()
	}
}
