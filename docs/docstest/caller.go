package docstest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// A caller has credentials, and must be accepted or rejected.
type caller struct {
	name        string     // in reports
	credentials string     // value of the Authorization header; empty for none
	rejection   *rejection // nil: the caller must be accepted
}

// A rejection is how a caller must be rejected.
type rejection struct {
	status    int
	code      string            // of the problem
	oauth     string            // error code of the challenge (RFC 6750, section 3.1); empty for none
	challenge map[string]string // further parameters of the challenge
}

// challenged reports whether the rejection says how to authenticate.
func (r *rejection) challenged() bool { return r.status == http.StatusUnauthorized || r.oauth != "" }

// callers returns all with whom the operation must be called.
func (op *operation) callers(i *authtest.Issuer) []caller {
	all := op.unauthenticated(i)
	switch {
	case op.public:
		for n := range all {
			all[n].rejection = nil
		}
	case op.optional:
		all[0].rejection = nil
	default:
		all = append(all, op.unauthorized(i)...)
	}
	return append(all, op.complete(i))
}

// unauthenticated returns the callers whose credentials prove nothing. The first has none.
func (op *operation) unauthenticated(i *authtest.Issuer) []caller {
	all := op.claims(i)
	foreign := authtest.NewKey(i.Key().Algorithm)
	foreign.ID = i.Key().ID // so that only the signature differs
	now := i.Now()
	past := authtest.Claims{"iat": now.Add(-2 * time.Hour).Unix(), "exp": now.Add(-time.Hour).Unix()}
	invalid := func(name, token, code string) caller {
		return caller{name, "Bearer " + token, &rejection{401, code, "invalid_token", nil}}
	}
	return []caller{
		{"no credentials", "", &rejection{401, "credentials-missing", "", nil}},
		{"another scheme", "Basic YXVkaXQ6YXVkaXQ=", &rejection{401, "scheme-unsupported", "", nil}},
		{"malformed credentials", "Bearer two words", &rejection{400, "credentials-malformed", "invalid_request", nil}},
		invalid("malformed token", "audit", "token-malformed"),
		invalid("forged token", foreign.Sign(map[string]any{"typ": "at+jwt"}, i.Claims(all)), "signature-invalid"),
		invalid("ID token", i.IDToken(all), "token-type-wrong"),
		invalid("foreign audience", i.Token(all, authtest.Claims{"aud": "https://elsewhere.invalid"}), "audience-wrong"),
		invalid("expired token", i.Token(all, past), "token-expired"),
	}
}

// unauthorized returns the callers who lack one thing of all that the operation asks for.
func (op *operation) unauthorized(i *authtest.Issuer) (all []caller) {
	lacking := func(name string, less authtest.Claims, r *rejection) {
		all = append(all, caller{name, "Bearer " + i.Token(op.claims(i), less), r})
	}
	for _, scope := range op.scopes {
		challenge := map[string]string{"scope": strings.Join(op.scopes, " ")}
		lacking("without the scope "+scope, authtest.Claims{"scope": strings.Join(without(op.scopes, scope), " ")},
			&rejection{403, "scope-insufficient", "insufficient_scope", challenge})
	}
	for _, role := range op.roles {
		lacking("without the role "+role, authtest.Claims{"roles": without(op.roles, role)}, &rejection{403, "access-denied", "", nil})
	}
	stepUp := &rejection{401, "step-up-required", "insufficient_user_authentication", map[string]string{}}
	if len(op.classes) > 0 {
		stepUp.challenge["acr_values"] = strings.Join(op.classes, " ")
		lacking("sign-in of another class", authtest.Claims{"acr": "audit"}, stepUp)
	}
	if op.maxAge > 0 {
		stepUp.challenge["max_age"] = strconv.Itoa(int(op.maxAge / time.Second))
		lacking("old sign-in", authtest.Claims{"auth_time": i.Now().Add(-op.maxAge - time.Hour).Unix()}, stepUp)
	}
	return all
}

// complete returns a caller who has all that the operation asks for.
func (op *operation) complete(i *authtest.Issuer) caller {
	if op.public {
		return caller{name: "complete"}
	}
	return caller{name: "complete", credentials: "Bearer " + i.Token(op.claims(i))}
}

// claims returns those of a token with all that the operation asks for and nothing more.
func (op *operation) claims(i *authtest.Issuer) authtest.Claims {
	claims := authtest.Claims{"scope": strings.Join(append(op.passedOn(), op.scopes...), " "), "roles": append([]string{}, op.roles...)}
	if len(op.classes) > 0 {
		claims["acr"] = op.classes[0]
	}
	if op.maxAge > 0 {
		claims["auth_time"] = i.Now().Unix()
	}
	return claims
}

// passedOn returns the scopes that the example of a body passes on to what is created in the list that the path begins
// with. The token must have them, to create it and to change it.
func (op *operation) passedOn() (scopes []string) {
	list, _, _ := strings.Cut(op.path, "/{")
	create := op.doc.Paths[list]["post"]
	if create == nil || create.RequestBody == nil {
		return nil
	}
	example, _ := op.doc.example(create.RequestBody.Content["application/json"])
	body, _ := example.(map[string]any)
	passed, _ := body["scopes"].([]any)
	for _, scope := range passed {
		scopes = append(scopes, fmt.Sprint(scope))
	}
	return scopes
}

// without returns all but one.
func without(all []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })
}
