package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// An inputError is the error of a request whose body or parameters cannot be used.
type inputError struct {
	*problem.Type
	Errors []problem.FieldError
	err    error
}

// Error says what is wrong where. The values that the caller sent stay out of it, and of the log.
func (e *inputError) Error() string { return fmt.Sprintf("%s: %+v", e.Type.Code, e.Errors) }

func (e *inputError) Unwrap() []error { return []error{e.Type, e.err} }

// Problems writes the errors of the API: one place, one shape. The challenge and the body are made
// from the same type, so they cannot disagree.
type Problems struct {
	PublicURL  string // of the API; problem types are addresses below it
	Challenger *auth.Challenger
	Minimal    bool // whether the reasons against a token are kept from its holder
}

// statusHungUp is what logs and metrics say of a request whose caller did not wait for the answer. It
// failed for no other reason, and nobody reads what would be written.
const statusHungUp = 499

// Write answers with the problem that err is, and leaves err in the context for the logs. An error without
// a [problem.Type] is Internal, and nothing of it reaches the caller.
func (p *Problems) Write(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Status(statusHungUp)
		return
	}
	c.Error(err)
	if c.Writer.Written() {
		return
	}
	t := problem.Of(err)
	if p.Minimal && t.OAuth == problem.TokenInvalid.OAuth {
		t = problem.TokenInvalid
	}
	rejected, _ := errors.AsType[*auth.Error](err)
	rejected = cmp.Or(rejected, &auth.Error{})
	body := t.Body(p.PublicURL, telemetry.RequestID(c))
	body.RetryAfter = int(cmp.Or(rejected.RetryAfter, t.RetryAfter).Round(time.Second) / time.Second)
	switch t {
	case problem.ScopeInsufficient:
		body.RequiredScopes = rejected.Required.Scopes
	case problem.StepUpRequired:
		body.ACRValues = rejected.Required.ACR
		body.MaxAge = int(rejected.Required.MaxAge / time.Second)
	}
	if input, ok := errors.AsType[*inputError](err); ok {
		body.Errors = input.Errors
	}
	p.send(c, &body, p.Challenger.Challenge(t, rejected.Required))
}

func (p *Problems) send(c *gin.Context, body *problem.Body, challenge string) {
	if challenge != "" {
		c.Header("WWW-Authenticate", challenge)
	}
	if body.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(body.RetryAfter))
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "application/problem+json")
	c.PureJSON(body.Status, body)
}
