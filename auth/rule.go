package auth

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A trial is a token whose signature is good, before the rules.
type trial struct {
	*claims
	config   *Config
	provider *Provider
	now      time.Time
}

// A rule judges one property of a token. The rules are in the order in which they are judged, and
// the first that fails gives the reason.
type rule struct {
	name  string
	judge func(t *trial) *problem.Type             // nil when it holds
	facts func(t *trial) (expected, actual string) // for the log, never for the caller
}

var rules = [...]rule{
	{"iss", judgeIssuer, func(t *trial) (string, string) {
		return quote(t.config.Issuer), t.Issuer.describe()
	}},
	{"kind", judgeKind, func(t *trial) (string, string) {
		return "an access token", t.kind()
	}},
	{"aud", judgeAudience, func(t *trial) (string, string) {
		return fmt.Sprintf("any of %q", t.config.Audience), t.Audience.describe()
	}},
	{"exp", judgeExpiry, func(t *trial) (string, string) {
		return "after " + stamp(t.now.Add(-t.config.Leeway)), t.Expiry.describe()
	}},
	{"nbf", judgeNotBefore, func(t *trial) (string, string) {
		return "absent or before " + stamp(t.now.Add(t.config.Leeway)), t.NotBefore.describe()
	}},
	{"iat", judgeIssuedAt, func(t *trial) (string, string) {
		return "before " + stamp(t.now.Add(t.config.Leeway)), t.IssuedAt.describe()
	}},
	{"sub", func(t *trial) *problem.Type { return judgeText(t.Subject) }, func(t *trial) (string, string) {
		return "a subject", t.Subject.describe()
	}},
	{"client_id", func(t *trial) *problem.Type { return judgeText(t.client()) }, func(t *trial) (string, string) {
		return "a client", t.client().describe()
	}},
	{"jti", judgeID, func(t *trial) (string, string) {
		return "an identifier", t.ID.describe()
	}},
	{"scope", judgeScope, func(t *trial) (string, string) {
		return "absent or a string of scopes", t.grant()
	}},
	{"roles", func(t *trial) *problem.Type { return judgeOptional(t.Roles.state) }, func(t *trial) (string, string) {
		return "absent or an array of strings", t.Roles.describe()
	}},
	{"auth_time", func(t *trial) *problem.Type { return judgeOptional(t.AuthTime.state) }, func(t *trial) (string, string) {
		return "absent or a date", t.AuthTime.describe()
	}},
	{"acr", func(t *trial) *problem.Type { return judgeOptional(t.ACR.state) }, func(t *trial) (string, string) {
		return "absent or a string", t.ACR.describe()
	}},
	{"cnf", judgeBinding, func(t *trial) (string, string) {
		if t.Binding {
			return "absent: a bearer token", "present: a token bound to a key"
		}
		return "absent: a bearer token", absent.String()
	}},
}

// judge returns the refusal of the first rule that fails.
func (t *trial) judge() error {
	for _, r := range rules {
		if reason := r.judge(t); reason != nil {
			expected, actual := r.facts(t)
			refusal := newError(reason, "%s: want %s, got %s", r.name, expected, actual)
			refusal.at = t.now
			return refusal
		}
	}
	return nil
}

// judgeIssuer compares byte for byte: no prefix, case or trailing slash is forgiven (RFC 9068, section 4).
func judgeIssuer(t *trial) *problem.Type {
	if t.Issuer.state == absent {
		return problem.ClaimMissing
	}
	if t.Issuer.state != valid || t.Issuer.value != t.config.Issuer {
		return problem.IssuerWrong
	}
	return nil
}

// judgeKind refuses the other JWTs that an issuer signs with the same keys: their rules are to
// exclude each other (RFC 8725, section 3.12).
func judgeKind(t *trial) *problem.Type {
	if t.kind() != "an access token" {
		return problem.TokenTypeWrong
	}
	return nil
}

