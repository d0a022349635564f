package config

import (
	"slices"
	"strings"
	"testing"
)

// TestIssuersHaveTheirOwnVariables has a second issuer: what is not set for it has its default, except the audience.
func TestIssuersHaveTheirOwnVariables(t *testing.T) {
	const second = "https://second.example.com"
	first := []string{"TOKEN_PROFILE", "jwt", "ROLES_CLAIM", "groups", "OIDC_CLIENTS", "spa", "MAX_TOKEN_SIZE", "24KB", "DOCS_CLIENT_ID", "ui", "CLOCK_SKEW", "5s"}
	c, err := Read(env(append(first, "OIDC_ISSUER_2", second, "SCOPES_CLAIM_2", "scp", "OIDC_ISSUER_9", "https://acme.auth0.com/",
		"OIDC_AUDIENCE_9", "nine", "ROLES_CLAIM_9", "roles")...))
	if err != nil || len(c.Issuers()) != 3 {
		t.Fatalf("got %d issuers and %v", len(c.Issuers()), err)
	}
	got := c.Verifications(nil)
	a, b, nine := got[0], got[1], got[2]
	if a.Issuer != "https://id.example.com" || a.Suffix != "" || a.Profile.String() != "jwt" || a.MaxTokenSize != 24<<10 {
		t.Errorf("the first is %+v", a)
	}
	if b.Issuer != second || b.Suffix != "_2" || b.Profile.String() != "rfc9068" || b.Clients != nil || b.MaxTokenSize != 8<<10 ||
		!slices.Equal(b.ScopesClaim, []string{"scp"}) || !slices.Equal(b.Audience, a.Audience) || b.Leeway != a.Leeway {
		t.Errorf("the second is %+v", b)
	}
	if b.RolesClaim == nil || len(b.RolesClaim) > 0 || a.RolesClaim[0] != "groups" || nine.RolesClaim[0] != "roles" {
		t.Errorf("the roles are in %q, %q and %q", a.RolesClaim, b.RolesClaim, nine.RolesClaim)
	}
	if nine.Suffix != "_9" || nine.Profile.String() != "auth0" || !slices.Equal(nine.Audience, []string{"nine"}) || c.Issuers()[1].DocsClientID != "docs" {
		t.Errorf("the ninth is %+v", nine)
	}
}

func TestErrorsNameTheVariableOfTheIssuer(t *testing.T) {
	const second = "https://second.example.com"
	for _, test := range []struct {
		name string
		env  []string
		says []string // the beginnings of the lines
	}{
		{"no issuer", []string{"OIDC_AUDIENCE_2", "a"}, []string{"OIDC_ISSUER_2: not set, and OIDC_AUDIENCE_2 is"}},
		{"http", []string{"OIDC_ISSUER_3", "http://second.example.com"}, []string{"OIDC_ISSUER_3: "}},
		{"the first again", []string{"OIDC_ISSUER_2", "https://id.example.com"}, []string{"OIDC_ISSUER_2: it is an issuer that another variable names"}},
		{"the second again", []string{"OIDC_ISSUER_2", second, "OIDC_ISSUER_4", second}, []string{"OIDC_ISSUER_4: it is an issuer"}},
		{"a profile", []string{"OIDC_ISSUER_2", second, "TOKEN_PROFILE_2", "x"}, []string{`TOKEN_PROFILE_2: there is no token profile "x"`}},
		{"clients", []string{"OIDC_ISSUER_2", second, "TOKEN_PROFILE_2", "dex"}, []string{"OIDC_CLIENTS_2: not set: the profile dex needs"}},
		{"claims", []string{"OIDC_ISSUER_2", "https://token.actions.githubusercontent.com"}, []string{"REQUIRED_CLAIMS_2: not set"}},
		{"tenants", []string{"OIDC_ISSUER_2", "https://login.microsoftonline.com/{tenantid}/v2.0"}, []string{"OIDC_TENANTS_2: not set: OIDC_ISSUER_2 has {tenantid} in it"}},
		{"quotes", []string{"OIDC_ISSUER_2", second, "ROLES_CLAIM_2", `"a"`}, []string{"ROLES_CLAIM_2: it is in quotes"}},
		{"no audience at all", []string{"OIDC_ISSUER_2", second, "OIDC_AUDIENCE", ""}, []string{"OIDC_AUDIENCE: not set", "OIDC_AUDIENCE_2: not set"}},
		{"two", []string{"OIDC_ISSUER_2", second, "MAX_TOKEN_SIZE_2", "0", "SCOPE_PREFIX_2", "a b"}, []string{"SCOPE_PREFIX_2: ", "MAX_TOKEN_SIZE_2: "}},
		{"the secret of introspection", []string{"OIDC_ISSUER_2", second, "INTROSPECTION_2", "opaque", "INTROSPECTION_CLIENT_ID_2", "a"}, []string{"INTROSPECTION_CLIENT_SECRET_2: not set: with INTROSPECTION_2=opaque, the provider must know who asks; INTROSPECTION_CLIENT_SECRET_2_FILE can"}}, // part:introspection
		{"what there is once", []string{"OIDC_ISSUER_2", second, "CLOCK_SKEW_2", "x"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(env(test.env...))
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if !slices.EqualFunc(lines, test.says, strings.HasPrefix) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
		})
	}
}

// TestEveryVariableOfAnIssuerHasItsSuffix compares the tags with the names that auth knows for its advice.
func TestEveryVariableOfAnIssuerHasItsSuffix(t *testing.T) {
	c := &Config{suffix: "_2"}
	for _, name := range issuerNames() {
		if got := c.Suffixed("set " + name + "=x."); got != "set "+name+"_2=x." {
			t.Errorf("%s becomes %s", name, got)
		}
	}
	if got := c.Suffixed("CLOCK_SKEW OIDC_ISSUER_3"); got != "CLOCK_SKEW OIDC_ISSUER_3" {
		t.Errorf("got %s", got)
	}
}

func TestAnIssuerIsNamedByNumberOrURL(t *testing.T) {
	c, err := Read(env("OIDC_ISSUER_3", "https://third.example.com"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"1": "", "https://id.example.com": "", "3": "_3", "https://third.example.com": "_3"} {
		if got, err := c.IssuerNamed(name); err != nil || got.Suffix() != want {
			t.Errorf("%s is %v and %v", name, got, err)
		}
	}
	if _, err := c.IssuerNamed("2"); err == nil || err.Error() != `there is no issuer "2": there are 1 (https://id.example.com), 3 (https://third.example.com)` {
		t.Errorf("the error is %v", err)
	}
}
