// Package problem has the body of errors.
package problem

// A Body is an error.
type Body struct {
	Type string `json:"type" format:"uri"`
	Code string `json:"code"`
} // @name Problem
