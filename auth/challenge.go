package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A Challenger writes the WWW-Authenticate header of rejections (RFC 6750, section 3).
type Challenger struct {
	Realm    string // the name of the API
	Metadata string // absolute URL of the metadata document (RFC 9728, section 5.1)

	Scopes  ScopePrefix // of the scopes that callers are to ask for
	Schemes *Schemes    // whose challenges are written; nil means tokens alone
}

// NewChallenger returns a Challenger. Realm and metadata are written in quotes and not escaped, so characters that must
// be escaped are an error.
func NewChallenger(realm, metadata string) (*Challenger, error) {
	for _, s := range []string{realm, metadata} {
		if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
			return nil, fmt.Errorf("auth: %q cannot be quoted in a challenge", s)
		}
	}
	if realm == "" {
		return nil, errors.New("auth: a challenge needs a realm")
	}
	return &Challenger{Realm: realm, Metadata: metadata}, nil
}

// Challenges returns the challenges of a problem whose body has this detail, of each scheme that is accepted and has one: they differ in the name
// that they begin with.
func (c *Challenger) Challenges(t *problem.Type, detail string, required Requirement) (all []string) {
	add := func(challenge string) {
		name, _ := cutScheme(challenge)
		known := func(other string) bool { return strings.HasPrefix(other, name+" ") }
		if challenge != "" && !slices.ContainsFunc(all, known) {
			all = append(all, challenge)
		}
	}
	if required.Accepts(Token) {
		add(c.Bearer(t, detail, required, c.Metadata))
	}
	for _, scheme := range c.Schemes.Others() {
		if required.Accepts(scheme.Name()) {
			add(scheme.Challenge(c, t, detail, required))
		}
	}
	return all
}

// Challenge returns the challenges of a problem about which nothing more is known, as one value of the header (RFC 9110,
// section 11.6.1).
func (c *Challenger) Challenge(t *problem.Type, required Requirement) string {
	return c.Describe(t, t.Detail, required)
}

// Describe returns the challenges of a problem whose body has this detail, as one value of the header.
func (c *Challenger) Describe(t *problem.Type, detail string, required Requirement) string {
	return strings.Join(c.Challenges(t, detail, required), ", ")
}

// Bearer returns the challenge of RFC 6750 for a problem, or the empty string for a problem without one: a challenge says
// how to authenticate, so it is for 401, for malformed credentials, and for insufficient scope. Without credentials it
// has no error (section 3.1). It then names the scopes that a token needs, and so it does if one lacks them (section 3).
// The metadata is that of the API, or empty where no token helps.
func (c *Challenger) Bearer(t *problem.Type, detail string, required Requirement, metadata string) string {
	if t.Status != 401 && t.OAuth == "" {
		return ""
	}
	b := fmt.Appendf(nil, `Bearer realm="%s"`, c.Realm)
	if t.OAuth != "" {
		b = fmt.Appendf(b, `, error="%s", error_description="%s"`, t.OAuth, describable(detail))
	}
	if (t.OAuth == "" || t == problem.ScopeInsufficient) && len(required.Scopes) > 0 {
		b = fmt.Appendf(b, `, scope="%s"`, strings.Join(c.Scopes.Add(required.Scopes), " "))
	}
	if t == problem.StepUpRequired && len(required.ACR) > 0 {
		b = fmt.Appendf(b, `, acr_values="%s"`, strings.Join(required.ACR, " "))
	}
	if t == problem.StepUpRequired && required.MaxAge > 0 {
		b = fmt.Appendf(b, `, max_age="%d"`, required.MaxAge/time.Second)
	}
	if metadata != "" {
		b = fmt.Appendf(b, `, resource_metadata="%s"`, metadata)
	}
	return string(b)
}

// describable returns a sentence in the characters of an error_description (RFC 6750, section 3).
func describable(sentence string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '"':
			return '\''
		case c == '\\', c < ' ', c > '~':
			return '?'
		}
		return c
	}, sentence)
}

// A ScopePrefix is what a provider has before the names of an API's scopes. Routes declare scopes without it.
type ScopePrefix string

// openIDScopes are those of OpenID Connect itself, which belong to no API (OpenID Connect Core, sections 5.4 and 11).
var openIDScopes = []string{"openid", "profile", "email", "address", "phone", "offline_access"}

// Add returns scopes as a client has to ask for them.
func (p ScopePrefix) Add(scopes []string) []string {
	if p == "" {
		return scopes
	}
	with := slices.Clone(scopes)
	for i, scope := range with {
		if !slices.Contains(openIDScopes, scope) && !strings.HasPrefix(scope, string(p)) {
			with[i] = string(p) + scope
		}
	}
	return with
}
