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

// A CheckResult says how a check ended.
type CheckResult string

// The results of checks.
const (
	Passed  CheckResult = "passed"
	Failed  CheckResult = "failed"
	Skipped CheckResult = "skipped" // not made, because an earlier check failed
)

// A Check is one check of a token.
type Check struct {
	Name     string      `json:"name"`
	Result   CheckResult `json:"verdict"`
	Code     string      `json:"code,omitempty"` // of the problem, if it failed
	Expected string      `json:"expected,omitempty"`
	Actual   string      `json:"actual,omitempty"`
	Advice   string      `json:"remedy,omitempty"` // how to fix it, if what was found is a known mistake
}

// An Explanation has the result of every check of a token. It is for the operator of the API and for the holder of
// the token, and never for a response to an anonymous caller. It has no part of the signature.
type Explanation struct {
	Problem     *problem.Type  `json:"-"`                     // why the API rejects the token; nil if it accepts it
	Detail      string         `json:"-"`                     // what was observed, as the response to the token says it
	Hint        string         `json:"-"`                     // how to fix that
	Caller      *Principal     `json:"-"`                     // nil if the token is rejected
	Issuer      string         `json:"issuer,omitempty"`      // by whose settings the token was verified, where there are several
	Fingerprint string         `json:"fingerprint,omitempty"` // see [AccessToken.Fingerprint]; empty without a token
	Header      jsontext.Value `json:"header,omitempty"`
	Claims      jsontext.Value `json:"claims,omitempty"`
	Genuine     bool           `json:"genuine"` // the signature is valid; otherwise header and claims are not verified
	Checks      []Check        `json:"checks"`

	suffix string // of the variables of the issuer
}

// add appends a check that failed if err is not nil.
func (e *Explanation) add(name string, err error, expected, actual string) {
	c := Check{Name: name, Result: Passed, Expected: expected, Actual: actual}
	if err != nil {
		c.Result = Failed
		if t, ok := errors.AsType[*problem.Type](err); ok {
			c.Code = t.Code
		}
	}
	e.Checks = append(e.Checks, c)
}

func (e *Explanation) pass(name string) { e.add(name, nil, "", "") }

func (e *Explanation) skip(names ...string) {
	for _, name := range names {
		e.Checks = append(e.Checks, Check{Name: name, Result: Skipped})
	}
}

func (e *Explanation) failed() bool {
	return slices.ContainsFunc(e.Checks, func(c Check) bool { return c.Result == Failed })
}

// Explain returns the result of every part of a requirement. Without a caller, because its token was rejected, they
// are skipped.
func (q *Requirement) Explain(p *Principal, now time.Time) []Check {
	held := cmp.Or(p, &Principal{})
	var e Explanation
	if held.config != nil {
		e.suffix = held.config.Suffix
	}
	add := func(part Requirement, name, expected, actual, advice string) {
		if p == nil {
			e.Checks = append(e.Checks, Check{Name: name, Result: Skipped, Expected: expected})
			return
		}
		if part.Accept == nil {
			part.Accept = []Credential{held.Scheme()}
		}
		err := part.Check(held, now)
		e.add(name, err, expected, actual)
		if err != nil {
			e.Checks[len(e.Checks)-1].Advice = problem.Suffixed(advice, e.suffix)
		}
	}
	if q.Accept != nil || !q.Accepts(held.Scheme()) {
		add(Requirement{Accept: q.Kinds()}, "required_credentials", fmt.Sprintf("any of %q", q.Kinds()), string(held.Scheme()),
			"Send credentials of one of these kinds.")
	}
	if len(q.Scopes) > 0 {
		add(Requirement{Scopes: q.Scopes}, "required_scope", fmt.Sprintf("every one of %q", q.Scopes), quoteAll(held.Scopes),
			held.scopeAdvice(missing(q.Scopes, held.Scopes)))
	}
	if len(q.Roles) > 0 {
		add(Requirement{Roles: q.Roles}, "required_role", fmt.Sprintf("every one of %q", q.Roles), quoteAll(held.Roles),
			held.roleAdvice(missing(q.Roles, held.Roles)))
	}
	if q.ACR != nil {
		add(Requirement{ACR: q.ACR}, "required_acr", fmt.Sprintf("any of %q", q.ACR), quote(held.ACR),
			held.signInAdvice("Sign in again with these acr_values. The provider must write acr into access tokens."))
	}
	if q.MaxAge != 0 {
		add(Requirement{MaxAge: q.MaxAge}, "required_auth_time", "after "+stamp(now.Add(-q.MaxAge)), stamp(held.SignedIn),
			held.signInAdvice("Sign in again with this max_age. The provider must write auth_time into access tokens."))
	}
	return e.Checks
}

// missing returns the required strings that are not held.
func missing(required, held []string) []string {
	return slices.DeleteFunc(slices.Clone(required), func(r string) bool { return slices.Contains(held, r) })
}
