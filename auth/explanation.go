package auth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/gatehouse/problem"
	"github.com/go-json-experiment/json/jsontext"
)

// A Verdict is how a check ended.
type Verdict string

// The three verdicts.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped" // not judged, because an earlier check failed
)

// A Check is one judgement about a token.
type Check struct {
	Name     string  `json:"name"`
	Verdict  Verdict `json:"verdict"`
	Code     string  `json:"code,omitempty"` // of the reason, if it failed
	Expected string  `json:"expected,omitempty"`
	Actual   string  `json:"actual,omitempty"`
	Remedy   string  `json:"remedy,omitempty"` // what to do about what was seen; empty if nothing special was
}

// An Explanation is all that can be said about a token: for whoever runs the API, and for the holder
// of the token, but never for an answer to a stranger. It holds no part of the signature.
type Explanation struct {
	Problem     *problem.Type  `json:"-"`                     // why the API refuses it; nil when it is accepted
	Caller      *Principal     `json:"-"`                     // whom it describes; nil when it is refused
	Fingerprint string         `json:"fingerprint,omitempty"` // finds the same token again; empty without one
	Header      jsontext.Value `json:"header,omitempty"`
	Claims      jsontext.Value `json:"claims,omitempty"`
	Genuine     bool           `json:"genuine"` // the signature is good; if not, header and claims are anybody's word
	Checks      []Check        `json:"checks"`
}

func (e *Explanation) check(name string, err error, expected, actual string) {
	if err != nil {
		e.fail(name, err, expected, actual)
		return
	}
	e.Checks = append(e.Checks, Check{Name: name, Verdict: Passed, Expected: expected, Actual: actual})
}

func (e *Explanation) pass(name string) {
	e.Checks = append(e.Checks, Check{Name: name, Verdict: Passed})
}

func (e *Explanation) skip(names ...string) {
	for _, name := range names {
		e.Checks = append(e.Checks, Check{Name: name, Verdict: Skipped})
	}
}

func (e *Explanation) fail(name string, err error, expected, actual string) {
	c := Check{Name: name, Verdict: Failed, Expected: expected, Actual: actual}
	if reason, ok := errors.AsType[*problem.Type](err); ok {
		c.Code = reason.Code
	}
	e.Checks = append(e.Checks, c)
}

func (e *Explanation) failed() bool {
	for _, c := range e.Checks {
		if c.Verdict == Failed {
			return true
		}
	}
	return false
}

// Explain says how every demand of a requirement ended for a caller. Without a caller, because its
// token was refused, they were not judged.
func (q *Requirement) Explain(p *Principal, now time.Time) []Check {
	held := cmp.Or(p, &Principal{})
	var checks []Check
	add := func(demand Requirement, c Check) {
		reason, refused := errors.AsType[*problem.Type](demand.Check(held, now))
		switch {
		case p == nil:
			c.Verdict, c.Actual, c.Remedy = Skipped, "", ""
		case refused:
			c.Verdict, c.Code = Failed, reason.Code
		default:
			c.Verdict, c.Remedy = Passed, ""
		}
		checks = append(checks, c)
	}
	if len(q.Scopes) > 0 {
		add(Requirement{Scopes: q.Scopes}, Check{
			Name: "required_scope", Expected: fmt.Sprintf("every one of %q", q.Scopes), Actual: fmt.Sprintf("%q", held.Scopes),
			Remedy: fmt.Sprintf("The token lacks %q: let the client ask for it, and the provider grant it.", lacking(q.Scopes, held.Scopes)),
		})
	}
	if len(q.Roles) > 0 {
		add(Requirement{Roles: q.Roles}, Check{
			Name: "required_role", Expected: fmt.Sprintf("every one of %q", q.Roles), Actual: fmt.Sprintf("%q", held.Roles),
			Remedy: fmt.Sprintf("The caller lacks %q: roles are what the provider writes into the claim roles.", lacking(q.Roles, held.Roles)),
		})
	}
	if q.ACR != nil {
		add(Requirement{ACR: q.ACR}, Check{
			Name: "required_acr", Expected: fmt.Sprintf("any of %q", q.ACR), Actual: quote(held.ACR),
			Remedy: "Sign in again with these acr_values; the provider has to write acr into access tokens.",
		})
	}
	if q.MaxAge != 0 {
		add(Requirement{MaxAge: q.MaxAge}, Check{
			Name: "required_auth_time", Expected: "after " + stamp(now.Add(-q.MaxAge)), Actual: stamp(held.SignedIn),
			Remedy: "Sign in again with this max_age; the provider has to write auth_time into access tokens.",
		})
	}
	return checks
}

// lacking returns what is wanted and not held.
func lacking(wanted, held []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(w string) bool { return slices.Contains(held, w) })
}
