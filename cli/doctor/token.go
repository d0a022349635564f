package doctor

import (
	"context"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
)

// token checks the token on standard input, if there is one, and what it allows.
func (r *report) token(ctx context.Context) {
	token, err := r.console.PipedToken()
	if err == nil && token == "" {
		return
	}
	var e *auth.Explanation
	if err == nil {
		e, err = r.console.ExplainToken(ctx, r.Config, token)
	}
	if err != nil {
		r.fail("token", "Pipe a token in, as the provider issued it.", "%v", err)
		return
	}
	for _, c := range e.Checks {
		if c.Result == auth.Failed {
			r.fail("token: "+c.Name, c.Advice, "%s: want %s, got %s", c.Code, c.Expected, c.Actual)
		}
	}
	if e.Problem != nil {
		return
	}
	kind := "user"
	if e.Caller.IsClient() {
		kind = "machine"
	}
	r.ok("token", "it is accepted: the %s %.100q with the client %.100q, scopes %q and roles %q", kind, e.Caller.Subject, e.Caller.ClientID, e.Caller.Scopes, e.Caller.Roles)
	r.allowed(e.Caller)
}

// allowed says which scopes and roles of routes the caller lacks, and where they stand if the token has them elsewhere.
func (r *report) allowed(caller *auth.Principal) {
	table, _ := r.console.Routes(r.Config) // an error is that of the start
	all := ginauth.RequiredBy(table)
	for _, c := range all.Explain(caller, r.console.Now()) {
		if c.Result == auth.Failed {
			r.warn("token: "+c.Name, c.Advice, "routes need %s, and it has %s", c.Expected, c.Actual)
		}
	}
}
