package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"example.com/gatehouse/problem"
)

// Explain verifies a token as if it followed Bearer in a header, and returns the result of every check, also of
// those after the first that failed.
func (v *Verifier) Explain(ctx context.Context, token AccessToken) *Explanation {
	sent, err := splitCredentials("Bearer "+string(token), v.tokenSize)
	if err != nil {
		return v.ExplainRejection(token, err)
	}
	if checkForm(sent) == nil {
		_, _ = v.For(AccessToken(sent)).provider.current(ctx) // which waits for the first keys: Verify does so only for a token of a typ that may pass
	}
	caller, err := v.authenticate(ctx, sent)
	if e := v.explainOpaque(AccessToken(sent), caller, err); e != nil {
		return e
	}
	e := v.ExplainRejection(AccessToken(sent), err)
	e.Caller = caller
	return e
}

// ExplainRejection is Explain for a token that was verified before: err is the error of Verify, or nil if it
// accepted the token. It checks no signature and fetches nothing, so that explaining a flood of forged tokens costs
// little.
func (v *Verifier) ExplainRejection(token AccessToken, err error) *Explanation {
	if e := v.explainOpaque(token, nil, err); e != nil {
		return e
	}
	e, published := &Explanation{Fingerprint: token.Fingerprint()}, v.publishedFor(token)
	if v.issuers != nil {
		v = v.For(token)
		e.Issuer, e.suffix = v.config.Issuer, v.config.Suffix
	}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	e.Detail, e.Hint = textsOf(err, published)
	j, malformed := parseJWS(string(token), nil)
	if malformed != nil {
		e.add("form", cmp.Or[error](err, malformed), "three segments of base64url, as the provider issued them", describeForm(token, v.config.MaxTokenSize))
		_, e.Checks[0].Advice = textsOf(cmp.Or(err, malformed), published)
		return e
	}
	e.pass("form")
	e.Header, e.Claims = readable(j.header), readable(j.payload)
	c := &candidate{config: &v.config, rules: v.config.rules, provider: v.provider, now: v.config.Now()}
	if rejected, ok := errors.AsType[*Error](err); ok && rejected.Genuine() {
		c.now, e.Genuine = rejected.validatedAt, true // as of then: a token may have become valid since
	}
	const object = "one JSON object without repeated members"
	if _, err := decodeObject(j.header, &c.header); err != nil {
		e.add("header", problem.TokenMalformed, object, Brief(err.Error()))
		return e
	}
	e.explainHeader(c)
	e.explainSignature(c, err)
	if err := c.parse(j.payload); err != nil {
		e.add("claims", problem.TokenMalformed, object, Brief(err.Error()))
		return e
	}
	e.explainClaims(c, err == nil)
	if v.asker != nil {
		v.asker.addTo(e, v.provider, err)
	}
	e.advise(c)
	return e
}

// explainHeader makes the checks of parseHeader, and that of the profile.
func (e *Explanation) explainHeader(c *candidate) {
	var alg, typ error
	if c.header.extended {
		e.add("header", problem.TokenMalformed, "no crit, b64 or zip", "one of them")
	}
	if !c.header.allowed(c.config.Algorithms) {
		alg = problem.AlgorithmNotAllowed
	}
	if c.header.typ.state == invalid || !c.config.Profile.allowsType(c.header.typ.value) {
		typ = problem.TokenTypeWrong
	}
	e.add("alg", alg, fmt.Sprintf("any of %q", c.config.Algorithms), c.header.algorithm.String())
	if c.header.keyID.state == invalid {
		e.add("kid", problem.TokenMalformed, "absent or a string", c.header.keyID.String())
	}
	e.add("typ", typ, c.config.Profile.describeTypes(), c.header.typ.String())
}

