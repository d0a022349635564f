package auth

import (
	"errors"

	"example.com/gatehouse/problem"
)

// lookingAt returns the error of a token whose header is rejected. One of a shared secret is often another kind of token,
// which its own marks name: they are not verified, and the token is rejected whatever they say.
func (c *candidate) lookingAt(err error, payload []byte) error {
	o, ok := errors.AsType[*observed](err)
	if !ok || !c.header.symmetric() || c.parse(payload) != nil {
		return err
	}
	switch c.kind() {
	case refreshToken:
		o.Variant = problem.LooksRefresh
	case idToken:
		if c.idMark() != "" {
			o.Variant = problem.LooksIDSecret
		}
	}
	return err
}

// looksLike returns what a token of another typ looks like by its own marks.
func (c *candidate) looksLike() *problem.Variant {
	switch kind := c.kind(); {
	case kind == refreshToken:
		return problem.LooksRefreshSigned
	case kind == logoutToken:
		return problem.LogoutToken
	case c.claims.has("htm"):
		return problem.ProofSent
	case kind == idToken && c.idMark() != "":
		return problem.LooksID
	}
	return problem.TypeOther
}

// idMark returns the claim by which a token says that it is an ID token, or nothing.
func (c *candidate) idMark() string {
	for _, name := range append([]string{"at_hash", "c_hash", "s_hash", "nonce"}, c.rules.idMarks...) {
		if c.claims.has(name) {
			return name
		}
	}
	for _, name := range purposeClaims {
		if claim := c.claims.member(name); claim.kind() == '"' && purpose(claim.text()) == "id" {
			return name
		}
	}
	return ""
}
