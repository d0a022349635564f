package auth

import (
	"errors"
	"strings"
	"testing"

	"example.com/gatehouse/problem"
)

func TestHeadersAreStrict(t *testing.T) {
	for _, test := range []struct {
		name, text string
		err        error
	}{
		{"alg alone", `{"alg":"ES256"}`, nil},
		{"all that is read", `{"alg":"ES256","typ":"at+jwt","kid":"k"}`, nil},
		{"members that are not read", `{"alg":"ES256","cty":5,"x5c":[],"x5t":"x","x":{"y":[1]}}`, nil},
		{"a space behind", `{"alg":"ES256"} `, nil},
		{"no alg", `{}`, problem.AlgorithmNotAllowed},
		{"an alg that is not of the list", `{"alg":"RS256"}`, problem.AlgorithmNotAllowed},
		{"none", `{"alg":"none"}`, problem.AlgorithmNotAllowed},
		{"an alg that is no text", `{"alg":["ES256"]}`, problem.AlgorithmNotAllowed},
		{"an alg of another case", `{"alg":"es256"}`, problem.AlgorithmNotAllowed},
		{"a name of another case", `{"ALG":"ES256"}`, problem.AlgorithmNotAllowed},
		{"a typ that is no text", `{"alg":"ES256","typ":5}`, problem.TokenTypeWrong},
		{"a typ that is null", `{"alg":"ES256","typ":null}`, problem.TokenTypeWrong},
		{"a kid that is no text", `{"alg":"ES256","kid":5}`, problem.TokenMalformed},
		{"a kid that is null", `{"alg":"ES256","kid":null}`, problem.TokenMalformed},
		{"crit", `{"alg":"ES256","crit":["x"]}`, problem.TokenMalformed},
		{"crit that is null", `{"alg":"ES256","crit":null}`, problem.TokenMalformed},
		{"crit before a bad alg", `{"alg":"none","crit":["x"]}`, problem.TokenMalformed},
		{"b64", `{"alg":"ES256","b64":true}`, problem.TokenMalformed},
		{"zip", `{"alg":"ES256","zip":"DEF"}`, problem.TokenMalformed},
		{"alg twice", `{"alg":"ES256","alg":"ES256"}`, problem.TokenMalformed},
		{"a nested member twice", `{"alg":"ES256","x":{"y":1,"y":1}}`, problem.TokenMalformed},
		{"a byte that is not UTF-8", "{\"alg\":\"ES256\",\"x\":\"\xff\"}", problem.TokenMalformed},
		{"a byte order mark", "\ufeff" + `{"alg":"ES256"}`, problem.TokenMalformed},
		{"a space before", ` {"alg":"ES256"}`, problem.TokenMalformed},
		{"an array", `["ES256"]`, problem.TokenMalformed},
		{"null", `null`, problem.TokenMalformed},
		{"a header and another", `{"alg":"ES256"}{}`, problem.TokenMalformed},
		{"half a header", `{"alg":"ES256"`, problem.TokenMalformed},
		{"a header that is very deep", `{"alg":"ES256","x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, problem.TokenMalformed},
	} {
		t.Run(test.name, func(t *testing.T) {
			var h header
			err := parseHeader([]byte(test.text), []string{"ES256"}, &h)
			if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) || err == nil && h.algorithm.value != "ES256" {
				t.Errorf("got %+v and %v, want %v", h, err, test.err)
			}
		})
	}
}

func TestClaimsAreStrict(t *testing.T) {
	for _, test := range []struct {
		name, text string
		good       bool
	}{
		{"no claims", `{}`, true},
		{"claims that are not read", `{"x":{"y":[1,{}]}}`, true},
		{"claims of every wrong type", `{"iss":5,"sub":{},"aud":5,"exp":"x","scope":[],"scp":{},"roles":true,"token_use":[],"typ":null}`, true},
		{"nothing", ``, false},
		{"null", `null`, false},
		{"an array", `[]`, false},
		{"a space before", ` {}`, false},
		{"something behind", `{}x`, false},
		{"a claim twice", `{"exp":1,"exp":2}`, false},
		{"a claim twice that is not read", `{"x":1,"x":1}`, false},
		{"a nested claim twice", `{"cnf":{"jkt":1,"jkt":1}}`, false},
		{"a claim twice within an audience", `{"aud":[{"x":1,"x":1}]}`, false},
		{"a claim that is not UTF-8", "{\"sub\":\"\xff\"}", false},
		{"a name that is not UTF-8", "{\"\xff\":1}", false},
		{"half a surrogate pair", `{"sub":"\ud800"}`, false},
		{"an audience that does not end", `{"aud":["x"`, false},
		{"a number that is none", `{"exp":01}`, false},
		{"claims that are very deep", `{"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c claims
			_, err := decodeObject([]byte(test.text), &c)
			if (err == nil) != test.good {
				t.Errorf("got %+v and %v", c, err)
			}
		})
	}
}
