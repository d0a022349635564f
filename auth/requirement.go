package auth

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// A Requirement is what a route requires of its caller beyond a valid token. The zero Requirement requires nothing more.
type Requirement struct {
	Scopes []string      `json:"scopes,omitempty"`     // the token must have every one of them
	Roles  []string      `json:"roles,omitempty"`      // the caller must have every one of them
	ACR    []string      `json:"acr_values,omitempty"` // the sign-in must be of one of these classes (RFC 9470, section 3)
	MaxAge time.Duration `json:"max_age,omitempty"`    // the sign-in must not be older; zero means any age (RFC 9470, section 3)
	Fresh  bool          `json:"fresh,omitempty"`      // the provider is asked anew whether the token is active (RFC 7662)

	Accept []Credential `json:"credentials,omitempty"` // kinds of credentials that are accepted; nil means tokens alone
}

// And returns a requirement that is met by callers that meet both.
func (q Requirement) And(more Requirement) Requirement {
	q.Scopes = union(q.Scopes, more.Scopes)
	q.Roles = union(q.Roles, more.Roles)
	q.ACR = intersection(q.ACR, more.ACR)
	if more.MaxAge != 0 && (q.MaxAge == 0 || more.MaxAge < q.MaxAge) {
		q.MaxAge = more.MaxAge
	}
	q.Accept = intersection(q.Accept, more.Accept)
	q.Fresh = q.Fresh || more.Fresh
	return q
}

// Accepts reports whether a kind of credentials is accepted.
func (q *Requirement) Accepts(name Credential) bool { return isAccepted(q.Accept, name) }

// Kinds returns the kinds of credentials that are accepted.
func (q *Requirement) Kinds() []Credential {
	if q.Accept == nil {
		return []Credential{Token}
	}
	return q.Accept
}

// Check returns nil if the caller meets the requirement, and otherwise an [Error] of ScopeInsufficient, AccessDenied or
// StepUpRequired, with the requirement for the challenge.
func (q *Requirement) Check(p *Principal, now time.Time) error {
	switch {
	case !q.Accepts(p.Scheme()):
		return q.newError(problem.CredentialsNotAccepted, "credentials: want any of %q, got %q", q.Kinds(), p.Scheme())
	case !p.HasScope(q.Scopes...):
		return q.newError(problem.ScopeInsufficient, "scope: want %q, got %s", q.Scopes, quoteAll(p.Scopes)).saying(p.withoutScopes(missing(q.Scopes, p.Scopes))).AsGenuine(now)
	case !p.HasRole(q.Roles...):
		return q.newError(problem.AccessDenied, "roles: want %q, got %s", q.Roles, quoteAll(p.Roles)).saying(p.withoutRoles(missing(q.Roles, p.Roles))).AsGenuine(now)
	case q.ACR != nil && !slices.Contains(q.ACR, p.ACR):
		return q.newError(p.withoutSignIn(problem.SignInWeak), "acr: want any of %q, got %s", q.ACR, quote(p.ACR)).AsGenuine(now)
	case q.MaxAge != 0 && now.Sub(p.SignedIn) > q.MaxAge:
		variant := problem.SignInOld
		if p.SignedIn.IsZero() {
			variant = problem.SignInUnknown
		}
		return q.newError(p.withoutSignIn(variant), "auth_time: want at most %s ago, got %s", q.MaxAge, stamp(p.SignedIn)).AsGenuine(now)
	}
	return nil
}

func (q *Requirement) newError(said error, format string, args ...any) *Error {
	err := newError(said, format, args...)
	err.Required = *q
	return err
}

// Missed returns the error of a request whose caller is not known, with the requirement for the challenge.
func (q *Requirement) Missed(err error) error {
	switch failed := err.(type) { //nolint:errorlint // what is wrapped has its own place for the requirement
	case *Error:
		with := *failed
		with.Required = *q
		return &with
	case *problem.Type:
		return &Error{Type: failed, Required: *q}
	case *problem.Variant:
		return &Error{Type: failed.Type, Variant: failed, Required: *q}
	case *observed:
		return &Error{Type: failed.Type, Variant: failed.Variant, facts: failed.Facts(), Required: *q}
	}
	return err
}

// MarshalJSON writes max_age in seconds, as challenges do (RFC 9470, section 3).
func (q Requirement) MarshalJSON() ([]byte, error) {
	type plain Requirement
	return json.Marshal(struct {
		plain
		MaxAge float64 `json:"max_age,omitempty"`
	}{plain(q), q.MaxAge.Seconds()})
}

// Scope returns the scopes as challenges and tokens write them (RFC 6749, section 3.3).
func (q *Requirement) Scope() string { return strings.Join(q.Scopes, " ") }

// intersection returns the members of a that b has, in a new slice. Nil stands for all that there are.
func intersection[T comparable](a, b []T) []T {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return slices.DeleteFunc(slices.Clone(a), func(one T) bool { return !slices.Contains(b, one) })
}

// union returns the members of a and those of b that a lacks, in a new slice.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
