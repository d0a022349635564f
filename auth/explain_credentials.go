package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// ExplainCredentials says what is wrong with the credentials of a request that [BearerToken] finds no
// token in. Nothing that was sent stands in it: there may be a password, or a token in a wrong place.
func ExplainCredentials(r *http.Request) *Explanation {
	_, err := BearerToken(r)
	e := &Explanation{}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	actual, remedy := sentInstead(r)
	e.fail("authorization", err, "one header: Authorization: Bearer <access token>", actual)
	e.Checks[0].Remedy = remedy
	return e
}

// sentInstead describes what a request has in place of a token, and what to do about it.
func sentInstead(r *http.Request) (actual, remedy string) {
	fields := r.Header["Authorization"]
	elsewhere := inQuery(r.URL.RawQuery) || inForm(r)
	switch {
	case len(fields) > 1:
		return fmt.Sprintf("%d headers", len(fields)), "Something between client and API adds a header of its own: send one."
	case elsewhere && len(fields) == 0:
		return "a token in the query or the form", "A token is read from the header alone: send it there, and get a new one, for addresses are logged."
	case elsewhere:
		return "a token in the query or the form, beside the header", "Leave it out there, and get a new one, for addresses are logged."
	case len(fields) == 0 || fields[0] == "":
		return "no header", "Sign in, and send the token. If the client did, a proxy or a redirect to another host took the header away."
	}
	scheme, rest, spaced := strings.Cut(fields[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return otherScheme(scheme, spaced)
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case token == "":
		return "Bearer, and no token", "What should hold the token is empty: look where the client gets it from."
	case len(token) > MaxTokenSize:
		return fmt.Sprintf("a token of %d bytes, and %d are read", len(token), MaxTokenSize), ""
	}
	return fmt.Sprintf("Bearer, and %d bytes that are no token", len(token)), formRemedy(token)
}

// schemes are those that may be named: of any other first word it is not known that it is no secret.
var schemes = []string{"Basic", "Digest", "DPoP", "Negotiate", "NTLM", "Token", "JWT", "OAuth", "ApiKey", "Api-Key"}

func otherScheme(scheme string, spaced bool) (actual, remedy string) {
	known := slices.IndexFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) })
	switch {
	case strings.Count(scheme, ".") == 2 && !spaced:
		return "a token without a scheme", "Write Bearer and a space before the token."
	case known < 0:
		return "something that is not Bearer, a space and a token", "Write Bearer and a space before the token."
	case schemes[known] == "Basic":
		return "the scheme Basic", "Name and password are for the provider: get an access token there, and send that."
	case schemes[known] == "DPoP":
		return "the scheme DPoP", "Tokens that are bound to a key are not accepted: let the client ask for a bearer token."
	}
	return "the scheme " + schemes[known], "Write Bearer in its place."
}
