package auth

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
)

// TestIssuersOfTenants has an issuer with the tenant's place in it, as Entra ID has for several tenants.
func TestIssuersOfTenants(t *testing.T) {
	const template = "https://login.example.com/{tenantid}/v2.0"
	for _, test := range []struct {
		name, iss, tid, keyIssuer string
		tenants                   []string
		accepted                  bool
	}{
		{"one of the list", "https://login.example.com/2/v2.0", "2", "", []string{"1", "2"}, true},
		{"another one", "https://login.example.com/3/v2.0", "3", "", []string{"1", "2"}, false},
		{"any", "https://login.example.com/3/v2.0", "3", "", []string{"*"}, true},
		{"any, and no tid", "https://login.example.com/3/v2.0", "", "", []string{"*"}, false},
		{"the tid of another tenant", "https://login.example.com/3/v2.0", "1", "", []string{"1", "3"}, false},
		{"the template itself", template, "{tenantid}", "", []string{"*"}, false},
		{"a tid with a path", "https://login.example.com/1/x/v2.0", "1/x", "", []string{"*"}, false},
		{"a tid that ends the address", "https://login.example.com/?a=/v2.0", "?a=", "", []string{"*"}, false},
		{"an asterisk as tid", "https://login.example.com/*/v2.0", "*", "", []string{"*"}, false},
		{"another version", "https://login.example.com/1/", "1", "", []string{"1"}, false},
		{"another host", "https://evil.example.com/1/v2.0", "1", "", []string{"1"}, false},
		{"a key for any tenant", "https://login.example.com/1/v2.0", "1", template, []string{"1"}, true},
		{"a key of the tenant", "https://login.example.com/1/v2.0", "1", "https://login.example.com/1/v2.0", []string{"1"}, true},
		{"a key of another tenant", "https://login.example.com/1/v2.0", "1", "https://login.example.com/9/v2.0", []string{"*"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			entra, _ := ProfileByName("entra")
			config := &Config{Issuer: template, Tenants: test.tenants, Audience: []string{"api"}, Profile: entra}
			c := &candidate{config: config, rules: newRules(config, entra), provider: &Provider{}, key: keyOf(t, test.keyIssuer), now: time.Unix(2e9, 0)}
			claims, _ := json.Marshal(map[string]any{"iss": test.iss, "tid": test.tid})
			if err := c.parse(claims); err != nil {
				t.Fatal(err)
			}
			if failed := checkIssuer(c); (failed == nil) != test.accepted {
				t.Errorf("got %v", failed)
			}
			lists := strings.Contains(c.issuerAdvice(), "add it to OIDC_TENANTS")
			if otherTenant := test.name == "another one"; lists != otherTenant {
				t.Errorf("the advice is %s", c.issuerAdvice())
			}
		})
	}
}

// TestTrustedIssuers has the issuers of callers whose credentials outlive their tokens.
func TestTrustedIssuers(t *testing.T) {
	const template = "https://login.example.com/{tenantid}/v2.0"
	first := &Verifier{config: Config{Issuer: template, Tenants: []string{"1", "2"}}, provider: &Provider{}}
	second := &Verifier{config: Config{Issuer: "https://id.example.com", rules: &rules{}}, provider: &Provider{}}
	first.issuers = &issuers{all: []*Verifier{first, second}}
	for issuer, want := range map[string]bool{
		template: true, "https://login.example.com/2/v2.0": true, "https://id.example.com": true,
		"https://login.example.com/3/v2.0": false, "https://login.example.com/v2.0": false, "https://id.example.org": false,
		"https://login.example.com/1/x/v2.0": false, "https://id.example.com/": false, "": false,
	} {
		if got := first.Trusts(issuer); got != want {
			t.Errorf("%q is trusted: %t", issuer, got)
		}
	}
}

// keyOf returns a key as a provider publishes it for one issuer.
func keyOf(t *testing.T, issuer string) *key {
	t.Helper()
	jwk := authtest.NewKey("ES256").JWK()
	if issuer != "" {
		jwk["issuer"] = issuer
	}
	data, _ := json.Marshal(jwk)
	k, err := parseKey(data)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestProfilesDeriveIssuers has the values of iss that are accepted beside the configured one.
func TestProfilesDeriveIssuers(t *testing.T) {
	for _, test := range []struct {
		profile, iss string
		accepted     bool
	}{
		{"stytch", "stytch.com/api", true},
		{"stytch", "stytch.com/other", false},
		{"descope", "P2Example", true},
		{"descope", "P2Other", false},
		{"adfs", "http://sts.example.com/adfs/services/trust", true},
		{"jwt", "http://sts.example.com/adfs/services/trust", false},
		{"jwt", "P2Example", false},
		{"jwt", "https://id.example.com/P2Example", true},
		{"jwt", "https://id.example.com/P2Example/", false},
		{"jwt", "https://id.example.com/p2example", false},
	} {
		p, _ := ProfileByName(test.profile)
		config := &Config{Issuer: "https://id.example.com/P2Example", Audience: []string{"api"}, Profile: p}
		c := &candidate{config: config, rules: newRules(config, p), provider: &Provider{}}
		c.provider.published.Store(&published{metadata: metadata{accessTokenIssuer: "http://sts.example.com/adfs/services/trust"}})
		if err := c.parse([]byte(`{"iss":"` + test.iss + `"}`)); err != nil {
			t.Fatal(err)
		}
		if failed := checkIssuer(c); (failed == nil) != test.accepted {
			t.Errorf("%s: %s gets %v", test.profile, test.iss, failed)
		}
	}
}
