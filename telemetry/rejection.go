package telemetry

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A Rejection is an entry of the rejection log: what is known of one request and why it was rejected. It has
// no part of the token's signature, and nothing else that would authenticate a caller.
type Rejection struct {
	Instance string            `json:"instance"` // as in the problem
	Time     time.Time         `json:"time"`
	Code     string            `json:"code"`
	Detail   string            `json:"detail"` // as in the problem
	Hint     string            `json:"hint"`
	Status   int               `json:"status"`
	Method   string            `json:"method"`
	Route    string            `json:"route"`
	Required auth.Requirement  `json:"required"`
	Issuer   Issuer            `json:"issuer,omitzero"`
	Token    *auth.Explanation `json:"token,omitempty"` // or of what was sent in its place
	Err      string            `json:"err"`
}

// An Issuer is the state of the issuer that a token names, or else of the first one.
type Issuer struct {
	Name string `json:"name,omitempty"` // where there are several
	auth.Status
}

// newRejection returns the entry of a request. The token is explained where the problem is about the caller,
// and there is a verifier to explain it.
func newRejection(c *gin.Context, t *problem.Type, err error, verifier *auth.Verifier) Rejection {
	r := Rejection{
		Instance: "urn:uuid:" + Instance(c), Time: time.Now().UTC(), Code: t.Code, Status: t.Status,
		Method: Method(c.Request), Route: c.FullPath(), Required: ginauth.Required(c), Err: describe(t, err),
	}
	r.Detail, r.Hint = requestTexts(c, t)
	if verifier == nil || t.About != problem.Caller {
		return r
	}
	caller := ginauth.Caller(c)
	if scheme := auth.SchemeOf(caller, err); scheme != auth.Token {
		r.Token = auth.ExplainScheme(scheme, caller, tokenError(caller, err))
		r.Token.Checks = append(r.Token.Checks, r.Required.Explain(caller, r.Time)...)
		return r
	}
	token, missing := verifier.BearerToken(c.Request)
	issuer := verifier.For(token)
	r.Issuer.Status = issuer.Provider().Status()
	if len(verifier.Issuers()) > 1 {
		r.Issuer.Name = issuer.Issuer()
	}
	if missing != nil {
		r.Token = verifier.ExplainCredentials(c.Request)
		return r
	}
	r.Token = verifier.ExplainRejection(token, tokenError(caller, err))
	r.Token.Checks = append(r.Token.Checks, r.Required.Explain(caller, r.Time)...)
	return r
}

// tokenError returns the part of an error that is about the token. A token that names a caller is valid,
// whatever the caller lacks; and a throttle replaces the error of a token by its own.
func tokenError(caller *auth.Principal, err error) error {
	if caller != nil {
		return nil
	}
	if throttled, ok := errors.AsType[*auth.Error](err); ok && throttled.Type == problem.TooManyFailures {
		return throttled.Err
	}
	return err
}

// maxLines is how many lines of an error are stored.
const maxLines = 100

// describe returns an error in one line. It is cut, because it may repeat what the caller or the provider wrote. Only
// an internal error has several lines to keep: the stack of a panic, which is what the log is read for.
func describe(t *problem.Type, err error) string {
	lines := strings.Split(err.Error(), "\n")
	if t != problem.Internal {
		return auth.Brief(strings.Join(lines, "; "))
	}
	lines = lines[:min(len(lines), maxLines)]
	for i, line := range lines {
		lines[i] = auth.Brief(line)
	}
	return strings.Join(lines, "; ")
}

// attrs returns what the log has beyond what every rejection has: what the route requires, and every check
// that failed.
func (r Rejection) attrs() []slog.Attr {
	attrs := []slog.Attr{{Key: "required", Value: slog.GroupValue(requirementAttrs(r.Required)...)}}
	if r.Token == nil {
		return attrs
	}
	if r.Token.Fingerprint != "" {
		attrs = append(attrs, slog.String("token", r.Token.Fingerprint), slog.Bool("genuine", r.Token.Genuine))
	}
	if r.Issuer.Name != "" {
		attrs = append(attrs, slog.String("issuer", r.Issuer.Name))
	}
	if r.Issuer.State != "" { // of no issuer, for credentials that are no token
		attrs = append(attrs, slog.String("issuer_state", string(r.Issuer.State)))
	}
	if !r.Issuer.Fetched.IsZero() {
		attrs = append(attrs, slog.Duration("keys_age", time.Since(r.Issuer.Fetched).Round(time.Second)))
	}
	return append(attrs, slog.Attr{Key: "failed", Value: slog.GroupValue(r.failed()...)})
}

// requirementAttrs returns what a route requires. A logger leaves out a group without members.
func requirementAttrs(q auth.Requirement) []slog.Attr {
	var attrs []slog.Attr
	for _, a := range []slog.Attr{
		slog.String("scope", q.Scope()), slog.String("roles", strings.Join(q.Roles, " ")),
		slog.String("acr_values", strings.Join(q.ACR, " ")),
	} {
		if a.Value.String() != "" {
			attrs = append(attrs, a)
		}
	}
	if q.Fresh {
		attrs = append(attrs, slog.Bool("fresh", true))
	}
	if q.MaxAge > 0 {
		attrs = append(attrs, slog.Float64("max_age", q.MaxAge.Seconds()))
	}
	return attrs
}

// failed returns a group for every check that failed.
func (r Rejection) failed() []slog.Attr {
	var failed []slog.Attr
	for _, check := range r.Token.Checks {
		if check.Result != auth.Failed {
			continue
		}
		attrs := []slog.Attr{slog.String("expected", check.Expected), slog.String("actual", check.Actual)}
		if check.Advice != "" {
			attrs = append(attrs, slog.String("remedy", check.Advice))
		}
		failed = append(failed, slog.Attr{Key: check.Name, Value: slog.GroupValue(attrs...)})
	}
	return failed
}
