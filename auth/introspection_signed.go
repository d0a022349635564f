package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/gatehouse/problem"
)

// signedAnswer is the typ of a signed answer (RFC 9701, section 5).
const signedAnswer = "token-introspection+jwt"

// maxAnswerAge is how old a signed answer may be, beside the tolerated clock difference: an older one was made for another
// request, and could be from a time before the token was revoked.
const maxAnswerAge = time.Minute

// open returns the answer in a signed one, whose signature and claims it checks (RFC 9701, sections 5 and 8.1).
func (i *introspector) open(ctx context.Context, signed []byte) ([]byte, error) {
	wrong := func(format string, args ...any) ([]byte, error) {
		return nil, unusable(false, "the signed answer: "+format, args...)
	}
	payload, h, err := i.provider.open(LimitSignatures(ctx, unlimited{}), string(signed), i.config.Algorithms)
	if err != nil {
		return wrong("%w", err)
	}
	if mediaType(h.typ.value) != signedAnswer {
		return wrong("typ: want %q, got %s", signedAnswer, h.typ)
	}
	var claims claims
	if _, err := decodeObject(payload, &claims); err != nil {
		return wrong("claims: %w", briefly(err))
	}
	if err := i.checkSigned(&claims); err != nil {
		return wrong("%w", err)
	}
	return []byte(claims.member("token_introspection")), nil
}

// checkSigned returns what is wrong with the claims around an answer.
func (i *introspector) checkSigned(c *claims) error {
	now, leeway := i.config.Now(), i.config.Leeway
	switch issued := c.IssuedAt; {
	case c.Issuer.state != valid || c.Issuer.value != i.config.Issuer:
		return fmt.Errorf("iss: want %q, got %s", i.config.Issuer, c.Issuer)
	case !slices.Contains(c.Audience.values, i.settings.ClientID):
		return fmt.Errorf("aud: want the client %q, got %s", i.settings.ClientID, c.Audience)
	case issued.state != valid || now.Add(leeway).Before(issued.time) || now.After(issued.time.Add(maxAnswerAge+leeway)):
		return fmt.Errorf("iat: want at most %s before %s, got %s", maxAnswerAge, stamp(now), issued)
	case c.Expiry.state == invalid, c.Expiry.state == valid && !now.Before(c.Expiry.time.Add(leeway)):
		return fmt.Errorf("exp: want after %s, got %s", stamp(now), c.Expiry)
	case c.member("token_introspection").kind() != '{':
		return fmt.Errorf("token_introspection: want an object")
	}
	return nil
}

// An unusableAnswer says why there is no answer. Nothing is known about the token then.
type unusableAnswer struct {
	outage bool // the same is expected for other tokens
	err    error
}

func (e *unusableAnswer) Error() string { return e.err.Error() }

// Unwrap hides problem types: those of the answer are not those of the token.
func (e *unusableAnswer) Unwrap() error { return nil }

// unusable returns the AuthUnavailable of a token without an answer.
func unusable(outage bool, format string, args ...any) error {
	return newError(problem.AuthUnavailable, "introspection: %w", &unusableAnswer{outage, fmt.Errorf(format, args...)}).saying(problem.NotAsked)
}
