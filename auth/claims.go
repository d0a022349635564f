package auth

import (
	"slices"
	"strings"
)

// claims is the payload of a token, as far as it is validated.
type claims struct {
	Issuer          stringClaim
	Subject         stringClaim
	Audience        stringsClaim
	Expiry          dateClaim
	NotBefore       dateClaim
	IssuedAt        dateClaim
	ID              stringClaim // jti
	AuthorizedParty stringClaim // azp
	ACR             stringClaim
	AuthTime        dateClaim

	exact   bool // null is a value
	answer  bool // of introspection, where null is the absence of any member
	members []member
}

// A member is a claim as it stands in the token.
type member struct {
	name  string
	value value
}

// read implements [object].
func (c *claims) read(name string, v value) {
	if v == "null" && (c.answer || !c.exact && nullable(name)) {
		return
	}
	c.members = append(c.members, member{name, v})
	switch name {
	case "iss":
		c.Issuer = v.string()
	case "sub":
		c.Subject = v.string()
	case "aud":
		c.Audience = v.strings()
	case "exp":
		c.Expiry = v.date()
	case "nbf":
		c.NotBefore = v.date()
	case "iat":
		c.IssuedAt = v.date()
	case "jti":
		c.ID = v.string()
	case "azp":
		c.AuthorizedParty = v.string()
	case "acr":
		c.ACR = v.string()
	case "auth_time":
		c.AuthTime = v.date()
	}
}

// nullable reports whether null stands for the absence of a claim. It does not for those that are always compared, nor
// for those that tell kinds of tokens apart.
func nullable(name string) bool {
	switch name {
	case "iss", "aud", "exp", "nbf", "cnf", "nonce", "at_hash", "c_hash", "s_hash", "events", "htm":
		return false
	}
	return true
}

// member returns the claim of that name, or nothing.
func (c *claims) member(name string) value {
	for i := range c.members {
		if c.members[i].name == name {
			return c.members[i].value
		}
	}
	return ""
}

// has reports whether there is one of the claims.
func (c *claims) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return c.member(name) != "" })
}

// What is between the names in a text. RFC 6749, section 3.3, has spaces; some providers join names with commas.
const (
	spaces     = " "
	commas     = " ,"
	nothing    = ""                       // the text is one name
	separators = " ,;|+\"'[]\t\r\n\u00a0" // of names that were joined by mistake
)

// words returns the names in a text.
func words(text, between string) []string {
	switch {
	case text == "":
		return nil
	case between == nothing:
		return []string{text}
	}
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(between, r) })
}

// names returns the roles or scopes that a value holds: the strings of an array or their members key or name, the words of a
// string, or the keys of an object whose value is neither false nor null. A value of another type holds none.
func (v value) names(between string) stringsClaim {
	switch v.kind() {
	case '"':
		return stringsClaim{state: valid, values: words(v.text(), between)}
	case '[':
		return v.elements()
	case '{':
		c := stringsClaim{state: valid}
		for name, one := range v.members() {
			if one != "false" && one != "null" {
				c.values = append(c.values, name)
			}
		}
		return c
	}
	return stringsClaim{state: v.stateOfOther()}
}

// elements is names for an array.
func (v value) elements() stringsClaim {
	c := stringsClaim{state: valid, values: make([]string, 0, 4)}
	for _, one := range v.members() {
		if one.kind() == '{' {
			key := one.member("key")
			if key.kind() != '"' {
				key = one.member("name")
			}
			one = key
		}
		switch one.kind() {
		case '"':
			c.values = append(c.values, one.text())
		case 'n':
		default:
			return stringsClaim{state: invalid}
		}
	}
	return c
}
