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

// An override is a vector that is called valid and that we refuse.
type override struct {
	reason *problem.Type // what it must be refused for
	why    string
}

const (
	noPayload   = "an empty payload is no JSON object, so the text is no JWT (RFC 7519, section 7.2)"
	otherHash   = "the token says PS384 and its key PS256: a key has one algorithm (RFC 8725, section 3.1)"
	noSuchName  = "the key says ES521, and there is no such algorithm (RFC 7518, section 3.1)"
	notAlphabet = "a question mark is not in the base64url alphabet (RFC 7515, section 2)"
	symmetric   = "whoever can verify an HMAC can forge one, so an issuer's tokens have none (RFC 8725, section 2.1)"
)

// signatureOverrides are those of json_web_signature_test.json, by tcId. Whatever else is called
// valid must be accepted, and an override that changes nothing must go.
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

// refusedAlgorithms are what other valid vectors are signed with, and what is refused on purpose.
// "none" needs no entry, for no vector calls it valid.
var refusedAlgorithms = map[string]override{
	"HS256": {problem.AlgorithmNotAllowed, symmetric},
	"HS384": {problem.AlgorithmNotAllowed, symmetric},
	"HS512": {problem.AlgorithmNotAllowed, symmetric},
}

func TestWycheproof(t *testing.T) {
	unused := maps.Clone(refusedAlgorithms)
	t.Run("every vector of JWS", func(t *testing.T) {
		judge(t, load(t, "json_web_signature_test.json", 401), signatureOverrides, unused)
	})
	t.Run("every vector of JWK", func(t *testing.T) {
		judge(t, load(t, "json_web_key_test.json", 26), keyOverrides, unused)
	})
	for name := range unused {
		t.Errorf("%s is refused on purpose, but no valid vector is signed with it", name)
	}
}

// judge compares the verdicts on a suite with ours. It takes the algorithms it needs out of unused.
func judge(t *testing.T, s suite, overrides map[int]override, unused map[string]override) {
	counts, left := map[string]int{}, maps.Clone(overrides)
	for _, g := range s.Groups {
		p := connect(t, g.keys(t))
		for _, v := range g.Vectors {
			o, excepted := overrides[v.ID]
			delete(left, v.ID)
			if !excepted && v.valid() {
				o, excepted = refusedAlgorithms[algorithmOf(v.Token)]
				delete(unused, algorithmOf(v.Token))
			}
			payload, err := p.VerifySignature(t.Context(), v.Token)
			switch counts[verdict(err)]++; {
			case excepted:
				counts["overridden"]++
				o.check(t, v, err)
			default:
				v.check(t, payload, err)
			}
		}
	}
	for id, o := range left {
		t.Errorf("%d is overridden (%s), but there is no such vector", id, o.why)
	}
	t.Logf("%d cases: %v", s.Cases, counts)
}

// check wants the verdict that the vector asks for. That the keys are not available is none.
func (v vector) check(t *testing.T, payload []byte, err error) {
	t.Helper()
	switch {
	case v.valid() && err != nil:
		t.Errorf("%d %s: got %v, want it accepted", v.ID, v.Comment, err)
	case v.valid() && authtest.Encode(string(payload)) != strings.Split(v.Token, ".")[1]:
		t.Errorf("%d %s: the payload is not that of the token", v.ID, v.Comment)
	case !v.valid() && err == nil:
		t.Errorf("%d %s: accepted, want it refused", v.ID, v.Comment)
	case errors.Is(err, problem.AuthUnavailable):
		t.Errorf("%d %s: got %v, want a judgement", v.ID, v.Comment, err)
	}
}

// check wants the vector refused for the override's reason, though it is called valid.
func (o override) check(t *testing.T, v vector, err error) {
	t.Helper()
	switch {
	case !v.valid():
		t.Errorf("%d %s: is overridden (%s), but it is not called valid", v.ID, v.Comment, o.why)
	case err == nil:
		t.Errorf("%d %s: accepted; refuse it (%s), or drop the override", v.ID, v.Comment, o.why)
	case !errors.Is(err, o.reason):
		t.Errorf("%d %s: got %v, want %s (%s)", v.ID, v.Comment, err, o.reason.Code, o.why)
	}
}

// verdict returns "accepted", or the code of the reason why not.
func verdict(err error) string {
	var reason *problem.Type
	switch {
	case err == nil:
		return "accepted"
	case errors.As(err, &reason):
		return reason.Code
	}
	return "an error without a reason"
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

// usableKeys is how many keys of a group of json_web_key_test.json may be used, by the group's first
// tcId; of all other groups it is none.
var usableKeys = map[int]int{
	1: 1, // a set of an HMAC key and an ES256 key: the one is left out, the other stays (RFC 7517, section 5)
	5: 1, // RS256
}

// The tokens of some vectors would be refused whatever the key, so this asks about the key alone: a
// wrong signature is an invalid one where the key is in use, and of an unknown key where it is not.
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