func (t *trial) kind() string {
	switch {
	case t.Nonce || t.AtHash || t.CHash || t.SHash || t.Use.value == "id" || t.Category.value == "ID":
		return "an ID token"
	case t.Category.value == "Refresh", t.Category.value == "Offline":
		return "a refresh token"
	case t.Events, t.Category.value == "Logout":
		return "a logout or security event token"
	case t.Method:
		return "a DPoP proof"
	}
	return "an access token"
}

// judgeAudience wants one of ours among the token's. Anything that is not a string or an array of
// strings is nobody's audience (RFC 7519, section 4.1.3).
func judgeAudience(t *trial) *problem.Type {
	ours := func(audience string) bool { return slices.Contains(t.config.Audience, audience) }
	if t.Audience.state != valid || !slices.ContainsFunc(t.Audience.values, ours) {
		return problem.AudienceWrong
	}
	return nil
}

func judgeExpiry(t *trial) *problem.Type {
	switch {
	case t.Expiry.state == absent:
		return problem.ClaimMissing
	case t.Expiry.state == invalid:
		return problem.ClaimInvalid
	case !t.now.Before(t.Expiry.time.Add(t.config.Leeway)):
		return problem.TokenExpired
	}
	return nil
}

func judgeNotBefore(t *trial) *problem.Type {
	switch {
	case t.NotBefore.state == invalid:
		return problem.ClaimInvalid
	case t.NotBefore.state == valid && t.now.Add(t.config.Leeway).Before(t.NotBefore.time):
		return problem.TokenNotYetValid
	}
	return nil
}

func judgeIssuedAt(t *trial) *problem.Type {
	switch {
	case t.IssuedAt.state == absent:
		return problem.ClaimMissing
	case t.IssuedAt.state == invalid:
		return problem.ClaimInvalid
	case t.now.Add(t.config.Leeway).Before(t.IssuedAt.time):
		return problem.TokenNotYetValid
	}
	return nil
}

func judgeID(t *trial) *problem.Type {
	if t.config.Profile.lenient {
		return judgeOptional(t.ID.state)
	}
	return judgeText(t.ID)
}

func judgeScope(t *trial) *problem.Type {
	_, state := t.config.Profile.scopes(t.claims)
	return judgeOptional(state)
}

// judgeBinding refuses a token that is bound to its holder's key: accepting it as a bearer token
// would undo the binding (RFC 9449, section 7.2).
func judgeBinding(t *trial) *problem.Type {
	if t.Binding {
		return problem.BindingInvalid
	}
	return nil
}

// judgeText wants a claim that is there, not empty, and without U+0000, which PostgreSQL for one cannot
// keep: what a claim names could be looked up under a name that was cut.
func judgeText(claim text) *problem.Type {
	switch {
	case claim.state == absent:
		return problem.ClaimMissing
	case claim.state == invalid || claim.value == "" || strings.IndexByte(claim.value, 0) >= 0:
		return problem.ClaimInvalid
	}
	return nil
}

func judgeOptional(s state) *problem.Type {
	if s == invalid {
		return problem.ClaimInvalid
	}
	return nil
}

// grant describes the scopes.
func (t *trial) grant() string {
	scopes, state := t.config.Profile.scopes(t.claims)
	return texts{state: state, values: scopes}.describe()
}

func (t *trial) client() text { return t.config.Profile.clientID(t.claims) }

// principal returns the caller that the token describes.
func (t *trial) principal(payload string, key *key) *Principal {
	scopes, _ := t.config.Profile.scopes(t.claims)
	return &Principal{
		Issuer:    t.Issuer.value,
		Subject:   t.Subject.value,
		ClientID:  t.client().value,
		TokenID:   t.ID.value,
		Scopes:    scopes,
		Roles:     t.Roles.values,
		ExpiresAt: t.Expiry.time,
		ACR:       t.ACR.value,
		SignedIn:  t.AuthTime.time,
		payload:   payload,
		key:       key,
	}
}
