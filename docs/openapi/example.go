package openapi

import (
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
)

const (
	exampleID    = "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"
	exampleRetry = 5 // seconds
)

// Example returns an example of the body of a problem, for a route with the requirement.
func (c *Config) Example(t *problem.Type, q auth.Requirement) problem.Body {
	b := t.Body(c.PublicURL, exampleID)
	switch t {
	case problem.ScopeInsufficient:
		b.RequiredScopes = c.ScopePrefix.Add(q.Scopes)
	case problem.StepUpRequired:
		b.ACRValues, b.MaxAge = q.ACR, int(q.MaxAge/time.Second)
	case problem.BodyMalformed:
		b.Errors = []problem.FieldError{{Pointer: "/name", Message: "is not well formed"}}
	case problem.MemberUnknown:
		b.Errors = []problem.FieldError{{Pointer: "/Name", Message: "is not known"}}
	case problem.MemberTypeWrong:
		b.Errors = []problem.FieldError{{Pointer: "/name", Message: "has the wrong type"}}
	case problem.ParameterInvalid:
		b.Errors = []problem.FieldError{{Parameter: "limit", Message: "must be a whole number from 1 to 100"}}
	case problem.ValidationFailed:
		b.Errors = []problem.FieldError{{Pointer: "/name", Message: "is required"}}
	}
	if passes(t) {
		b.RetryAfter = exampleRetry
	}
	return b
}

// passes reports whether a problem passes by itself, so that its response says when to try again (RFC 6585,
// section 4, and RFC 9110, section 15.6.4).
func passes(t *problem.Type) bool {
	return t.Status == http.StatusTooManyRequests || t.Status == http.StatusServiceUnavailable
}
