package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/gatehouse/problem"
)

// ExplainCredentials says what is wrong with the credentials of a request in which [BearerToken] finds no token. It
// repeats nothing that was sent, which may be a password, or a token in the wrong place.
func ExplainCredentials(r *http.Request) *Explanation { return explainCredentials(r, MaxTokenSize) }

// ExplainCredentials is [ExplainCredentials] with the configured size of tokens.
func (v *Verifier) ExplainCredentials(r *http.Request) *Explanation {
	return explainCredentials(r, v.config.MaxTokenSize)
}

func explainCredentials(r *http.Request, most int) *Explanation {
	_, err := bearerToken(r, most)
	e := &Explanation{}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	actual, advice := sentInstead(r, most)
	e.add("authorization", err, "one header: Authorization: Bearer <access token>", actual)
	e.Checks[0].Advice = advice
	return e
}

// sentInstead describes what a request has in place of a token, and how to fix it.
func sentInstead(r *http.Request, most int) (actual, advice string) {
	fields := r.Header["Authorization"]
	elsewhere := inQuery(r.URL.RawQuery) || inForm(r)
	switch {
	case len(fields) > 1:
		return fmt.Sprintf("%d headers", len(fields)), "A proxy between client and API may add its own header: send one."
	case elsewhere && len(fields) == 0:
		return "a token in the query or the form", "Tokens are read from the header only: send it there. Get a new token, because URLs are logged."
	case elsewhere:
		return "a token in the query or the form, beside the header", "Remove it there. Get a new token, because URLs are logged."
	case len(fields) == 0 || fields[0] == "":
		return "no header", "Sign in, and send the token. If the client did, a proxy or a redirect to another host removed the header."
	}
	scheme, rest, spaced := strings.Cut(fields[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return otherScheme(scheme, spaced)
	}
	token := strings.TrimLeft(rest, " ")
	switch {
	case token == "":
		return "Bearer without a token", "The variable for the token is empty: check where the client gets it from."
	case len(token) > most:
		return fmt.Sprintf("a token of %d bytes, and the limit is %d", len(token), most), "A token with many roles is that long: set MAX_TOKEN_SIZE, at most 24KB, or let the provider write fewer."
	}
	return fmt.Sprintf("Bearer, and %d bytes that are not a token", len(token)), formAdvice(token)
}

// schemes are those that may be named. Any other first word could be a secret.
var schemes = []string{"Basic", "Digest", "DPoP", "Negotiate", "NTLM", "Token", "JWT", "OAuth", "ApiKey", "Api-Key"}

func otherScheme(scheme string, spaced bool) (actual, advice string) {
	known := slices.IndexFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) })
	switch {
	case strings.Count(scheme, ".") == 2 && !spaced:
		return "a token without a scheme", "Write Bearer and a space before the token."
	case known < 0:
		return "something other than Bearer, a space and a token", "Write Bearer and a space before the token."
	case schemes[known] == "Basic":
		return "the scheme Basic", "User names and passwords belong to the provider: get an access token there, and send that."
	case schemes[known] == "DPoP":
		return "the scheme DPoP", "Tokens that are bound to a key are not accepted: let the client ask for a bearer token."
	}
	return "the scheme " + schemes[known], "Write Bearer instead."
}
