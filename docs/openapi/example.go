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
	b := c.say(t, q)
	switch t {
	case problem.ScopeInsufficient:
		b.RequiredScopes = c.Issuers[0].ScopePrefix.Add(q.Scopes)
	case problem.AccessDenied:
		if !c.Minimal {
			b.RequiredRoles = q.Roles
		}
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

// say returns the body of the first variant of a problem, or what ERROR_DETAIL=minimal leaves of it.
func (c *Config) say(t *problem.Type, q auth.Requirement) problem.Body {
	if c.Minimal && t.About == problem.Caller {
		return t.MinimalBody(c.PublicURL, exampleID)
	}
	published := &problem.Published{
		Issuer: c.Issuers[0].URL, Audience: c.Audience, Methods: "GET, HEAD", Wait: exampleRetry * time.Second, Scopes: c.Issuers[0].ScopePrefix.Add,
	}
	b := t.Example().Body(c.PublicURL, exampleID, published, problem.Samples(q.Scopes, q.Roles)...)
	if c.Minimal {
		b.AtFault = ""
	}
	return b
}

// Challenge returns an example of the challenge of a problem, with the sentence of the body.
func (c *Config) Challenge(t *problem.Type, q auth.Requirement) string {
	return c.Challenger.Describe(t, c.say(t, q).Detail, q)
}

// passes reports whether a problem passes by itself, so that its response says when to try again (RFC 6585,
// section 4, and RFC 9110, section 15.6.4).
func passes(t *problem.Type) bool {
	return t.Status == http.StatusTooManyRequests || t.Status == http.StatusServiceUnavailable
}
