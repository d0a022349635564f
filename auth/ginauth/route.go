package ginauth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/gatehouse/auth"
)

// Access says who may call a route.
type Access string

// The three kinds of access.
const (
	Public    Access = "public"    // all callers; credentials are not read
	Optional  Access = "optional"  // anonymous and authenticated callers; invalid credentials are rejected
	Protected Access = "protected" // authenticated callers that meet the requirement
)

// A Route is one row of the route table.
type Route struct {
	Method      string
	Path        string // as OpenAPI writes it: /items/{id}
	Access      Access
	Requirement auth.Requirement
	Limit       RateLimit
	Audited     bool // in the audit log
	Hidden      bool // left out of the OpenAPI document, and enforced like any other

	widened []auth.Credential
}

// check returns what is wrong with a declaration.
func (r Route) check(unhandled bool) error {
	var wrong []error
	if unhandled {
		wrong = append(wrong, fmt.Errorf("%s %s has no handler", r.Method, r.Path))
	}
	if err := r.Limit.check(); err != nil {
		wrong = append(wrong, fmt.Errorf("%s %s %w", r.Method, r.Path, err))
	}
	for _, scope := range r.Requirement.Scopes {
		if !isScope(scope) {
			wrong = append(wrong, fmt.Errorf("%s %s requires %q, which no token can have", r.Method, r.Path, scope))
		}
	}
	if r.Requirement.ACR != nil && len(r.Requirement.ACR) == 0 {
		wrong = append(wrong, fmt.Errorf("%s %s requires classes of sign-in that exclude each other", r.Method, r.Path))
	}
	return errors.Join(append(wrong, r.checkAccept())...)
}

// checkAccept returns what is wrong with the kinds of credentials that are accepted. Only tokens say who signed in.
func (r Route) checkAccept() error {
	q := r.Requirement
	switch {
	case r.widened != nil:
		return fmt.Errorf("%s %s accepts %q, which the routes around it do not: say so where they begin, with Router.Accept", r.Method, r.Path, r.widened)
	case q.Accept != nil && len(q.Accept) == 0:
		return fmt.Errorf("%s %s accepts no credentials", r.Method, r.Path)
	case !q.Accepts(auth.Token) && (len(q.Roles) > 0 || q.ACR != nil || q.MaxAge != 0):
		return fmt.Errorf("%s %s accepts %q, and requires a role or a sign-in, which only tokens have", r.Method, r.Path, q.Accept)
	}
	return nil
}

// isScope reports whether s can stand in a list of scopes: scope-token of RFC 6749, section 3.3.
func isScope(s string) bool {
	outside := func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }
	return s != "" && !strings.ContainsFunc(s, outside)
}

// RequiredBy returns every scope and every role that routes require, sorted.
func RequiredBy(table []Route) (all auth.Requirement) {
	for _, route := range table {
		all.Scopes = append(all.Scopes, route.Requirement.Scopes...)
		all.Roles = append(all.Roles, route.Requirement.Roles...)
	}
	for _, names := range []*[]string{&all.Scopes, &all.Roles} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
	return all
}
