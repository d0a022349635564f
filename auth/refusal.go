package auth

import (
	"fmt"
	"time"
)

// A Refusal is the error of a request that was not let in. Its Reason is for the caller; its Err,
// with expected and actual values, is for the log alone.
type Refusal struct {
	Reason     *Reason
	Required   Requirement   // what the route asked for, where that is the reason
	RetryAfter time.Duration // when to try again, where that helps
	Err        error

	at time.Time // when the token was judged, where that is the reason
}

// refuse returns a Refusal whose Err is formatted as by fmt.Errorf.
func refuse(reason *Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// Error returns the reason's code and what was found.
func (r *Refusal) Error() string {
	if r.Err == nil {
		return r.Reason.Code
	}
	return r.Reason.Code + ": " + r.Err.Error()
}

// Unwrap returns the Reason and Err, so that errors.Is finds either.
func (r *Refusal) Unwrap() []error {
	if r.Err == nil {
		return []error{r.Reason}
	}
	return []error{r.Reason, r.Err}
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
