package authtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A call is a request in a state.
type call struct {
	state
	request
}

// A state is that of a caller: which credentials it has, and what must come of it.
type state struct {
	name        string   // as a report says it
	credentials string   // value of the Authorization header; empty for none
	refusal     *refusal // nil: it must be let in
}

// A refusal is how a caller must be turned away.
type refusal struct {
	status    int
	code      string            // of the problem
	oauth     string            // error code of the challenge (RFC 6750, section 3.1); empty for none
	challenge map[string]string // further parameters of the challenge
}

// challenged reports whether the refusal says how to authenticate.
func (r *refusal) challenged() bool { return r.status == http.StatusUnauthorized || r.oauth != "" }

// stepUp returns the parameters of the challenge for a better sign-in (RFC 9470, section 3).
func (op *operation) stepUp() map[string]string {
	parameters := map[string]string{}
	if len(op.classes) > 0 {
		parameters["acr_values"] = strings.Join(op.classes, " ")
	}
	if op.maxAge > 0 {
		parameters["max_age"] = strconv.Itoa(int(op.maxAge / time.Second))
	}
	return parameters
}

// states returns every state in which the operation must be called.
func (op *operation) states(i *Issuer) []state {
	all := op.strangers(i)
	switch {
	case op.public:
		for n := range all {
			all[n].refusal = nil
		}
	case op.optional:
		all[0].refusal = nil
	default:
		all = append(all, op.lacking(i)...)
	}
	return append(all, op.complete(i))
}

// strangers returns the states of those who do not prove who they are. The first has no credentials.
func (op *operation) strangers(i *Issuer) []state {
	all := op.claims(i)
	foreign := NewKey(i.Key().Algorithm)
	foreign.ID = i.Key().ID // so that only the signature tells
	now := i.Now()
	past := Claims{"iat": now.Add(-2 * time.Hour).Unix(), "exp": now.Add(-time.Hour).Unix()}
	forged := foreign.Sign(map[string]any{"typ": "at+jwt"}, i.Claims(all))
	return []state{
		{"no credentials", "", &refusal{401, "credentials-missing", "", nil}},
		{"another scheme", "Basic YXVkaXQ6YXVkaXQ=", &refusal{401, "scheme-unsupported", "", nil}},
		{"malformed credentials", "Bearer two words", &refusal{400, "credentials-malformed", "invalid_request", nil}},
		{"malformed token", "Bearer audit", &refusal{401, "token-malformed", "invalid_token", nil}},
		{"forged token", "Bearer " + forged, &refusal{401, "signature-invalid", "invalid_token", nil}},
		{"ID token", "Bearer " + i.IDToken(all), &refusal{401, "token-type-wrong", "invalid_token", nil}},
		{"foreign audience", "Bearer " + i.Token(all, Claims{"aud": "https://elsewhere.invalid"}), &refusal{401, "audience-wrong", "invalid_token", nil}},
		{"expired token", "Bearer " + i.Token(all, past), &refusal{401, "token-expired", "invalid_token", nil}},
	}
}

// queried returns the call of who sends a complete token in the query alone, where it would stand in
// logs and histories: no API reads it there (RFC 9700, section 4.3.2).
func (op *operation) queried(r request, i *Issuer) call {
	separator := "?"
	if strings.Contains(r.target, "?") {
		separator = "&"
	}
	r.target += separator + "access_token=" + i.Token(op.claims(i))
	return call{state{"token in the query", "", &refusal{401, "credentials-missing", "", nil}}, r}
}

// lacking returns the states of callers who lack one thing of all that the operation asks for.
func (op *operation) lacking(i *Issuer) (all []state) {
	bearer := func(changes Claims) string { return "Bearer " + i.Token(op.claims(i), changes) }
	for _, scope := range op.scopes {
		less := Claims{"scope": strings.Join(without(op.scopes, scope), " ")}
		challenge := map[string]string{"scope": strings.Join(op.scopes, " ")}
		all = append(all, state{"without the scope " + scope, bearer(less), &refusal{403, "scope-insufficient", "insufficient_scope", challenge}})
	}
	for _, role := range op.roles {
		less := Claims{"roles": without(op.roles, role)}
		all = append(all, state{"without the role " + role, bearer(less), &refusal{403, "access-denied", "", nil}})
	}
	stepUp := &refusal{401, "step-up-required", "insufficient_user_authentication", op.stepUp()}
	if len(op.classes) > 0 {
		all = append(all, state{"sign-in of another class", bearer(Claims{"acr": "audit"}), stepUp})
	}
	if op.maxAge > 0 {
		old := i.Now().Add(-op.maxAge - time.Hour).Unix()
		all = append(all, state{"old sign-in", bearer(Claims{"auth_time": old}), stepUp})
	}
	return all
}

// complete returns the state of a caller who has all that the operation asks for.
func (op *operation) complete(i *Issuer) state {
	if op.public {
		return state{name: "complete"}
	}
	return state{name: "complete", credentials: "Bearer " + i.Token(op.claims(i))}
}

// claims returns those of a token with all that the operation asks for and nothing more.
func (op *operation) claims(i *Issuer) Claims {
	claims := Claims{"scope": strings.Join(op.scopes, " "), "roles": append([]string{}, op.roles...)}
	if len(op.classes) > 0 {
		claims["acr"] = op.classes[0]
	}
	if op.maxAge > 0 {
		claims["auth_time"] = i.Now().Unix()
	}
	return claims
}

// without returns all but one.
func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}
