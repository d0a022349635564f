package docs

import (
	"net/http"
	"slices"

	"example.com/gatehouse/problem"
)

// wrongOnes are the problems of a token that may be valid elsewhere.
var wrongOnes = []*problem.Type{
	problem.TokenTypeWrong, problem.IssuerWrong, problem.KeyUnknown, problem.BindingInvalid, problem.StepUpRequired,
}

// step returns which question of the index leads to a problem, 1 to 4, or 0 for none. The questions are in
// pages/index.html, in the order in which a request is checked: the first with the answer no is the cause.
func step(t *problem.Type) int {
	switch {
	case slices.Contains(wrongOnes, t):
		return 3 // are the credentials, or the client, the right ones?
	case t.Status == http.StatusForbidden:
		return 4 // what does this operation ask for?
	case t.OAuth == problem.TokenInvalid.OAuth:
		return 2 // is the token valid, and meant for this API?
	case t.Status == http.StatusUnauthorized, t.OAuth == problem.CredentialsMalformed.OAuth:
		return 1 // is the header there, and well formed?
	}
	return 0
}

// steps returns the problems by the question that leads to them.
func steps() (found [5][]*problem.Type) {
	for _, t := range problem.Types() {
		found[step(t)] = append(found[step(t)], t)
	}
	return found
}
