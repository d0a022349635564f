package oracle

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// An override is a vector that is labeled valid and that auth rejects.
type override struct {
	problem *problem.Type
	why     string
}

const (
	noPayload   = "an empty payload is not a JSON object, so the text is not a JWT (RFC 7519, section 7.2)"
	otherHash   = "the token is PS384 and its key PS256: a key has one algorithm (RFC 8725, section 3.1)"
	noSuchName  = "the key is ES521, which is not an algorithm (RFC 7518, section 3.1)"
	notAlphabet = "a question mark is not in the base64url alphabet (RFC 7515, section 2)"
	symmetric   = "a verifier of an HMAC can forge it, so tokens of an issuer must not have one (RFC 8725, section 2.1)"
)

// signatureOverrides are those of json_web_signature_test.json, by tcId. All other valid vectors must
// be accepted, and a test fails for an override that is not needed.
var signatureOverrides = map[int]override{
	259: {problem.TokenMalformed, noPayload},
	264: {problem.TokenMalformed, noPayload},
	268: {problem.TokenMalformed, noPayload},
	272: {problem.TokenMalformed, noPayload},
	320: {problem.TokenMalformed, noPayload},
	325: {problem.TokenMalformed, noPayload},
	346: {problem.AlgorithmNotAllowed, otherHash},
	350: {problem.AlgorithmNotAllowed, otherHash},
	347: {problem.KeyUnknown, noSuchName},
	351: {problem.KeyUnknown, noSuchName},
	372: {problem.TokenMalformed, notAlphabet},
	373: {problem.TokenMalformed, notAlphabet},
}

// keyOverrides are those of json_web_key_test.json: there are none.
var keyOverrides = map[int]override{}

// rejectedAlgorithms are the algorithms of other valid vectors that auth does not accept. "none" needs
// no entry: it is valid in no vector.
var rejectedAlgorithms = map[string]override{
	"HS256": {problem.AlgorithmNotAllowed, symmetric},
	"HS384": {problem.AlgorithmNotAllowed, symmetric},
	"HS512": {problem.AlgorithmNotAllowed, symmetric},
}

func TestWycheproof(t *testing.T) {
	unused := maps.Clone(rejectedAlgorithms)
	t.Run("JWS", func(t *testing.T) {
		compare(t, load(t, "json_web_signature_test.json", 401), signatureOverrides, unused)
	})
	t.Run("JWK", func(t *testing.T) {
		compare(t, load(t, "json_web_key_test.json", 26), keyOverrides, unused)
	})
	for name := range unused {
		t.Errorf("no valid vector is signed with %s", name)
	}
}

// compare compares auth with a suite. It removes the algorithms that it needs from unused.
func compare(t *testing.T, s suite, overrides map[int]override, unused map[string]override) {
	counts, left := map[string]int{}, maps.Clone(overrides)
	for _, g := range s.Groups {
		p := connect(t, g.keys(t))
		for _, v := range g.Vectors {
			o, excepted := overrides[v.ID]
			delete(left, v.ID)
			if !excepted && v.valid() {
				o, excepted = rejectedAlgorithms[algorithmOf(v.Token)]
				delete(unused, algorithmOf(v.Token))
			}
			payload, err := p.VerifySignature(t.Context(), v.Token)
			switch counts[outcome(err)]++; {
			case excepted:
				counts["overridden"]++
				o.check(t, v, err)
			default:
				v.check(t, payload, err)
			}
		}
	}
	for id, o := range left {
		t.Errorf("there is no vector %d to override (%s)", id, o.why)
	}
	t.Logf("%d cases: %v", s.Cases, counts)
}

// check fails unless auth agrees with the label. That keys are unavailable is no agreement.
func (v vector) check(t *testing.T, payload []byte, err error) {
	t.Helper()
	switch {
	case v.valid() && err != nil:
		t.Errorf("%d %s: got %v, want no error", v.ID, v.Comment, err)
	case v.valid() && authtest.Encode(string(payload)) != strings.Split(v.Token, ".")[1]:
		t.Errorf("%d %s: the payload differs from the token's", v.ID, v.Comment)
	case !v.valid() && err == nil:
		t.Errorf("%d %s: accepted, want an error", v.ID, v.Comment)
	case errors.Is(err, problem.AuthUnavailable):
		t.Errorf("%d %s: got %v, want an error about the token", v.ID, v.Comment, err)
	}
}

// check fails unless the vector is labeled valid and rejected with the override's problem.
func (o override) check(t *testing.T, v vector, err error) {
	t.Helper()
	switch {
	case !v.valid():
		t.Errorf("%d %s: the override (%s) is not needed, the vector is invalid", v.ID, v.Comment, o.why)
	case err == nil:
		t.Errorf("%d %s: accepted; reject it (%s) or remove the override", v.ID, v.Comment, o.why)
	case !errors.Is(err, o.problem):
		t.Errorf("%d %s: got %v, want %s (%s)", v.ID, v.Comment, err, o.problem.Code, o.why)
	}
}

// outcome returns "accepted" or the code of a problem.
func outcome(err error) string {
	var found *problem.Type
	switch {
	case err == nil:
		return "accepted"
	case errors.As(err, &found):
		return found.Code
	}
	return "an error without a problem type"
}

func algorithmOf(token string) string {
	segment, _, _ := strings.Cut(token, ".")
	text, _ := base64.RawURLEncoding.DecodeString(segment)
	var header struct {
		Algorithm string `json:"alg"`
	}
	json.Unmarshal(text, &header)
	return header.Algorithm
}

// usableKeys is the number of usable keys of a group of json_web_key_test.json, by the group's first
// tcId. All other groups have none.
var usableKeys = map[int]int{
	1: 1, // a set of an HMAC key, which is skipped, and an ES256 key (RFC 7517, section 5)
	5: 1, // RS256
}

// TestWycheproofKeys checks the keys alone, because the tokens of some vectors are invalid under any key.
// The problem of a wrong signature is signature-invalid for a usable key and key-unknown for another.
func TestWycheproofKeys(t *testing.T) {
	for _, g := range load(t, "json_web_key_test.json", 26).Groups {
		p, usable := connect(t, g.keys(t)), 0
		for _, text := range g.keys(t) {
			var key struct{ Kty, Kid string }
			if err := json.Unmarshal(text, &key); err != nil {
				t.Fatal(err)
			}
			algorithm := map[string]string{"RSA": "RS256", "EC": "ES256", "oct": "ES256"}[key.Kty]
			token := authtest.Encode(`{"alg":"`+algorithm+`","kid":"`+key.Kid+`"}`) + ".e30.AAAA"
			if _, err := p.VerifySignature(t.Context(), token); !errors.Is(err, problem.KeyUnknown) {
				usable++
			}
		}
		if first := g.Vectors[0].ID; usable != usableKeys[first] {
			t.Errorf("%d %s: %d keys are used, want %d", first, g.Comment, usable, usableKeys[first])
		}
	}
}