// explainSignature derives the results of key and signature from the error of Verify.
func (e *Explanation) explainSignature(c *candidate, err error) {
	expected, kid := "a key of "+c.config.Issuer, "no kid"
	if c.header.keyID.state != absent {
		kid = "the kid " + c.header.keyID.String()
	}
	switch {
	case err == nil, e.Genuine: // of which typ may have failed
		e.add("key", nil, expected, kid)
		e.pass("signature")
		e.Genuine = true
	case e.failed():
		e.skip("key", "signature")
	case e.Problem == problem.SignatureInvalid:
		e.add("key", nil, expected, kid)
		e.add("signature", err, "one by that key", "another")
	case e.Problem == problem.KeyUnknown:
		if errors.Is(err, errTooSoon) {
			kid += ", and " + errTooSoon.Error()
		}
		e.add("key", err, expected, kid)
		e.skip("signature")
	case e.Problem == problem.AlgorithmNotAllowed:
		e.add("key", err, expected+" for "+c.header.algorithm.value, kid)
		e.skip("signature")
	case e.Problem == problem.AuthUnavailable:
		e.add("key", err, expected, c.provider.Status().Detail)
		e.skip("signature")
	case e.Problem == problem.TooManyFailures:
		e.add("key", nil, expected, kid)
		e.add("signature", err, "one by that key", "not checked")
	default:
		e.skip("key", "signature")
	}
	if c.header.hasKey {
		e.add("jwk", problem.TokenMalformed, "no jwk, jku or x5u", "a key of its own")
	}
}

// explainClaims adds the checks of the claims. They are useful even without a valid signature: most often they show
// where the token comes from. A token that was accepted passed all of them, even if it has expired since.
func (e *Explanation) explainClaims(c *candidate, accepted bool) {
	for _, check := range c.rules.checks {
		if check.name == requiredClaims && len(c.config.RequiredClaims) == 0 {
			continue
		}
		var err error
		if wrong := check.validate(c); wrong != nil && !accepted {
			err = wrong
		}
		expected, actual := check.describe(c)
		if expected == "" {
			continue
		}
		e.add(check.name, err, expected, actual)
	}
}

// advise adds the advice for the checks that failed, each once.
func (e *Explanation) advise(c *candidate) {
	given := map[string]bool{}
	for i := range e.Checks {
		check := &e.Checks[i]
		if check.Result != Failed {
			continue
		}
		advice := c.advice(check)
		if what := cmp.Or(settingsToMake.FindString(advice), advice); !given[what] {
			check.Advice, given[what] = problem.Suffixed(advice, e.suffix), true
		}
	}
}

// settingsToMake is the part of an advice that several checks may have in common.
var settingsToMake = regexp.MustCompile(`set (TOKEN_PROFILE|OIDC_CLIENTS)=[^ ,]*[^ ,.]`)

// describeForm describes a text that is not a token.
func describeForm(token AccessToken, most int) string {
	segments := strings.Split(string(token), ".")
	switch odd := strings.IndexFunc(string(token), outsideToken); {
	case len(token) > most:
		return fmt.Sprintf("%d bytes, and the limit is %d", len(token), most)
	case odd >= 0:
		return fmt.Sprintf("%d bytes, with a character at %d that no token has", len(token), odd)
	case len(segments) == 1:
		return fmt.Sprintf("%d bytes without a dot: an opaque token, or no token at all", len(token))
	case len(segments) == 5:
		return "five segments: an encrypted token"
	case len(segments) != 3:
		return fmt.Sprintf("%d segments", len(segments))
	case len(segments[0]) > maxHeaderSize:
		return fmt.Sprintf("a header that is longer than %d bytes", maxHeaderSize)
	}
	for i, segment := range segments {
		if _, err := base64url.DecodeString(segment); err != nil || segment == "" {
			return fmt.Sprintf("three segments, of which number %d is empty or truncated", i+1)
		}
	}
	return "three segments"
}

// outsideToken reports whether a character is neither of base64url nor a dot.
func outsideToken(c rune) bool {
	return c != '.' && (c > 127 || !token68[c] || c == '~' || c == '+' || c == '/')
}
