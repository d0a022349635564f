package handlers

import (
	"net/http"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// A Question is what the inspector is asked about: a token, or a refusal by the instance of its
// problem.
type Question struct {
	Token    auth.Token `json:"token"`
	Instance string     `json:"instance"`
}

// An Inspection is what this API thinks of a token.
type Inspection struct {
	Accepted bool   `json:"accepted"`
	Code     string `json:"code,omitempty"` // of the reason against it
	Hint     string `json:"hint,omitempty"`
	*auth.Explanation
}

// Inspect answers the page of the inspector: with an [Inspection] of a token, or with the [telemetry.Rejection] of
// a refusal. Nothing is stored, and nothing is sent anywhere.
//
// A page of another site cannot ask: a body of application/json needs a preflight, which only the
// origins of the configuration pass (Fetch, section 3.2.2), and no cookie speaks for anybody here.
func (a *API) Inspect(c *gin.Context, caller *auth.Principal) error {
	var q Question
	if err := a.input.JSON(c, &q); err != nil {
		return err
	}
	switch {
	case (q.Token == "") == (q.Instance == ""):
		return &inputError{problem.ValidationFailed, []problem.FieldError{{Message: "must have either token or instance"}}, nil}
	case q.Token == "":
		return a.inspectRefusal(c, caller, q.Instance)
	}
	return a.inspectToken(c, caller, q.Token)
}

// inspectToken tells whoever has a token what is wrong with it, unless they are not to know.
func (a *API) inspectToken(c *gin.Context, caller *auth.Principal, token auth.Token) error {
	if a.config.MinimalErrors {
		if err := a.trusted(caller); err != nil {
			return err
		}
	}
	e := a.Verifier.Explain(c, token)
	if err := a.slowDown(c, e); err != nil {
		return err
	}
	i := Inspection{Accepted: e.Problem == nil, Explanation: e}
	if !i.Accepted {
		i.Code, i.Hint = e.Problem.Code, e.Problem.Hint
	}
	c.PureJSON(http.StatusOK, i)
	return nil
}

// slowDown counts a token that is not genuine as the guard of every route does: to have it explained is to
// have it verified. Who develops may ask on.
func (a *API) slowDown(c *gin.Context, e *auth.Explanation) error {
	if a.throttle == nil || a.config.Development || e.Problem == nil || e.Genuine || e.Problem.Status >= http.StatusInternalServerError {
		return nil
	}
	if tooMany := a.throttle.Failed(c.ClientIP()); tooMany != nil {
		tooMany.Err = e.Problem
		return tooMany
	}
	return nil
}

func (a *API) inspectRefusal(c *gin.Context, caller *auth.Principal, instance string) error {
	if err := a.trusted(caller); err != nil {
		return err
	}
	record, ok := a.rejections.Find(instance)
	if !ok {
		return problem.NotFound
	}
	c.PureJSON(http.StatusOK, record)
	return nil
}

// trusted refuses callers who may not see what others sent: in development everybody may, elsewhere
// who holds the role admin.
func (a *API) trusted(caller *auth.Principal) error {
	switch {
	case a.config.Development:
		return nil
	case caller == nil:
		return problem.CredentialsMissing
	}
	return (&auth.Requirement{Roles: []string{"admin"}}).Check(caller, time.Now())
}
