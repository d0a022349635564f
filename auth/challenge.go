package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A Challenger writes the WWW-Authenticate header of refusals (RFC 6750, section 3).
type Challenger struct {
	Realm    string // names what is protected
	Metadata string // absolute URL of the metadata document (RFC 9728, section 5.1)
}

// NewChallenger returns a Challenger. Realm and metadata end up in quoted strings that are never
// escaped, so characters that would need it are an error.
func NewChallenger(realm, metadata string) (*Challenger, error) {
	for _, s := range []string{realm, metadata} {
		if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
			return nil, fmt.Errorf("auth: %q cannot stand in a challenge", s)
		}
	}
	if realm == "" {
		return nil, errors.New("auth: a challenge needs a realm")
	}
	return &Challenger{realm, metadata}, nil
}

// Challenge returns the header's value for a refusal, or the empty string where none belongs: a
// challenge says how to authenticate, so it goes with 401, with malformed credentials, and with
// insufficient scope. Without credentials it carries no error (RFC 6750, section 3.1).
func (c *Challenger) Challenge(reason *problem.Type, required Requirement) string {
	if reason.Status != 401 && reason.OAuth == "" {
		return ""
	}
	b := fmt.Appendf(nil, `Bearer realm="%s"`, c.Realm)
	if reason.OAuth != "" {
		b = fmt.Appendf(b, `, error="%s", error_description="%s"`, reason.OAuth, reason.Detail)
	}
	if reason == problem.ScopeInsufficient && len(required.Scopes) > 0 {
		b = fmt.Appendf(b, `, scope="%s"`, required.Scope())
	}
	if reason == problem.StepUpRequired && len(required.ACR) > 0 {
		b = fmt.Appendf(b, `, acr_values="%s"`, strings.Join(required.ACR, " "))
	}
	if reason == problem.StepUpRequired && required.MaxAge > 0 {
		b = fmt.Appendf(b, `, max_age="%d"`, required.MaxAge/time.Second)
	}
	if c.Metadata != "" {
		b = fmt.Appendf(b, `, resource_metadata="%s"`, c.Metadata)
	}
	return string(b)
}
