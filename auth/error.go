package auth

import (
	"fmt"
	"time"

	"example.com/gatehouse/problem"
)

// An Error is the error of a request that was not let in. Its Type is for the caller; its Err, with
// expected and actual values, is for the log alone.
type Error struct {
	Type       *problem.Type
	Required   Requirement   // what the route asks for, where the caller does not meet it
	RetryAfter time.Duration // when to try again, where that is not what the Type says
	Err        error

	at time.Time // when the token was validated, where that is why
}

// newError returns an Error whose Err is formatted as by fmt.Errorf.
func newError(reason *problem.Type, format string, args ...any) *Error {
	return &Error{Type: reason, Err: fmt.Errorf(format, args...)}
}

// Error returns the type's code and what was found.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Type.Code
	}
	return e.Type.Code + ": " + e.Err.Error()
}

// Unwrap returns the Type and Err, so that errors.Is finds either.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Type}
	}
	return []error{e.Type, e.Err}
}

// stamp formats a time for the log.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

func (s state) String() string { return [...]string{"absent", "valid", "of a wrong type"}[s] }

func (t text) describe() string {
	if t.state != valid {
		return t.state.String()
	}
	return quote(t.value)
}

func (t texts) describe() string {
	if t.state != valid {
		return t.state.String()
	}
	return fmt.Sprintf("%q", t.values)
}

func (t date) describe() string {
	if t.state != valid {
		return t.state.String()
	}
	return stamp(t.time)
}
