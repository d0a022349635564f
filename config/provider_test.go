package config

import (
	"slices"
	"strings"
	"testing"
)

// TestProfilesNeedTheirVariables has settings that are right one by one, and wrong together.
func TestProfilesNeedTheirVariables(t *testing.T) {
	const entra = "https://login.microsoftonline.com/"
	for _, test := range []struct {
		name string
		env  []string
		says []string // the beginnings of the lines of the error
	}{
		{"dex without clients", []string{"TOKEN_PROFILE", "dex"}, []string{"OIDC_CLIENTS: not set: the profile dex needs the clients"}},
		{"dex with clients alone", []string{"TOKEN_PROFILE", "dex", "OIDC_CLIENTS", "spa", "OIDC_AUDIENCE", ""}, nil},
		{"github without claims", []string{"TOKEN_PROFILE", "github"}, []string{"REQUIRED_CLAIMS: not set: the issuer of the profile github signs for all of its users: say whose tokens are accepted, such as repository_owner=acme"}},
		{"github by its issuer", []string{"OIDC_ISSUER", "https://token.actions.githubusercontent.com"}, []string{"REQUIRED_CLAIMS: not set"}},
		{"github with claims", []string{"TOKEN_PROFILE", "github", "REQUIRED_CLAIMS", "repository_owner=acme"}, nil},
		{"gitlab without claims", []string{"OIDC_ISSUER", "https://gitlab.com"}, []string{"REQUIRED_CLAIMS: not set: the issuer of the profile gitlab signs for all of its users: say whose tokens are accepted, such as namespace_path=acme"}},
		{"a template without tenants", []string{"OIDC_ISSUER", entra + "{tenantid}/v2.0"}, []string{"OIDC_TENANTS: not set: OIDC_ISSUER has {tenantid} in it"}},
		{"a template with tenants", []string{"OIDC_ISSUER", entra + "{tenantid}/v2.0", "OIDC_TENANTS", "1,2"}, nil},
		{"a template with any tenant", []string{"OIDC_ISSUER", entra + "{tenantid}/v2.0", "OIDC_TENANTS", "*"}, nil},
		{"common", []string{"OIDC_ISSUER", entra + "common/v2.0"}, []string{`OIDC_ISSUER: tokens name their own tenant and never "common": set OIDC_ISSUER=` + entra + "{tenantid}/v2.0 and OIDC_TENANTS"}},
		{"organizations, with metadata elsewhere", []string{"OIDC_ISSUER", entra + "organizations/v2.0", "OIDC_DISCOVERY_URL", entra + "organizations/v2.0/.well-known/openid-configuration"}, []string{"OIDC_ISSUER: tokens name their own tenant"}},
		{"an issuer that is no URL", []string{"OIDC_ISSUER", "acme.com"}, []string{"OIDC_ISSUER: "}},
		{"an issuer that is no URL, with metadata elsewhere", []string{"OIDC_ISSUER", "acme.com", "OIDC_DISCOVERY_URL", "https://id.example.com/.well-known/openid-configuration"}, nil},
		{"cognito with clients alone", []string{"OIDC_ISSUER", "https://cognito-idp.eu-west-1.amazonaws.com/p", "OIDC_AUDIENCE", "", "OIDC_CLIENTS", "spa"}, nil},
		{"cognito with neither", []string{"OIDC_ISSUER", "https://cognito-idp.eu-west-1.amazonaws.com/p", "OIDC_AUDIENCE", ""}, []string{"OIDC_AUDIENCE: not set: what your provider writes into the aud of tokens for this API; with the profile cognito, OIDC_CLIENTS can be set in place of it"}},
		{"auth0 with clients alone", []string{"OIDC_ISSUER", "https://acme.auth0.com/", "OIDC_AUDIENCE", "", "OIDC_CLIENTS", "spa"}, []string{"OIDC_AUDIENCE: not set"}},
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

func TestIssuersDecideTheProfile(t *testing.T) {
	for _, test := range []struct{ issuer, profile, want, why string }{
		{"https://acme.auth0.com/", "auto", "auth0", "OIDC_ISSUER names this provider"},
		{"https://acme.auth0.com/", "rfc9068", "rfc9068", "TOKEN_PROFILE says so"},
		{"https://id.example.com", "auto", "rfc9068", "OIDC_ISSUER names no provider that is known"},
		{"https://securetoken.google.com/acme", "auto", "rfc9068", "OIDC_ISSUER names no provider that is known"},
		{"https://accounts.google.com", "auto", "google", "OIDC_ISSUER names this provider"},
	} {
		got, why := (&Config{Issuer: test.issuer, TokenProfile: test.profile}).Profile()
		if got.String() != test.want || !strings.HasPrefix(why, test.why) {
			t.Errorf("%s with %s is %s: %s", test.issuer, test.profile, got, why)
		}
	}
}

// TestRequestsAreThoseOfTheProvider has what clients add to authorization requests.
func TestRequestsAreThoseOfTheProvider(t *testing.T) {
	for _, test := range []struct {
		issuer string
		env    []string
		params string
		prefix string
		named  bool // by resource
	}{
		{"https://acme.auth0.com/", nil, "audience=https%3A%2F%2Fapi.example.com", "", false},
		{"https://acme.auth0.com/", []string{"TOKEN_PROFILE", "rfc9068"}, "audience=https%3A%2F%2Fapi.example.com", "", false},
		{"https://acme.auth0.com/", []string{"OIDC_AUTHORIZE_PARAMS", "audience=other&prompt=login"}, "audience=other&prompt=login", "", false},
		{"https://acme.auth0.com/", []string{"OIDC_AUDIENCE", "a&b=c,other"}, "audience=a%26b%3Dc", "", false},
		{"https://login.microsoftonline.com/1/v2.0", []string{"OIDC_AUDIENCE", "1-2"}, "", "api://1-2/", false},
		{"https://sts.windows.net/1/", []string{"OIDC_AUDIENCE", "api://1-2"}, "", "api://1-2/", false},
		{"https://login.microsoftonline.com/1/v2.0", []string{"SCOPE_PREFIX", "api://items/"}, "", "api://items/", false},
		{"https://cognito-idp.eu-west-1.amazonaws.com/p", nil, "", "https://api.example.com/", false},
		{"https://sso.example.com/realms/a", nil, "", "", false},
		{"https://acme.okta.com/oauth2/default", nil, "", "", false},
		{"https://id.example.com", nil, "", "", true},
	} {
		c, err := Read(env(append([]string{"OIDC_ISSUER", test.issuer}, test.env...)...))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.AuthorizeParams().Encode(); got != test.params || string(c.Scopes()) != test.prefix || c.NamesResource() != test.named {
			t.Errorf("%s %q: got %q, %q and %t", test.issuer, test.env, got, c.Scopes(), c.NamesResource())
		}
	}
}
