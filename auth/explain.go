package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// A Verdict is how a check ended.
type Verdict string

// The three verdicts.
const (
	Passed  Verdict = "passed"
	Failed  Verdict = "failed"
	Skipped Verdict = "skipped" // not judged, because an earlier check failed
)

// A Check is one judgement about a token.
type Check struct {
	Name     string  `json:"name"`
	Verdict  Verdict `json:"verdict"`
	Code     string  `json:"code,omitempty"` // of the reason, if it failed
	Expected string  `json:"expected,omitempty"`
	Actual   string  `json:"actual,omitempty"`
	Remedy   string  `json:"remedy,omitempty"` // what to do about what was seen; empty if nothing special was
}

// An Explanation is all that can be said about a token: for whoever runs the API, and for the holder
// of the token, but never for an answer to a stranger. It holds no part of the signature.
type Explanation struct {
	Reason      *Reason        `json:"-"`           // why the API refuses it; nil when it is accepted
	Caller      *Principal     `json:"-"`           // whom it describes; nil when it is refused
	Fingerprint string         `json:"fingerprint"` // finds the same token again
	Header      jsontext.Value `json:"header,omitempty"`
	Claims      jsontext.Value `json:"claims,omitempty"`
	Genuine     bool           `json:"genuine"` // the signature is good; if not, header and claims are anybody's word
	Checks      []Check        `json:"checks"`
}

// Fingerprint returns the head of the token's SHA-256: enough to tell tokens apart in a log, and
// nothing to make one from.
func (t Token) Fingerprint() string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:8])
}

// Explain verifies a token and says how every check ended, beyond the first that failed.
func (v *Verifier) Explain(ctx context.Context, token Token) *Explanation {
	caller, err := v.Verify(ctx, token)
	e := v.ExplainRefusal(token, err)
	e.Caller = caller
	return e
}

// ExplainRefusal is Explain for a token that Verify has already judged with err. It checks no
// signature again, so that who floods the API with forgeries does not make it work twice.
func (v *Verifier) ExplainRefusal(token Token, err error) *Explanation {
	e := &Explanation{Fingerprint: token.Fingerprint()}
	e.Reason, _ = errors.AsType[*Reason](err)
	s := newScratch()
	j, shape := parseJWS(s, []byte(token))
	if shape != nil {
		e.fail("form", shape, "three segments of base64url, as the provider issued them", form(token))
		return e
	}
	e.pass("form")
	e.Header, e.Claims = readable(j.header), readable(j.payload)
	m, headerErr := readHeader(s, string(j.header))
	if headerErr != nil || m.extended {
		e.fail("header", TokenMalformed, "one JSON object without crit, b64 and zip", "something else")
		return e
	}
	v.explainHeader(e, m)
	v.explainKey(e, m)
	if c, err := parseClaims(s, string(j.payload)); err != nil {
		e.fail("claims", TokenMalformed, "one JSON object without repeated members", oneLine(err))
	} else {
		e.judge(&trial{claims: c, config: &v.config, provider: v.provider, now: v.config.Now()}, m)
	}
	return e
}

func (v *Verifier) explainHeader(e *Explanation, m members) {
	var alg, typ error
	if m.algorithm.state != valid || !slices.Contains(v.config.Algorithms, m.algorithm.value) {
		alg = AlgorithmNotAllowed
	}
	if m.typ.state == invalid || !v.config.Profile.allowsType(m.typ.value) {
		typ = TokenTypeWrong
	}
	e.check("alg", alg, fmt.Sprintf("any of %q", v.config.Algorithms), m.algorithm.describe())
	e.check("typ", typ, "that of the profile "+v.config.Profile.String(), m.typ.describe())
}

// explainKey tells what became of the key and the signature, from the reason that was found.
func (v *Verifier) explainKey(e *Explanation, m members) {
	kid := m.keyID.describe()
	if m.keyID.state == absent {
		kid = "none"
	}
	switch {
	case e.Reason == KeyUnknown:
		e.fail("key", KeyUnknown, "a key of "+v.config.Issuer, kid)
		e.skip("signature")
	case e.Reason == AuthUnavailable:
		e.fail("key", AuthUnavailable, "keys of "+v.config.Issuer, v.provider.Status().Detail)
		e.skip("signature")
	case e.Reason == SignatureInvalid:
		e.pass("key")
		e.fail("signature", SignatureInvalid, "one made with the key "+kid, "another")
	case e.failed() || e.Reason == TokenMalformed && !m.foreign:
		e.skip("key")
		e.skip("signature")
	default:
		e.pass("key")
		e.pass("signature")
		e.Genuine = true
	}
	if m.foreign {
		e.fail("header", TokenMalformed, "no jwk, jku or x5u", "a key of its own")
	}
}

// judge tells how every rule ended. Before a good signature they are still worth telling to who
// runs the API: most often they say where the token comes from.
func (e *Explanation) judge(t *trial, m members) {
	for _, r := range rules {
		reason := r.judge(t)
		expected, actual := r.facts(t)
		c := Check{Name: r.name, Verdict: Passed, Expected: expected, Actual: actual}
		if reason != nil {
			c.Verdict, c.Code = Failed, reason.Code
		}
		e.Checks = append(e.Checks, c)
	}
	for i := range e.Checks {
		if c := &e.Checks[i]; c.Verdict == Failed {
			c.Remedy = t.remedy(c.Name, m)
		}
	}
}

func (e *Explanation) check(name string, err error, expected, actual string) {
	if err != nil {
		e.fail(name, err, expected, actual)
		return
	}
	e.Checks = append(e.Checks, Check{Name: name, Verdict: Passed, Expected: expected, Actual: actual})
}

func (e *Explanation) pass(name string) {
	e.Checks = append(e.Checks, Check{Name: name, Verdict: Passed})
}

func (e *Explanation) skip(name string) {
	e.Checks = append(e.Checks, Check{Name: name, Verdict: Skipped})
}

func (e *Explanation) fail(name string, err error, expected, actual string) {
	c := Check{Name: name, Verdict: Failed, Expected: expected, Actual: actual}
	if reason, ok := errors.AsType[*Reason](err); ok {
		c.Code = reason.Code
	}
	e.Checks = append(e.Checks, c)
}

func (e *Explanation) failed() bool {
	for _, c := range e.Checks {
		if c.Verdict == Failed {
			return true
		}
	}
	return false
}

// form describes a text that is no token.
func form(token Token) string {
	switch dots := strings.Count(string(token), "."); {
	case dots == 0:
		return fmt.Sprintf("%d bytes without a dot: an opaque token, or no token at all", len(token))
	case dots == 4:
		return "five segments: an encrypted token"
	case dots != 2:
		return fmt.Sprintf("%d segments", dots+1)
	}
	return "a segment that is empty, has characters outside base64url, or was cut"
}

// readable returns a segment if it is JSON.
func readable(segment []byte) jsontext.Value {
	v := jsontext.Value(append([]byte(nil), segment...))
	if !v.IsValid() {
		return nil
	}
	return v
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
