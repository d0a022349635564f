package docs

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
)

const (
	sampleID    = "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90"
	sampleRetry = 5 // seconds
)

// A problem is the body of a refusal as the API sends it (RFC 9457).
type problem struct {
	Type           string       `json:"type"`
	Title          string       `json:"title"`
	Status         int          `json:"status"`
	Detail         string       `json:"detail"`
	Instance       string       `json:"instance"`
	Code           string       `json:"code"`
	Hint           string       `json:"hint"`
	RequiredScopes []string     `json:"required_scopes,omitempty"`
	ACRValues      []string     `json:"acr_values,omitempty"`
	MaxAge         int          `json:"max_age,omitempty"`
	RetryAfter     int          `json:"retry_after,omitempty"`
	Errors         []fieldError `json:"errors,omitempty"`
}

// A fieldError says what is wrong with one part of a request.
type fieldError struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Message   string `json:"message"`
}

// fieldErrors returns an example of what handlers/input.go says of a request. That package imports this
// one, so its reasons are known by their codes.
func fieldErrors(code string) []fieldError {
	switch code {
	case "body-malformed":
		return []fieldError{{Pointer: "/name", Message: "is not well formed"}}
	case "member-unknown":
		return []fieldError{{Pointer: "/Name", Message: "is not known"}}
	case "member-type-wrong":
		return []fieldError{{Pointer: "/name", Message: "has the wrong type"}}
	case "parameter-invalid":
		return []fieldError{{Parameter: "limit", Message: "must be a whole number from 1 to 100"}}
	case "validation-failed":
		return []fieldError{{Pointer: "/name", Message: "is required"}}
	}
	return nil
}

// problem returns the body of a refusal by a route with the requirement. What passes by itself says when
// to try again (RFC 6585, section 4, and RFC 9110, section 15.6.4).
func (c *Config) problem(r *auth.Reason, q auth.Requirement) problem {
	p := problem{
		Type: c.problemType(r), Title: r.Title, Status: r.Status, Detail: r.Detail,
		Instance: "urn:uuid:" + sampleID, Code: r.Code, Hint: r.Hint,
		Errors: fieldErrors(r.Code),
	}
	switch r {
	case auth.ScopeInsufficient:
		p.RequiredScopes = q.Scopes
	case auth.StepUpRequired:
		p.ACRValues, p.MaxAge = q.ACR, int(q.MaxAge/time.Second)
	}
	if r.Status == http.StatusTooManyRequests || r.Status == http.StatusServiceUnavailable {
		p.RetryAfter = sampleRetry
	}
	return p
}

// refusals writes the responses by which a route refuses.
func (m *merger) refusals(op object, route ginauth.Route) {
	byStatus := map[int][]*auth.Reason{}
	for _, r := range m.Reasons {
		if m.refuses(r, route, op) {
			byStatus[r.Status] = append(byStatus[r.Status], r)
		}
	}
	responses := child(op, "responses")
	for status, reasons := range byStatus {
		code := strconv.Itoa(status)
		if named, ok := responses[code].(object); ok {
			m.explain(named, reasons, route.Requirement)
		} else {
			responses[code] = m.response(reasons, route)
		}
	}
}

// refuses reports whether a route, whose operation is op, can refuse for a reason.
func (c *Config) refuses(r *auth.Reason, route ginauth.Route, op object) bool {
	if slices.Contains(auth.Reasons(), r) {
		return c.answers(r, route)
	}
	return documented(op, r)
}

// answers reports whether a route can refuse for a reason of package auth.
func (c *Config) answers(r *auth.Reason, route ginauth.Route) bool {
	q := route.Requirement
	switch {
	case route.Access == ginauth.Public:
		return false
	case r == auth.CredentialsMissing:
		return route.Access == ginauth.Protected
	case r == auth.ScopeInsufficient:
		return len(q.Scopes) > 0
	case r == auth.AccessDenied:
		return len(q.Roles) > 0
	case r == auth.StepUpRequired:
		return len(q.ACR) > 0 || q.MaxAge > 0
	case r.OAuth == auth.TokenInvalid.OAuth:
		return c.Minimal == (r == auth.TokenInvalid)
	}
	return true
}

// documented reports whether an operation can refuse for a reason of the handlers: its comments name
// the status, and there is a body or a query that could be wrong. Any operation can break.
func documented(op object, r *auth.Reason) bool {
	named := refusesWith(op, r.Status)
	kind, _, _ := strings.Cut(r.Code, "-")
	switch kind {
	case "body", "member":
		return named && op["requestBody"] != nil
	case "parameter":
		return named && hasQuery(op)
	}
	return named || r.Status == http.StatusInternalServerError
}

// refusesWith reports whether the comments of an operation name a status as that of a problem. What has a
// body of its own refuses nothing: the 503 of a health check is its answer.
func refusesWith(op object, status int) bool {
	response, ok := child(op, "responses")[strconv.Itoa(status)].(object)
	content, described := response["content"].(object)
	_, problem := content["application/problem+json"]
	return ok && (problem || !described)
}

func hasQuery(op object) bool {
	return slices.ContainsFunc(parameters(op), func(p object) bool { return p["in"] == "query" })
}

// parameters returns what an operation takes beside a body.
func parameters(op object) (all []object) {
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		all = append(all, p.(object))
	}
	return all
}
