package auth

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/problem"
)

func TestAnErrorHasATypeAndACause(t *testing.T) {
	failed := newError(problem.TokenExpired, "exp: %w", io.ErrUnexpectedEOF)
	wrapped := fmt.Errorf("listing items: %w", failed)
	for _, target := range []error{problem.TokenExpired, io.ErrUnexpectedEOF, failed} {
		if !errors.Is(wrapped, target) {
			t.Errorf("%v is not found", target)
		}
	}
	if errors.Is(wrapped, problem.TokenNotYetValid) {
		t.Error("it is of another type, too")
	}
	found, ok := errors.AsType[*problem.Type](wrapped)
	if got, isError := errors.AsType[*Error](wrapped); !ok || found != problem.TokenExpired || !isError || got != failed {
		t.Errorf("got %v and %v", found, got)
	}
	if got := wrapped.Error(); got != "listing items: token-expired: exp: unexpected EOF" {
		t.Errorf("got %s", got)
	}
}

func TestAnErrorNeedsNoCause(t *testing.T) {
	failed := &Error{Type: problem.AccessDenied}
	if !errors.Is(failed, problem.AccessDenied) || errors.Is(failed, problem.TokenExpired) || failed.Error() != "access-denied" {
		t.Errorf("got %v", failed)
	}
}

// TestErrorsHaveExpectedAndActualValues validates tokens with one wrong claim each.
func TestErrorsHaveExpectedAndActualValues(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	config := &Config{Issuer: "https://login.example.com", Audience: []string{"https://api.example.com"}, Leeway: time.Second}
	whole := map[string]string{
		"iss": `"https://login.example.com"`, "aud": `"https://api.example.com"`, "sub": `"alice"`, "client_id": `"docs"`,
		"jti": `"1"`, "iat": "1795435200", "exp": "1795435500",
	}
	for _, test := range []struct{ claim, value, want string }{
		{"iss", `"https://evil.example.com"`, `issuer-wrong: iss: want "https://login.example.com", got "https://evil.example.com"`},
		{"iss", `5`, `issuer-wrong: iss: want "https://login.example.com", got of a wrong type`},
		{"nonce", `"n"`, "token-type-wrong: kind: want an access token, got an ID token"},
		{"typ", `"Refresh"`, "token-type-wrong: kind: want an access token, got a refresh token"},
		{"events", `{}`, "token-type-wrong: kind: want an access token, got a logout or security event token"},
		{"htm", `"GET"`, "token-type-wrong: kind: want an access token, got a DPoP proof"},
		{"aud", `["a","b"]`, `audience-wrong: aud: want any of ["https://api.example.com"], got ["a" "b"]`},
		{"aud", `{}`, `audience-wrong: aud: want any of ["https://api.example.com"], got of a wrong type`},
		{"exp", `1795435199`, "token-expired: exp: want after 2026-11-23T11:59:59Z, got 2026-11-23T11:59:59Z"},
		{"exp", `"1"`, "claim-invalid: exp: want after 2026-11-23T11:59:59Z, got of a wrong type"},
		{"nbf", `1795435202`, "token-not-yet-valid: nbf: want absent or before 2026-11-23T12:00:01Z, got 2026-11-23T12:00:02Z"},
		{"iat", `1795435202`, "token-not-yet-valid: iat: want before 2026-11-23T12:00:01Z, got 2026-11-23T12:00:02Z"},
		{"sub", ``, "claim-missing: sub: want a subject, got absent"},
		{"client_id", `""`, `claim-invalid: client_id: want a client, got ""`},
		{"iat", ``, "claim-missing: iat: want before 2026-11-23T12:00:01Z, got absent"},
		{"iat", `"x"`, "claim-invalid: iat: want before 2026-11-23T12:00:01Z, got of a wrong type"},
		{"nbf", `"x"`, "claim-invalid: nbf: want absent or before 2026-11-23T12:00:01Z, got of a wrong type"},
		{"jti", ``, "claim-missing: jti: want an identifier, got absent"},
		{"jti", `null`, "claim-invalid: jti: want an identifier, got of a wrong type"},
		{"scope", `5`, "claim-invalid: scope: want absent or a string of scopes, got of a wrong type"},
		{"roles", `5`, "claim-invalid: roles: want absent or an array of strings, got of a wrong type"},
		{"auth_time", `"x"`, "claim-invalid: auth_time: want absent or a date, got of a wrong type"},
		{"acr", `5`, "claim-invalid: acr: want absent or a string, got of a wrong type"},
		{"cnf", `{"jkt":"secret-thumbprint"}`, "binding-invalid: cnf: want absent: a bearer token, got present: a token bound to a key"},
	} {
		t.Run(test.claim+" "+test.value, func(t *testing.T) {
			var members []string
			for name, value := range whole {
				if name != test.claim {
					members = append(members, fmt.Sprintf("%q:%s", name, value))
				}
			}
			if test.value != "" {
				members = append(members, fmt.Sprintf("%q:%s", test.claim, test.value))
			}
			c := &candidate{config: config, rules: newRules(config, config.Profile), provider: &Provider{}, now: now}
			if err := c.parse([]byte("{" + strings.Join(members, ",") + "}")); err != nil {
				t.Fatal(err)
			}
			if err := c.validateClaims(); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
