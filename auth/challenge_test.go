package auth

import (
	"testing"
	"time"

	"example.com/gatehouse/problem"
)

func TestChallengersNeedNoEscapes(t *testing.T) {
	for _, test := range []struct {
		name, realm, metadata string
		good                  bool
	}{
		{"a realm", "gatehouse", "", true},
		{"a realm of words", "the gate house's API, v1", "", true},
		{"a realm and an address", "gatehouse", "https://api.example.com/.well-known/oauth-protected-resource", true},
		{"no realm", "", "", false},
		{"no realm but an address", "", "https://api.example.com", false},
		{"a quote in the realm", `gate"house`, "", false},
		{"a backslash in the realm", `gate\house`, "", false},
		{"a line break in the realm", "gate\r\nhouse", "", false},
		{"a tab in the realm", "gate\thouse", "", false},
		{"a zero byte in the realm", "gate\x00", "", false},
		{"a letter that is not ASCII in the realm", "gatéhouse", "", false},
		{"delete in the realm", "gate\x7f", "", false},
		{"a quote in the address", "gatehouse", `https://api.example.com/"`, false},
		{"a line break in the address", "gatehouse", "https://api.example.com/\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := NewChallenger(test.realm, test.metadata)
			if (err == nil) != test.good || test.good && *c != (Challenger{Realm: test.realm, Metadata: test.metadata}) {
				t.Errorf("got %+v and %v", c, err)
			}
		})
	}
}

func TestChallengesSayHowToAuthenticate(t *testing.T) {
	everything := Requirement{Scopes: []string{"a", "b"}, Roles: []string{"r"}, ACR: []string{"1", "2"}, MaxAge: 90 * time.Second}
	plain, full := &Challenger{Realm: "r"}, &Challenger{Realm: "r", Metadata: "https://m"}
	for _, test := range []struct {
		name       string
		challenger *Challenger
		problem    *problem.Type
		required   Requirement
		want       string
	}{
		{"no credentials, no error, and what to ask for", plain, problem.CredentialsMissing, everything, `Bearer realm="r", scope="a b"`},
		{"no credentials where no scope is needed", plain, problem.CredentialsMissing, Requirement{Roles: []string{"r"}}, `Bearer realm="r"`},
		{"another scheme, no error, and what to ask for", full, problem.SchemeUnsupported, everything, `Bearer realm="r", scope="a b", resource_metadata="https://m"`},
		{"a bad request", plain, problem.CredentialsMalformed, Requirement{}, `Bearer realm="r", error="invalid_request", error_description="The Authorization header is malformed."`},
		{"a bad token, and nothing of the route", plain, problem.TokenExpired, everything, `Bearer realm="r", error="invalid_token", error_description="The access token expired."`},
		{"a missing scope, and all that are needed", full, problem.ScopeInsufficient, everything, `Bearer realm="r", error="insufficient_scope", error_description="The token lacks a required scope.", scope="a b", resource_metadata="https://m"`},
		{"a missing scope that is not known", plain, problem.ScopeInsufficient, Requirement{}, `Bearer realm="r", error="insufficient_scope", error_description="The token lacks a required scope."`},
		{"a stronger sign-in", plain, problem.StepUpRequired, Requirement{ACR: []string{"1", "2"}}, `Bearer realm="r", error="insufficient_user_authentication", error_description="A stronger or fresher sign-in is required.", acr_values="1 2"`},
		{"a fresher sign-in", plain, problem.StepUpRequired, Requirement{MaxAge: 90 * time.Second}, `Bearer realm="r", error="insufficient_user_authentication", error_description="A stronger or fresher sign-in is required.", max_age="90"`},
		{"a role, which no other token has", plain, problem.AccessDenied, everything, ""},
		{"a provider that is down", plain, problem.AuthUnavailable, everything, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.challenger.Challenge(test.problem, test.required); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
