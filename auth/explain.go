package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/problem"
	"github.com/go-json-experiment/json/jsontext"
)

// Fingerprint returns the head of the token's SHA-256: enough to tell tokens apart in a log, and
// nothing to make one from.
func (t Token) Fingerprint() string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:8])
}

// Explain verifies a token, as if it came in a header after Bearer, and says how every check ended,
// beyond the first that failed.
func (v *Verifier) Explain(ctx context.Context, token Token) *Explanation {
	var caller *Principal
	sent, err := splitCredentials("Bearer " + string(token))
	if err == nil {
		token = Token(sent)
		caller, err = v.authenticate(ctx, sent)
	}
	e := v.ExplainRefusal(token, err)
	e.Caller = caller
	return e
}

// ExplainRefusal is Explain for a token that Verify has already judged with err, which is nil for one
// that it accepted. It checks no signature again and fetches nothing, so that who floods the API with
// forgeries does not make it work twice.
func (v *Verifier) ExplainRefusal(token Token, err error) *Explanation {
	e := &Explanation{Fingerprint: token.Fingerprint()}
	e.Problem, _ = errors.AsType[*problem.Type](err)
	s := newScratch()
	j, shape := parseJWS(s, []byte(token))
	if shape != nil {
		if e.Problem != nil {
			shape = e.Problem
		}
		e.fail("form", shape, "three segments of base64url, as the provider issued them", form(token))
		e.Checks[0].Remedy = formRemedy(string(token))
		return e
	}
	e.pass("form")
	e.Header, e.Claims = readable(j.header), readable(j.payload)
	m, headerErr := readHeader(s, string(j.header))
	if headerErr != nil {
		e.fail("header", problem.TokenMalformed, "one JSON object without repeated members", oneLine(headerErr))
		return e
	}
	v.explainHeader(e, m)
	v.explainKey(e, m)
	c, claimsErr := parseClaims(s, string(j.payload))
	if claimsErr != nil {
		e.fail("claims", problem.TokenMalformed, "one JSON object without repeated members", oneLine(claimsErr))
		return e
	}
	e.judge(&trial{claims: c, config: &v.config, provider: v.provider, now: v.judgedAt(err)}, m)
	return e
}

// judgedAt returns when a token was judged, so that what was to come then is still to come.
func (v *Verifier) judgedAt(err error) time.Time {
	if refusal, ok := errors.AsType[*Error](err); ok && !refusal.at.IsZero() {
		return refusal.at
	}
	return v.config.Now()
}

// explainHeader judges the header as parseHeader does, and the profile.
func (v *Verifier) explainHeader(e *Explanation, m members) {
	var alg, typ error
	if m.extended {
		e.fail("header", problem.TokenMalformed, "no crit, b64 or zip", "one of them")
	}
	if m.algorithm.state != valid || !slices.Contains(v.config.Algorithms, m.algorithm.value) {
		alg = problem.AlgorithmNotAllowed
	}
	if m.typ.state == invalid || !v.config.Profile.allowsType(m.typ.value) {
		typ = problem.TokenTypeWrong
	}
	e.check("alg", alg, fmt.Sprintf("any of %q", v.config.Algorithms), m.algorithm.describe())
	if m.keyID.state == invalid {
		e.fail("kid", problem.TokenMalformed, "absent or a string", m.keyID.describe())
	}
	e.check("typ", typ, v.config.Profile.types(), m.typ.describe())
}

// explainKey tells what became of the key and the signature, from the reason that was found.
func (v *Verifier) explainKey(e *Explanation, m members) {
	issuers, kid := "a key of "+v.config.Issuer, "no kid"
	if m.keyID.state != absent {
		kid = "the kid " + m.keyID.describe()
	}
	switch {
	case e.failed():
		e.skip("key", "signature")
	case e.Problem == problem.KeyUnknown:
		e.fail("key", problem.KeyUnknown, issuers, kid)
		e.skip("signature")
	case e.Problem == problem.AlgorithmNotAllowed:
		e.fail("key", problem.AlgorithmNotAllowed, issuers+" for "+m.algorithm.value, kid)
		e.skip("signature")
	case e.Problem == problem.AuthUnavailable:
		e.fail("key", problem.AuthUnavailable, issuers, v.provider.Status().Detail)
		e.skip("signature")
	case e.Problem == problem.SignatureInvalid:
		e.check("key", nil, issuers, kid)
		e.fail("signature", problem.SignatureInvalid, "one by that key", "another")
	case e.Problem == nil || slices.Contains(foundAfter, e.Problem):
		e.check("key", nil, issuers, kid)
		e.pass("signature")
		e.Genuine = true
	default:
		e.skip("key", "signature")
	}
	if m.foreign {
		e.fail("jwk", problem.TokenMalformed, "no jwk, jku or x5u", "a key of its own")
	}
}

// foundAfter are the reasons that Verify has against a token whose signature is good.
var foundAfter = []*problem.Type{
	problem.TokenMalformed, problem.IssuerWrong, problem.TokenTypeWrong, problem.AudienceWrong, problem.TokenExpired, problem.TokenNotYetValid, problem.ClaimMissing, problem.ClaimInvalid, problem.BindingInvalid,
}

// judge tells how every rule ended. Before a good signature they are still worth telling to who
// runs the API: most often they say where the token comes from. A token that was accepted passed
// them all, even if it has expired since.
func (e *Explanation) judge(t *trial, m members) {
	for _, r := range rules {
		c := Check{Name: r.name, Verdict: Passed}
		c.Expected, c.Actual = r.facts(t)
		if reason := r.judge(t); reason != nil && e.Problem != nil {
			c.Verdict, c.Code = Failed, reason.Code
		}
		e.Checks = append(e.Checks, c)
	}
	told := map[string]bool{}
	for i := range e.Checks {
		c := &e.Checks[i]
		if c.Verdict != Failed {
			continue
		}
		if remedy := t.remedy(c, m); !told[remedy] {
			c.Remedy, told[remedy] = remedy, true
		}
	}
}

// form describes a text that is no token.
func form(token Token) string {
	segments := strings.Split(string(token), ".")
	switch odd := strings.IndexFunc(string(token), strange); {
	case len(token) > MaxTokenSize:
		return fmt.Sprintf("%d bytes, and %d are read", len(token), MaxTokenSize)
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
			return fmt.Sprintf("three segments, of which number %d is empty or was cut", i+1)
		}
	}
	return "three segments"
}

// strange reports whether a character is outside base64url and the dots between segments.
func strange(c rune) bool {
	return c != '.' && (c > 127 || !token68[c] || c == '~' || c == '+' || c == '/')
}

// types says which typ an access token may have.
func (p Profile) types() string {
	if p.lenient {
		return `"at+jwt", "JWT" or absent`
	}
	return `"at+jwt"`
}

// readable returns a segment if it is JSON.
func readable(segment []byte) jsontext.Value {
	v := jsontext.Value(slices.Clone(segment))
	if !v.IsValid() {
		return nil
	}
	return v
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
