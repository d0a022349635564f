package problem

import "fmt"

// An InputError is the error of a request whose body or parameters are invalid. It says which parts, and what
// is wrong with each of them:
//
//	return &problem.InputError{Type: problem.ValidationFailed, Errors: []problem.FieldError{
//		{Pointer: "/ends_at", Message: "must be after starts_at"},
//	}}
type InputError struct {
	Type    *Type
	Variant *Variant     // what was observed; nil for what any problem of the Type says
	Errors  []FieldError // the errors member of the problem
	Err     error        // the cause, for errors.Is and errors.As alone; may be nil
}

// Error returns what is wrong with which part. What the caller sent is left out, because it would stand in the
// log.
func (e *InputError) Error() string { return fmt.Sprintf("%s: %+v", e.Type.Code, e.Errors) }

// Unwrap returns the Type and Err.
func (e *InputError) Unwrap() []error {
	said := error(e.Type)
	if e.Variant != nil {
		said = e.Variant
	}
	if e.Err == nil {
		return []error{said}
	}
	return []error{said, e.Err}
}
