package auth

import (
	"errors"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// explain implements [asker].
func (i *introspector) explain(v *Verifier, token AccessToken, caller *Principal, err error) *Explanation {
	if !isOpaque(string(token)) {
		return nil
	}
	e := &Explanation{Fingerprint: token.Fingerprint(), Caller: caller}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	e.Detail, e.Hint = textsOf(err, v.Published())
	rejected, _ := errors.AsType[*Error](err)
	c := &candidate{config: &i.config, rules: i.config.rules, provider: i.provider, now: i.config.Now()}
	payload := ""
	switch {
	case caller != nil:
		payload = caller.payload
	case rejected != nil:
		payload = rejected.answer
	}
	if e.Genuine = payload != ""; !e.Genuine {
		e.addIntrospection(err)
		return e
	}
	e.addIntrospection(nil)
	if caller == nil {
		c.now = rejected.validatedAt // as of then
	}
	e.Claims = readable([]byte(payload))
	if err := c.parse([]byte(payload)); err != nil { // it was parsed before
		return e
	}
	c.nameUser()
	e.explainClaims(c, err == nil)
	e.advise(c)
	for n := range e.Checks {
		e.Checks[n].adviseAnswer(c)
	}
	return e
}

// addTo implements [asker]. The provider is asked about a JWT that passed all other checks.
func (i *introspector) addTo(e *Explanation, of *Provider, err error) {
	if of != i.provider || i.settings.Mode != IntrospectAllTokens && e.Problem != problem.TokenInactive {
		return
	}
	if e.failed() {
		e.skip("introspection")
		return
	}
	e.addIntrospection(err)
}

// addIntrospection adds the check that the provider says that a token is active.
func (e *Explanation) addIntrospection(err error) {
	actual, advice := "active", ""
	switch {
	case err == nil:
	case errors.Is(err, problem.TokenInactive):
		actual, advice = "not active", "The provider does not know this token, or not any more: get a new one."
	case errors.Is(err, problem.AuthUnavailable):
		actual, advice = "no answer", "The token was not validated: the log and the command doctor say what the provider responds."
	case errors.Is(err, problem.TooManyFailures):
		actual = "not asked"
	default:
		actual, advice = "another kind of token", "Send the access token."
	}
	e.add("introspection", err, "active, as the provider says", actual)
	e.Checks[len(e.Checks)-1].Advice = advice
}

// adviseAnswer adds the advice for what an answer leaves out.
func (c *Check) adviseAnswer(of *candidate) {
	if c.Result != Failed {
		return
	}
	missing := map[string]string{"iss": "iss", "kind": "token_type", "sub": "sub", "exp": "exp"}[c.Name]
	if missing == "" || of.claims.has(missing) || c.Name == "kind" && of.kind() != unmarked {
		return
	}
	c.Advice = "The provider's answer has no " + missing + ": let the provider write it"
	if able := answersWithout(missing); able != "" {
		c.Advice += ", or set TOKEN_PROFILE, if it is one whose answers have none (" + able + ")"
	}
	c.Advice += "."
}

// answersWithout names the profiles whose answers may leave out a member.
func answersWithout(member string) string {
	var names []string
	for n := range profiles {
		if slices.Contains(strings.Fields(profiles[n].answers), member) {
			names = append(names, profiles[n].name)
		}
	}
	return strings.Join(names, ", ")
}
