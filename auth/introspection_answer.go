package auth

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
)

// An answer is what became of a question about a token.
type answer struct {
	caller *Principal // nil if the token is rejected
	err    error
	until  time.Time // how long it is used
}

// size returns how many bytes an answer takes.
func (a answer) size() int64 {
	size := int64(cacheSlot + 256) // of its error, or of times
	if a.caller != nil {
		size += a.caller.size()
	}
	if rejected, ok := errors.AsType[*Error](a.err); ok {
		size += int64(len(rejected.Error()) + len(rejected.answer))
	}
	return size
}

// newAnswerRules returns how answers are read: as tokens of the profile, except that RFC 7662, section 2.2, names the members.
// What is there to tell tokens apart, an identifier and a date of issue, says nothing of a token that is active now.
func newAnswerRules(c *Config) *rules {
	r := newRules(c, c.Profile)
	lenient := *r.row // a copy, because rows are of all verifiers
	lenient.exact = false
	r.row, r.kind, r.answer = &lenient, (*candidate).answerKind, true
	r.missing = append(r.missing, list("jti iat "+r.answers)...)
	r.clientClaims = append([]string{"client_id"}, r.clientClaims...)
	if c.ScopesClaim == nil && !slices.Contains(r.scopes, "scope") {
		r.scopes = append(r.scopes, "scope")
	}
	return r
}

// newConfirmingRules returns how answers about a JWT are read, whose own claims were checked: what an answer has must be
// right, and it may leave out everything.
func newConfirmingRules(c *Config) *rules {
	r := newAnswerRules(c)
	r.missing, r.checks = list("iss exp token_type"), nil
	for _, check := range claimChecks {
		if slices.Contains([]string{"iss", "kind", "exp", "nbf", "cnf"}, check.name) {
			r.checks = append(r.checks, check)
		}
	}
	return r
}

// answerKind says of what kind a token is. Providers introspect refresh tokens as well, and say so in one of several members,
// or in none: an access token is of a type (RFC 6749, section 7.1), which only some providers leave out.
func (c *candidate) answerKind() string {
	switch {
	case c.use("refresh", "offline"):
		return refreshToken
	case c.claims.has("events"), c.use("logout"):
		return logoutToken
	case c.use("id"), c.saysIDToken():
		return idToken
	case c.use(bound...), c.use("access", "bearer"), !c.claims.has("token_type") && c.rules.mayMiss("token_type"):
		return accessToken
	}
	return unmarked
}

// read returns the caller that an answer describes, or why its token is rejected. For a JWT it is the caller of that. Only
// the boolean true means active (RFC 7662, section 2.2).
func (i *introspector) read(ctx context.Context, token AccessToken, payload []byte, signed bool, jwt *Principal) (*Principal, time.Time, error) {
	config := &i.config
	if jwt != nil {
		config = &i.confirming
	}
	c := &candidate{config: config, rules: config.rules, provider: i.provider, now: config.Now()}
	if signed {
		var err error
		if payload, err = i.open(ctx, payload); err != nil {
			return nil, time.Time{}, err
		}
	}
	if err := c.parse(payload); err != nil {
		return nil, time.Time{}, unusable(false, "the answer: %w", briefly(err))
	}
	if active := c.claims.member("active"); active != "true" {
		return nil, time.Time{}, i.inactive(active, jwt)
	}
	c.hide(token)
	c.nameUser()
	if err := c.validateClaims(); err != nil {
		if rejected, ok := errors.AsType[*Error](err); ok {
			rejected.answer = c.payload
			c.sayAnswer(rejected)
		}
		return nil, time.Time{}, err
	}
	if jwt != nil {
		return jwt, earlier(jwt.ExpiresAt, c.claims.Expiry), nil
	}
	caller := c.principal(nil)
	caller.Issuer = cmp.Or(caller.Issuer, config.Issuer) // an answer that leaves it out is of the issuer that was asked
	return caller, caller.ExpiresAt, nil
}

// sayAnswer says of a member that some providers leave out that the answer lacks it, and not the token.
func (c *candidate) sayAnswer(rejected *Error) {
	switch {
	case rejected.Type == problem.ClaimMissing && c.claims.Issuer.state == absent && !c.rules.mayMiss("iss"):
		_ = rejected.saying(problem.AnswerIssuer, problem.Claim("iss"))
	case rejected.Type == problem.TokenTypeWrong && c.answerKind() == unmarked && !c.claims.has("token_type"):
		_ = rejected.saying(problem.AnswerType)
	}
}

// nameUser reads the username of a user as the subject, at a provider that writes no other.
func (c *candidate) nameUser() {
	if c.rules.byUsername && c.claims.Subject.state == absent {
		c.claims.Subject = c.claims.member("username").string()
	}
}

// earlier returns the first of two ends, of which the second may be absent.
func earlier(end time.Time, other dateClaim) time.Time {
	if other.state == valid && other.time.Before(end) {
		return other.time
	}
	return end
}

// inactive returns the error of a token that is not active. That of a JWT is genuine.
func (i *introspector) inactive(active value, jwt *Principal) error {
	err := newError(problem.TokenInactive, "introspection: active: want true, got %.20q", string(active))
	if jwt != nil {
		return err.AsGenuine(i.config.Now())
	}
	return err
}

// hide removes the token from an answer that repeats it, as its jti or in a member of its own: claims are logged.
func (c *candidate) hide(token AccessToken) {
	quoted := `"` + string(token) + `"`
	if strings.Contains(c.payload, quoted) {
		hidden := strings.ReplaceAll(c.payload, quoted, `"`+token.String()+`"`)
		c.claims = claims{}
		_ = c.parse([]byte(hidden)) // a string was replaced by a string
	}
}
