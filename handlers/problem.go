package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"example.com/gatehouse/auth"
	"github.com/gin-gonic/gin"
)

// A Problem is the body of every error of this API (RFC 9457).
type Problem struct {
	Type           string       `json:"type" format:"uri" example:"http://localhost:8080/problems/token-expired"`      // page that explains the problem
	Title          string       `json:"title" example:"Token expired"`                                                 // the same for every problem of this type
	Status         int          `json:"status" example:"401"`                                                          // HTTP status
	Detail         string       `json:"detail" example:"The access token expired."`                                    // what is wrong
	Instance       string       `json:"instance" format:"uri" example:"urn:uuid:8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"` // names this occurrence, in X-Request-Id and the log too
	Code           string       `json:"code" example:"token-expired"`                                                  // stable name of the type, for programs
	Hint           string       `json:"hint" example:"Refresh it and retry once."`                                     // how to mend it
	RequiredScopes []string     `json:"required_scopes,omitempty" example:"items:read"`                                // what the operation asks for
	ACRValues      []string     `json:"acr_values,omitempty" example:"2"`                                              // classes of sign-in that the operation asks for
	MaxAge         int          `json:"max_age,omitempty" example:"300"`                                               // age of the sign-in that the operation allows, in seconds
	RetryAfter     int          `json:"retry_after,omitempty" example:"5"`                                             // when to try again, in seconds
	Errors         []FieldError `json:"errors,omitempty"`                                                              // what is wrong with which part of the request
} // @name Problem

// A FieldError says what is wrong with one part of a request.
type FieldError struct {
	Pointer   string `json:"pointer,omitempty" example:"/name"`   // JSON Pointer into the body (RFC 6901)
	Parameter string `json:"parameter,omitempty" example:"limit"` // name of a query parameter
	Message   string `json:"message" example:"is required"`       // what is wrong with it
} // @name FieldError

// An inputError is the error of a request whose body or parameters cannot be used.
type inputError struct {
	*auth.Reason
	Errors []FieldError
	err    error
}

// Error says what is wrong where. The values that the caller sent stay out of it, and of the log.
func (e *inputError) Error() string { return fmt.Sprintf("%s: %+v", e.Code, e.Errors) }

func (e *inputError) Unwrap() []error { return []error{e.Reason, e.err} }

// Problems writes the errors of the API: one place, one shape. The challenge and the body are made
// from the same Reason, so they cannot disagree.
type Problems struct {
	Origin     string // of the API; problem types are addresses below it
	Challenger *auth.Challenger
	Minimal    bool // whether the reasons against a token are kept from its holder
	Refusals   *Refusals
	Metrics    *Metrics // nil for none
}

// Write answers with the problem that err is. An error without an [auth.Reason] is Internal, and
// nothing of it reaches the caller.
func (p *Problems) Write(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Status(statusHungUp)
		return
	}
	reason, ok := errors.AsType[*auth.Reason](err)
	if !ok {
		reason = Internal
	}
	refusal, _ := errors.AsType[*auth.Refusal](err)
	input, _ := errors.AsType[*inputError](err)
	p.Metrics.refused(reason)
	p.Refusals.Add(c, reason, err)
	if c.Writer.Written() {
		return
	}
	if p.Minimal && reason.OAuth == auth.TokenInvalid.OAuth {
		reason = auth.TokenInvalid
	}
	problem := p.problem(reason, cmp.Or(refusal, &auth.Refusal{}), RequestID(c))
	if input != nil {
		problem.Errors = input.Errors
	}
	p.send(c, reason, problem, p.Challenger.Challenge(reason, cmp.Or(refusal, &auth.Refusal{}).Required))
}

// statusHungUp is what logs and metrics say of a request whose caller did not wait for the answer. It
// failed for no other reason, and nobody reads what would be written.
const statusHungUp = 499

func (p *Problems) problem(reason *auth.Reason, refusal *auth.Refusal, id string) *Problem {
	problem := &Problem{
		Type: p.Origin + "/problems/" + reason.Code, Title: reason.Title, Status: reason.Status,
		Detail: reason.Detail, Instance: "urn:uuid:" + id, Code: reason.Code, Hint: reason.Hint,
		RetryAfter: int(refusal.RetryAfter.Round(time.Second) / time.Second),
	}
	switch reason {
	case auth.ScopeInsufficient:
		problem.RequiredScopes = refusal.Required.Scopes
	case auth.StepUpRequired:
		problem.ACRValues = refusal.Required.ACR
		problem.MaxAge = int(refusal.Required.MaxAge / time.Second)
	}
	return problem
}

func (p *Problems) send(c *gin.Context, reason *auth.Reason, problem *Problem, challenge string) {
	if challenge != "" {
		c.Header("WWW-Authenticate", challenge)
	}
	if problem.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(problem.RetryAfter))
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "application/problem+json")
	c.PureJSON(reason.Status, problem)
}
