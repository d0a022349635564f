package handlers

import (
	"net/http"
	"slices"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// An Inspection is the result of validating a token for the inspector.
type Inspection struct {
	Accepted bool   `json:"accepted"`
	Code     string `json:"code,omitempty"` // of the problem, if the token is rejected
	Detail   string `json:"detail,omitempty"`
	Hint     string `json:"hint,omitempty"`
	*auth.Explanation
}

// inspectorRoute declares the route of the inspector, which needs a token if the documentation does. It changes nothing.
func (a *API) inspectorRoute(r *ginauth.Router) {
	if a.config.Docs == config.DocsProtected {
		r.Require().Hidden().Audit(false).POST(config.DocsPath+"/inspect", a.Inspect)
		return
	}
	r.Optional().Hidden().POST(config.DocsPath+"/inspect", a.Inspect)
}

// Inspect serves the page of the inspector: an [Inspection] of a token, or the [telemetry.Rejection] of an
// instance. It stores nothing and sends nothing elsewhere.
//
// A page of another site cannot call it: a body of application/json needs a preflight, which only the origins
// of the configuration pass (Fetch, section 3.2.2), and no cookie authenticates a caller here.
func (a *API) Inspect(c *gin.Context, caller *auth.Principal) error {
	var request struct {
		Token    auth.AccessToken `json:"token"`
		Instance string           `json:"instance"`
	}
	if err := a.input.JSON(c, &request); err != nil {
		return err
	}
	switch {
	case (request.Token == "") == (request.Instance == ""):
		return invalid(fieldError("", "must have either token or instance"))
	case request.Token == "":
		return a.inspectRejection(c, caller, request.Instance)
	}
	return a.inspectToken(c, caller, request.Token)
}

// inspectToken explains a token to a caller that has it, unless ERROR_DETAIL=minimal keeps that from callers. Admins,
// and every caller in development, get all of the explanation.
func (a *API) inspectToken(c *gin.Context, caller *auth.Principal, token auth.AccessToken) error {
	if a.config.MinimalErrors {
		if err := a.requireAdmin(caller); err != nil {
			return err
		}
	}
	e := a.schemes.Explain(c, token)
	if err := a.countFailure(c, e); err != nil {
		return err
	}
	if a.requireAdmin(caller) != nil {
		restrict(e)
	}
	i := Inspection{Accepted: e.Problem == nil, Explanation: e}
	if !i.Accepted {
		i.Code, i.Detail, i.Hint = e.Problem.Code, e.Detail, e.Hint
	}
	return writeJSON(c, http.StatusOK, i)
}

// formChecks are about the form of a token, its key and its signature. The other checks are about its claims.
var formChecks = []string{"form", "header", "alg", "kid", "typ", "key", "signature", "jwk", "claims"}

// restrict leaves of an explanation what may be said to a caller who may not see rejections. The claims of a token
// that is not genuine are shown, and not validated: a caller could try out with forged tokens what the API accepts.
// Issuer and audience are named, because metadata and problem pages publish them, and algorithms are not.
func restrict(e *auth.Explanation) {
	for i := range e.Checks {
		check := &e.Checks[i]
		switch {
		case check.Name == "alg":
			check.Expected = ""
		case e.Genuine || slices.Contains(formChecks, check.Name):
		case check.Name == "iss" && e.Problem == problem.IssuerWrong: // the response says it, too
		case check.Name == "iss" || check.Name == "aud":
			*check = auth.Check{Name: check.Name, Result: auth.Skipped, Expected: check.Expected}
		default:
			*check = auth.Check{Name: check.Name, Result: auth.Skipped}
		}
	}
}

// countFailure counts a token that is not genuine against the caller's address, as the guard of every route does, because
// an explanation costs a verification. Developers are not limited.
func (a *API) countFailure(c *gin.Context, e *auth.Explanation) error {
	if a.throttle == nil || a.config.Development || e.Problem == nil || e.Genuine || e.Problem.Status >= http.StatusInternalServerError {
		return nil
	}
	if tooMany := a.throttle.Failed(c.ClientIP()); tooMany != nil {
		tooMany.Err = e.Problem
		return tooMany
	}
	return nil
}

func (a *API) inspectRejection(c *gin.Context, caller *auth.Principal, instance string) error {
	if err := a.requireAdmin(caller); err != nil {
		return err
	}
	rejection, ok := a.rejections.Find(instance)
	if !ok {
		return problem.NotFound
	}
	return writeJSON(c, http.StatusOK, rejection)
}

// requireAdmin rejects callers without the role admin, who may not see what others sent. In development every
// caller may.
func (a *API) requireAdmin(caller *auth.Principal) error {
	switch {
	case a.config.Development:
		return nil
	case caller == nil:
		return problem.CredentialsMissing
	}
	return (&auth.Requirement{Roles: []string{"admin"}}).Check(caller, time.Now())
}
