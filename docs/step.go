package docs

import (
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// wrongOnes are the reasons against a token that may be good elsewhere.
var wrongOnes = []*problem.Type{
	problem.TokenTypeWrong, problem.IssuerWrong, problem.KeyUnknown, problem.BindingInvalid, problem.StepUpRequired,
}

// step returns which question of the index finds a reason, 1 to 4, or 0 if none does. The questions
// stand in pages/index.html, in the order in which a request is judged: the first that is answered
// with no names the cause.
func step(r *problem.Type) int {
	switch {
	case slices.Contains(wrongOnes, r):
		return 3 // are the credentials, or the client, the right ones?
	case r.Status == http.StatusForbidden:
		return 4 // what does this operation ask for?
	case r.OAuth == problem.TokenInvalid.OAuth:
		return 2 // is the token valid, and meant for this API?
	case r.Status == http.StatusUnauthorized, r.OAuth == problem.CredentialsMalformed.OAuth:
		return 1 // is the header there, and well formed?
	}
	return 0
}

// steps returns the reasons by the question that finds them.
func (c *Config) steps() [5][]*problem.Type {
	var found [5][]*problem.Type
	for _, r := range c.Types {
		found[step(r)] = append(found[step(r)], r)
	}
	return found
}

// audience says what a token must be meant for.
func (c *Config) audience() string {
	if len(c.Audience) == 0 {
		return "this API"
	}
	return strings.Join(c.Audience, " or ")
}
