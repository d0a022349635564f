package auth

import (
	"strings"
	"sync/atomic"
	"time"

	"example.com/gatehouse/problem"
)

// Revocations know which tokens were revoked before they expired. They are asked about every token that is valid otherwise,
// also about those in the cache, by several goroutines at once.
type Revocations interface {
	// Revoked returns what the caller of a revoked token learns, and for the log what was revoked; nil for another token.
	Revoked(Revocable) (variant *problem.Variant, what string)

	// Outdated says in a sentence that is safe to publish why tokens may have been revoked that are accepted, or nothing.
	Outdated() string
}

// A Revocable has what a token can be revoked by. Members that the token does not have are empty or zero.
type Revocable struct {
	Issuer, ID, Subject, Session string
	IssuedAt, ExpiresAt          time.Time
	Genuine                      bool // its signature is valid; otherwise it is only explained
}

// SetRevocations makes the verifier reject the tokens that were revoked.
func (v *Verifier) SetRevocations(r Revocations) { v.config.revocations.Store(&r) }

// revocations are those of a verifier, once they are known.
type revocations struct{ atomic.Pointer[Revocations] }

// find returns what Revoked does.
func (r *revocations) find(t Revocable) (variant *problem.Variant, what string) {
	if r == nil { // of a configuration without a verifier
		return nil, ""
	}
	if known := r.Load(); known != nil {
		return (*known).Revoked(t)
	}
	return nil, ""
}

// revoked reports whether the token of a caller was revoked.
func (p *Principal) revoked() bool {
	t := Revocable{p.config.revocationIssuer(p.Issuer), p.TokenID, p.Subject, p.SessionID, p.IssuedAt, p.ExpiresAt, true}
	variant, _ := p.config.revocations.find(t)
	return variant != nil
}

// revocationIssuer returns the issuer that revocations of a token name: the configured one, by whatever name the provider
// writes it or leaves it out, and of several tenants the token's own.
func (c *Config) revocationIssuer(iss string) string {
	if strings.Contains(c.Issuer, TenantTemplate) {
		return iss
	}
	return c.Issuer
}

// revoked returns what Revoked does.
func (c *candidate) revoked() (variant *problem.Variant, what string) {
	return c.config.revocations.find(Revocable{
		Issuer: c.config.revocationIssuer(c.claims.Issuer.value), ID: c.claims.ID.value, Subject: c.subject(), Session: c.session(),
		IssuedAt: c.claims.IssuedAt.time, ExpiresAt: c.claims.Expiry.time, Genuine: c.key != nil,
	})
}

// revocationCheck is the name of the check that fails for a token that was revoked. It is the last one.
const revocationCheck = "revocation"

func checkRevocation(c *candidate) *problem.Variant {
	variant, _ := c.revoked()
	return variant
}

// describeRevocation has nothing to say of a token that was not revoked.
func describeRevocation(c *candidate) (expected, actual string) {
	if variant, what := c.revoked(); variant != nil {
		return "not revoked", what
	}
	return "", ""
}
