package handlers

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// Problems writes errors as problems (RFC 9457). Body and challenge are made from the same type, so they
// cannot disagree.
type Problems struct {
	PublicURL  string   // of the API; the type of a problem is a URL below it
	Audience   []string // of tokens for the API
	Challenger *auth.Challenger
	Minimal    bool // ERROR_DETAIL=minimal: callers do not learn what is wrong with their token
}

// statusClientClosed is the status, for logs and metrics alone, of a request whose caller closed the connection
// before the response. It is the one that nginx uses.
const statusClientClosed = 499

// Write responds with the problem that err is, and leaves err in the context for the logs. An error without a
// [problem.Type] is Internal, and its text does not reach the caller.
func (p *Problems) Write(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Status(statusClientClosed)
		return
	}
	telemetry.SetError(c, err)
	if c.Writer.Written() {
		return
	}
	t := problem.Of(err)
	if p.Minimal && t.OAuth == problem.TokenInvalid.OAuth {
		t = problem.TokenInvalid
	}
	rejected, _ := errors.AsType[*auth.Error](err)
	rejected = cmp.Or(rejected, &auth.Error{})
	if challenges := p.Challenger.Challenges(t, rejected.Required); challenges != nil {
		c.Writer.Header()["WWW-Authenticate"] = challenges
	}
	wait := cmp.Or(rejected.RetryAfter, t.RetryAfter).Round(time.Second)
	if wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(wait.Seconds())))
	}
	body := t.Body(p.PublicURL, telemetry.Instance(c))
	body.Hint, body.RetryAfter = p.hint(t), int(wait.Seconds())
	if rejected.Hint != "" && t == rejected.Type {
		body.Hint = rejected.Hint
	}
	required := rejected.Required
	required.Scopes = p.Challenger.Scopes.Add(required.Scopes)
	addDetails(&body, t, required, err)
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "application/problem+json")
	c.PureJSON(body.Status, body)
}

// hint returns how to fix a problem. The metadata cannot name the audience (RFC 9728, section 2), so that a client
// which asked for a token by the metadata alone may have one for another audience.
func (p *Problems) hint(t *problem.Type) string {
	if t != problem.AudienceWrong || len(p.Audience) == 0 {
		return t.Hint
	}
	return t.Hint + " The aud of its tokens is " + strings.Join(p.Audience, " or ") + "."
}

// addDetails adds the members that only some problems have.
func addDetails(body *problem.Body, t *problem.Type, required auth.Requirement, err error) {
	switch t {
	case problem.ScopeInsufficient:
		body.RequiredScopes = required.Scopes
	case problem.StepUpRequired:
		body.ACRValues = required.ACR
		body.MaxAge = int(required.MaxAge.Seconds())
	}
	if input, ok := errors.AsType[*problem.InputError](err); ok {
		body.Errors = input.Errors
	}
}
