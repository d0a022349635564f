package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// Problems writes errors as problems (RFC 9457). Body and challenge are made from the same variant of a type, so they
// cannot disagree.
type Problems struct {
	PublicURL  string         // of the API; the type of a problem is a URL below it
	Verifier   *auth.Verifier // what a caller may receive about its issuer; nil for nothing
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
	body := p.body(c, err)
	t := problem.Of(err)
	telemetry.SetTexts(c, body.Detail, body.Hint)
	if p.Minimal {
		t, body = p.minimal(t, body)
	}
	rejected, _ := errors.AsType[*auth.Error](err)
	if challenges := p.challenger(c.Request).Challenges(t, body.Detail, cmp.Or(rejected, &auth.Error{}).Required); challenges != nil {
		c.Writer.Header()["WWW-Authenticate"] = challenges
	}
	if body.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(body.RetryAfter))
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "application/problem+json")
	c.PureJSON(body.Status, body)
}

// body returns the body of the problem that err is.
func (p *Problems) body(c *gin.Context, err error) problem.Body {
	rejected, _ := errors.AsType[*auth.Error](err)
	rejected = cmp.Or(rejected, &auth.Error{})
	variant, facts := problem.VariantOf(err)
	published, scopes := p.published(c.Request), p.challenger(c.Request).Scopes
	if auth.SchemeOf(ginauth.Caller(c), err) != auth.Token { // the provider grants no scopes to other credentials
		published.Scopes, scopes = nil, ""
	}
	published.Methods = c.Writer.Header().Get("Allow")
	published.Wait = cmp.Or(rejected.RetryAfter, variant.RetryAfter).Round(time.Second)
	body := variant.Body(p.PublicURL, telemetry.Instance(c), published, facts...)
	body.RetryAfter = int(published.Wait / time.Second)
	switch required := rejected.Required; variant.Type {
	case problem.ScopeInsufficient:
		body.RequiredScopes = scopes.Add(required.Scopes)
	case problem.AccessDenied:
		body.RequiredRoles = required.Roles
	case problem.StepUpRequired:
		body.ACRValues, body.MaxAge = required.ACR, int(required.MaxAge.Seconds())
	}
	if input, ok := errors.AsType[*problem.InputError](err); ok {
		body.Errors = input.Errors
	}
	return body
}

// challenger returns the challenger with the scopes as clients of the caller's issuer ask for them.
func (p *Problems) challenger(r *http.Request) *auth.Challenger {
	challenger := *p.Challenger
	if p.Verifier != nil {
		challenger.Scopes = p.Verifier.ForRequest(r).Scopes()
	}
	return &challenger
}

func (p *Problems) published(r *http.Request) *problem.Published {
	if p.Verifier == nil {
		return &problem.Published{}
	}
	return p.Verifier.PublishedFor(r)
}

// minimal returns what callers learn with ERROR_DETAIL=minimal: one text for every token that is rejected, and one for
// every other code about the caller.
func (p *Problems) minimal(t *problem.Type, full problem.Body) (*problem.Type, problem.Body) {
	if t.OAuth == problem.TokenInvalid.OAuth {
		t = problem.TokenInvalid
	}
	if t.About != problem.Caller {
		full.AtFault = ""
		return t, full
	}
	body := t.MinimalBody(p.PublicURL, strings.TrimPrefix(full.Instance, "urn:uuid:"))
	body.RequiredScopes, body.ACRValues, body.MaxAge, body.RetryAfter = full.RequiredScopes, full.ACRValues, full.MaxAge, full.RetryAfter
	return t, body
}
