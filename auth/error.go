package auth

import (
	"fmt"
	"time"

	"example.com/gatehouse/problem"
)

// An Error is the error of a request that was rejected. Its Type is for the caller; its Err, with expected and
// actual values, is for the log only.
type Error struct {
	Type       *problem.Type
	Required   Requirement   // what the route requires of its caller, for the challenge
	RetryAfter time.Duration // when to retry, if that differs from the Type's
	Hint       string        // what to do, if that differs from the Type's
	Err        error

	answer      string    // of the provider, about a token that it introspected
	validatedAt time.Time // when a token was rejected whose signature is valid; zero for other errors
}

// newError returns an Error whose Err is formatted as by fmt.Errorf.
func newError(t *problem.Type, format string, args ...any) *Error {
	return &Error{Type: t, Err: fmt.Errorf(format, args...)}
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

// afterSignature marks the error of a token whose signature is valid.
func (e *Error) afterSignature(now time.Time) *Error {
	e.validatedAt = now
	return e
}

// Genuine reports whether the error is about a token whose signature is valid.
func (e *Error) Genuine() bool { return !e.validatedAt.IsZero() }

// stamp formats a time for the log.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
