package auth

import (
	"fmt"
	"time"

	"example.com/gatehouse/problem"
)

// An Error is the error of a request that was rejected. Its Type, its Variant and the facts are for the caller; its Err,
// with expected and actual values, is for the log only.
type Error struct {
	Type       *problem.Type
	Variant    *problem.Variant // what was observed; nil for what any problem of the Type says
	Required   Requirement      // what the route requires of its caller, for the challenge
	RetryAfter time.Duration    // when to retry, if that differs from the Type's
	Err        error

	answer      string         // of the provider, about a token that it introspected
	facts       []problem.Fact // for the slots of the Variant
	scheme      Credential     // of the credentials; empty for a token
	validatedAt time.Time      // when a token was rejected whose signature is valid; zero for other errors
}

// newError returns an Error of a type or a variant of one, whose Err is formatted as by fmt.Errorf.
func newError(said error, format string, args ...any) *Error {
	return Reject(said, fmt.Errorf(format, args...))
}

// saying sets what was observed, and the facts for its slots.
func (e *Error) saying(v *problem.Variant, facts ...problem.Fact) *Error {
	e.Variant, e.facts = v, facts
	return e
}

// Reject returns the error of credentials of another kind than tokens. What is said is a type or a variant of one, and err
// is for the log.
func Reject(said, err error) *Error {
	variant, _ := said.(*problem.Variant)
	return &Error{Type: problem.Of(said), Variant: variant, Err: err}
}

// Error returns the type's code and what was found, for the log.
func (e *Error) Error() string {
	switch {
	case e.Err != nil:
		return e.Type.Code + ": " + e.Err.Error()
	case e.Variant != nil:
		return e.Variant.Error()
	}
	return e.Type.Code
}

// Unwrap returns the Variant or the Type, and Err, so that errors.Is finds each.
func (e *Error) Unwrap() []error {
	var all []error
	if e.discloses() {
		all = append(all, e.Variant)
	} else {
		all = append(all, e.Type)
	}
	if e.Err != nil {
		all = append(all, e.Err)
	}
	return all
}

// discloses reports whether the caller may receive what was observed: facts about claims are for the holder of a genuine
// token.
func (e *Error) discloses() bool {
	return e.Variant != nil && e.Variant.Type == e.Type && (e.Genuine() || !e.Variant.Genuine)
}

// Facts returns the facts for the slots of the Variant.
func (e *Error) Facts() []problem.Fact {
	if !e.discloses() {
		return nil
	}
	return e.facts
}

// AsGenuine marks the error of credentials that were proven at a time: of a token whose signature is valid.
func (e *Error) AsGenuine(now time.Time) *Error {
	e.validatedAt = now
	return e
}

// Genuine reports whether the error is about a token whose signature is valid.
func (e *Error) Genuine() bool { return !e.validatedAt.IsZero() }

// An observed error is a rejection that costs one small allocation: every caller can cause it. It has the facts that may be
// sent to every caller.
type observed struct {
	*problem.Variant
	algorithm   string
	size, limit int
}

// Unwrap returns the variant.
func (o *observed) Unwrap() error { return o.Variant }

// Facts returns the facts for the slots of the variant.
func (o *observed) Facts() []problem.Fact {
	return []problem.Fact{problem.Algorithm(o.algorithm), problem.Size(o.size), problem.Limit(o.limit)}
}

// stamp formats a time for the log.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
