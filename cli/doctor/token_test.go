package doctor

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/test/clitest"
)

// TestDoctorChecksTheTokenOfStandardInput has the token of an issuer whose keys the provider publishes.
func TestDoctorChecksTheTokenOfStandardInput(t *testing.T) {
	others := slices.DeleteFunc(clitest.Scopes(t), func(scope string) bool { return scope == "items:read" })
	for _, test := range []struct {
		name, profile, typ string
		claims             authtest.Claims
		check              string
		status             status
		detail, remedy     string
	}{
		{"accepted", "rfc9068", "at+jwt", authtest.Claims{"scope": "items:read"}, "token", passed, `it is accepted: the user "alice" with the client "docs", scopes ["items:read"] and roles []`, ""},
		{"a machine", "rfc9068", "at+jwt", authtest.Claims{"sub": "docs"}, "token", passed, `the machine "docs"`, ""},
		{"a scope that it lacks", "rfc9068", "at+jwt", authtest.Claims{"scope": "items:read"}, "token: required_scope", warning, `it has ["items:read"]`, fmt.Sprintf("The token lacks %q", others)},
		{"roles elsewhere", "jwt", "JWT", authtest.Claims{"typ": "Bearer", "realm_access": map[string]any{"roles": []string{"admin"}}}, "token: required_role", warning, `routes need every one of ["admin"]`, "The roles stand in realm_access.roles; TOKEN_PROFILE=keycloak reads them."},
		{"another profile", "rfc9068", "JWT", authtest.Claims{"scope": "items:read"}, "token: typ", failure, "token-type-wrong: want", "set TOKEN_PROFILE=jwt"},
		{"another audience", "rfc9068", "at+jwt", authtest.Claims{"aud": "account"}, "token: aud", failure, "audience-wrong: want", "aud is account"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, issuer := newFixture(), authtest.New(idURL, "https://api.example.com")
			issuer.Now = time.Now
			f.keys = []any{issuer.Key().JWK()}
			f.env["TOKEN_PROFILE"] = test.profile
			f.token = "Bearer " + issuer.Sign(map[string]any{"typ": test.typ}, issuer.Claims(test.claims)) + "\n"
			_, results := f.run(t)
			for _, r := range results {
				if r.Check == test.check {
					if r.Status != test.status || !strings.Contains(r.Detail, test.detail) || !strings.Contains(r.Remedy, test.remedy) {
						t.Errorf("got %+v", r)
					}
					return
				}
			}
			t.Errorf("there is no %s in %+v", test.check, results)
		})
	}
}
