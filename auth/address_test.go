package auth

import "testing"

func TestProviderURLsAreHTTPSOrLoopback(t *testing.T) {
	for address, good := range map[string]bool{
		"https://login.example.com":        true,
		"https://login.example.com/tenant": true,
		"https://login.example.com:8443/":  true,
		"http://localhost:9000":            true,
		"http://127.0.0.1:9000/a":          true,
		"http://127.9.9.9":                 true,
		"http://[::1]:9000":                true,
		"":                                 false,
		"login.example.com":                false,
		"//login.example.com":              false,
		"/tenant":                          false,
		"https://":                         false,
		"https:login.example.com":          false,
		"http://login.example.com":         false,
		"http://localhost.example.com":     false,
		"http://127.0.0.1.example.com":     false,
		"http://10.0.0.1":                  false,
		"http://0.0.0.0":                   false,
		"http://[::2]":                     false,
		"ftp://localhost":                  false,
		"file:///etc/passwd":               false,
		"https://a:b@login.example.com":    false,
		"https://login.example.com?a=b":    false,
		"https://login.example.com#a":      false,
		"https://login.example.com/\n":     false,
		"https://login.example.com/%zz":    false,
	} {
		t.Run(address, func(t *testing.T) {
			if err := CheckURL(address); (err == nil) != good {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("an address in the metadata may have a query", func(t *testing.T) {
		if err := CheckEndpoint("https://login.example.com/keys?p=policy"); err != nil {
			t.Error(err)
		}
		if err := CheckEndpoint("http://login.example.com/keys?p=https://login.example.com"); err == nil {
			t.Error("it may be in the clear")
		}
	})
}

func TestIssuersThatLookAlikeAreCompared(t *testing.T) {
	const proxy, machine = "one side does not know of the proxy in front of it.", "use one name for this machine everywhere."
	for _, test := range []struct{ name, want, got, advice string }{
		{"a trailing slash more", "https://id.example.com", "https://id.example.com/",
			"The issuers differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com/."},
		{"a trailing slash less", "https://id.example.com/", "https://id.example.com",
			"The issuers differ only by a trailing slash: set OIDC_ISSUER=https://id.example.com."},
		{"another case", "https://id.example.com", "https://ID.example.com",
			"The issuers differ only by upper and lower case: set OIDC_ISSUER=https://ID.example.com."},
		{"another scheme", "https://id.example.com/a", "http://id.example.com/a", "The issuers differ only by http and https: " + proxy},
		{"another name of this machine", "http://127.0.0.1:9000/a", "http://localhost:9000/a", "The issuers differ only by localhost and 127.0.0.1: " + machine},
		{"another port", "https://id.example.com", "https://id.example.com:8443",
			"The issuers differ only by the port: set OIDC_ISSUER=https://id.example.com:8443."},
		{"a template", "https://id.example.com/a", "https://id.example.com/{tenantid}",
			"The provider's issuer is a template for many tenants: set OIDC_ISSUER to that of one tenant, or to the template https://id.example.com/{tenantid} and OIDC_TENANTS to the accepted tenants."},
		{"another path", "https://id.example.com/a", "https://id.example.com/b", ""},
		{"another host", "https://id.example.com", "https://other.example.com", ""},
		{"another host on this machine's port", "http://localhost:9000", "http://id.example.com:9000", ""},
		{"no issuer", "https://id.example.com", "", ""},
		{"no address", "https://id.example.com", ":\x1b[2J", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := CompareIssuers(test.want, test.got); got != test.advice {
				t.Errorf("got  %q\nwant %q", got, test.advice)
			}
		})
	}
}
