package auth

import "strings"

// claims is the payload of a token, as far as it is validated.
type claims struct {
	Issuer          stringClaim
	Subject         stringClaim
	Audience        stringsClaim
	Expiry          dateClaim
	NotBefore       dateClaim
	IssuedAt        dateClaim
	ID              stringClaim // jti
	ClientID        stringClaim
	AuthorizedParty stringClaim // azp
	OktaClientID    stringClaim // cid
	Scope           stringClaim
	Scopes          stringsClaim // scp
	Roles           stringsClaim
	ACR             stringClaim
	AuthTime        dateClaim
	Confirmation    bool // cnf

	// Claims of other kinds of tokens, which access tokens do not have.
	Nonce  bool
	AtHash bool
	CHash  bool
	SHash  bool
	Events bool
	Method bool        // htm
	Use    stringClaim // token_use
	Type   stringClaim // typ
}

// read implements [object].
func (c *claims) read(name string, r *jsonReader) {
	switch name {
	case "iss":
		c.Issuer = r.string()
	case "sub":
		c.Subject = r.string()
	case "aud":
		c.Audience = r.strings()
	case "exp":
		c.Expiry = r.date()
	case "nbf":
		c.NotBefore = r.date()
	case "iat":
		c.IssuedAt = r.date()
	case "jti":
		c.ID = r.string()
	case "client_id":
		c.ClientID = r.string()
	case "azp":
		c.AuthorizedParty = r.string()
	case "cid":
		c.OktaClientID = r.string()
	case "scope":
		c.Scope = r.string()
	case "scp":
		c.Scopes = r.strings()
	case "roles":
		c.Roles = r.strings()
	case "acr":
		c.ACR = r.string()
	case "auth_time":
		c.AuthTime = r.date()
	case "cnf":
		c.Confirmation = r.present()
	case "nonce":
		c.Nonce = r.present()
	case "at_hash":
		c.AtHash = r.present()
	case "c_hash":
		c.CHash = r.present()
	case "s_hash":
		c.SHash = r.present()
	case "events":
		c.Events = r.present()
	case "htm":
		c.Method = r.present()
	case "token_use":
		c.Use = r.string()
	case "typ":
		c.Type = r.string()
	default:
		r.any()
	}
}

// words returns the members of a space-separated list (RFC 6749, section 3.3).
func words(list string) []string {
	if list == "" {
		return nil
	}
	all := make([]string, 0, strings.Count(list, " ")+1)
	for word := range strings.SplitSeq(list, " ") {
		if word != "" {
			all = append(all, word)
		}
	}
	return all
}
