package auth

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestProfilesHaveNames(t *testing.T) {
	for name, want := range map[string]Profile{"rfc9068": RFC9068(), "jwt": PlainJWT()} {
		got, err := ProfileByName(name)
		if err != nil || got != want || got.String() != name {
			t.Errorf("%s: got %v and %v", name, got, err)
		}
	}
	for _, name := range []string{"", "RFC9068", "JWT", "rfc", "entra "} {
		if p, err := ProfileByName(name); err == nil || p != (Profile{}) {
			t.Errorf("%q: got %v", name, p)
		}
	}
	if (Profile{}) != RFC9068() {
		t.Error("the zero profile is not the strict one")
	}
}

func TestProfilesAllowTheirTypes(t *testing.T) {
	for _, test := range []struct {
		typ             string
		strict, lenient bool
	}{
		{"at+jwt", true, true},
		{"AT+JWT", true, true},
		{"application/at+jwt", true, true},
		{"APPLICATION/AT+JWT", true, true},
		{"JWT", false, true},
		{"jwt", false, true},
		{"application/jwt", false, true},
		{"", false, true},
		{"application/application/at+jwt", false, false},
		{"text/at+jwt", false, false},
		{"at+jwt; v=1", false, false},
		{"dpop+jwt", false, false},
		{"logout+jwt", false, false},
		{"secevent+jwt", false, false},
		{"id+jwt", false, false},
	} {
		t.Run(fmt.Sprintf("%q", test.typ), func(t *testing.T) {
			if s, l := RFC9068().allowsType(test.typ), PlainJWT().allowsType(test.typ); s != test.strict || l != test.lenient {
				t.Errorf("got %v and %v", s, l)
			}
		})
	}
}

func TestProfilesFindClientAndScopes(t *testing.T) {
	for _, test := range []struct {
		claims                        string
		strictClient, lenientClient   string
		strictScopes, lenientScopes   string // as fmt quotes them
		strictInvalid, lenientInvalid bool   // of the scopes
	}{
		{`{"client_id":"a","azp":"b","cid":"c","scope":"x y"}`, "a", "a", `["x" "y"]`, `["x" "y"]`, false, false},
		{`{"azp":"b","cid":"c"}`, "", "b", `[]`, `[]`, false, false},
		{`{"client_id":null,"azp":null,"appid":"d"}`, "", "d", `[]`, `[]`, false, false},
		{`{"cid":"c"}`, "", "c", `[]`, `[]`, false, false},
		{`{"azp":5,"cid":"c"}`, "", "", `[]`, `[]`, false, false},
		{`{"scp":"x y"}`, "", "", `[]`, `["x" "y"]`, false, false},
		{`{"scp":["x y","z"]}`, "", "", `[]`, `["x y" "z"]`, false, false},
		{`{"scp":[]}`, "", "", `[]`, `[]`, false, false},
		{`{"scope":"","scp":"x"}`, "", "", `[]`, `["x"]`, false, false},
		{`{"scope":5,"scp":"x"}`, "", "", `[]`, `["x"]`, true, false},
		{`{"scope":["x"]}`, "", "", `[]`, `["x"]`, true, false},
		{`{"scope":null,"scp":null}`, "", "", `[]`, `[]`, true, false},
		{`{"scp":5}`, "", "", `[]`, `[]`, false, false},
		{`{"scp":["x",5]}`, "", "", `[]`, `[]`, false, false},
		{`{"scope":"  x   y  "}`, "", "", `["x" "y"]`, `["x" "y"]`, false, false},
		{`{"scope":"x\ty\u00a0z"}`, "", "", `["x\ty\u00a0z"]`, `["x\ty\u00a0z"]`, false, false},
	} {
		t.Run(test.claims, func(t *testing.T) {
			check := func(p Profile, client, scopes string, invalidScopes bool) {
				c := &candidate{config: &Config{}, rules: newRules(&Config{}, p)}
				if err := c.parse([]byte(test.claims)); err != nil {
					t.Fatal(err)
				}
				if c.client.value != client || (c.scopes.state == invalid) != invalidScopes || fmt.Sprintf("%q", c.scopes.values) != scopes {
					t.Errorf("%v: got %q and %v", p, c.client.value, c.scopes)
				}
			}
			check(RFC9068(), test.strictClient, test.strictScopes, test.strictInvalid)
			check(PlainJWT(), test.lenientClient, test.lenientScopes, test.lenientInvalid)
		})
	}
}

// TestNoProfileMissesIssuerOrExpiry has the claims that every token must have, whatever a row says.
func TestNoProfileMissesIssuerOrExpiry(t *testing.T) {
	for _, r := range profiles {
		for _, claim := range list(r.missing) {
			if !slices.Contains([]string{"aud", "client", "sub", "iat", "jti"}, claim) {
				t.Errorf("tokens of %s may miss %s", r.name, claim)
			}
		}
	}
}

// otherTokens are those that a provider signs with the key of its access tokens. The API is api, which may be a client as
// well, and spa is another one.
var otherTokens = []struct{ name, typ, claims string }{
	{"an ID token", "JWT", `"aud":"spa","azp":"spa","nonce":"n","at_hash":"h"`},
	{"an ID token for the API", "JWT", `"aud":"api","azp":"api","nonce":"n"`},
	{"an ID token without marks", "JWT", `"aud":"api","auth_time":1000000000`},
	{"an ID token without marks, with azp", "", `"aud":["api","spa"],"azp":"spa"`},
	{"an ID token without marks, for a client", "", `"aud":"spa"`},
	{"an ID token without marks, for a client, with client_id", "", `"aud":"spa","client_id":"spa"`},
	{"an ID token with roles", "JWT", `"aud":"spa","azp":"spa","roles":["admin"],"groups":["admin"],"permissions":["a"]`},
	{"an ID token with appid", "JWT", `"aud":"spa","appid":"spa","upn":"a"`},
	{"an ID token of Cognito", "", `"aud":"spa","token_use":"id","cognito:groups":["admin"]`},
	{"token_use id", "JWT", `"aud":"api","client_id":"spa","token_use":"id","scope":"openid"`},
	{"typ ID", "JWT", `"aud":"api","azp":"spa","typ":"ID","scope":"openid"`},
	{"tokenName id_token", "JWT", `"aud":"api","azp":"spa","tokenName":"id_token","scope":"openid"`},
	{"a refresh token", "JWT", `"aud":"api","azp":"spa","typ":"Refresh","scope":"openid"`},
	{"an offline token", "JWT", `"aud":"api","azp":"spa","typ":"Offline","scope":"openid"`},
	{"a refresh token of Descope", "JWT", `"aud":"api","drn":"DSR"`},
	{"a refresh token of Casdoor", "JWT", `"aud":"api","azp":"spa","tokenType":"refresh-token","scope":"openid"`},
	{"a refresh token by token_use", "JWT", `"aud":"api","azp":"spa","token_use":"refresh_token","scope":"openid"`},
	{"a logout token", "logout+jwt", `"aud":"spa","jti":"1","events":{}`},
	{"a logout token as JWT", "JWT", `"aud":"api","azp":"spa","jti":"1","scope":"a","events":{}`},
	{"a logout token of Keycloak", "JWT", `"aud":"api","azp":"spa","jti":"1","typ":"Logout","scope":"a"`},
	{"a DPoP proof", "dpop+jwt", `"aud":"api","htm":"GET"`},
	{"a DPoP proof as JWT", "JWT", `"aud":"api","azp":"spa","scope":"a","htm":"GET"`},
	{"a bound token", "at+jwt", `"aud":"api","client_id":"spa","jti":"1","scope":"a","cnf":{"jkt":"x"}`},
}

// TestNoProfileAcceptsOtherTokens has the settings with which each token would be for this API.
func TestNoProfileAcceptsOtherTokens(t *testing.T) {
	for _, other := range otherTokens {
		for _, name := range Profiles() {
			p, _ := ProfileByName(name)
			for _, config := range []*Config{
				{Audience: []string{"api"}},
				{Audience: []string{"spa"}},
				{Audience: []string{"api", "spa"}, Clients: []string{"api", "spa"}},
				{Clients: []string{"api", "spa"}},
				{Audience: []string{"api", "spa"}, ScopesClaim: []string{"groups"}, RolesClaim: []string{"groups"}},
			} {
				config.Issuer, config.Profile = "https://id.example.com/user_management/spa", p
				claims := `"iss":"https://id.example.com/user_management/spa","sub":"alice",` + other.claims
				_, err := verifyClaims(t, config, other.typ, claims)
				explained := name == "dex" && strings.HasPrefix(other.name, "an ID token") // which its access tokens are
				if err == nil && !explained {
					t.Errorf("%s accepts %s with %+v", name, other.name, config)
				}
			}
		}
	}
}

// TestMachinesAreClients has the claims that tell machines from users.
func TestMachinesAreClients(t *testing.T) {
	for _, test := range []struct {
		profile, claims string
		subject         string
		machine         bool
	}{
		{"keycloak", `"sub":"5c","azp":"batch","preferred_username":"service-account-batch"`, "5c", true},
		{"keycloak", `"sub":"5c","azp":"batch","preferred_username":"service-account-other"`, "5c", false},
		{"auth0", `"sub":"m2m@clients","azp":"m2m"`, "m2m@clients", true},
		{"auth0", `"sub":"other@clients","azp":"m2m"`, "other@clients", false},
		{"entra", `"sub":"1","oid":"1","azp":"app"`, "1", true},
		{"entra", `"sub":"1","oid":"2","azp":"app","scp":"a"`, "1", false},
		{"cognito", `"sub":"app","client_id":"app"`, "app", true},
		{"duende", `"client_id":"spa"`, "spa", true},
		{"duende", `"client_id":"spa","sub":"spa"`, "spa", false},
		{"kinde", `"azp":"m2m","gty":["client_credentials"]`, "m2m", true},
		{"kubernetes", `"sub":"system:serviceaccount:a:b"`, "system:serviceaccount:a:b", true},
	} {
		p, _ := ProfileByName(test.profile)
		c := &candidate{config: &Config{}, rules: newRules(&Config{}, p)}
		if err := c.parse([]byte("{" + test.claims + "}")); err != nil {
			t.Fatal(err)
		}
		if got := c.principal(nil); got.Subject != test.subject || got.IsClient() != test.machine {
			t.Errorf("%s: %s is %q, a machine: %t", test.profile, test.claims, got.Subject, got.IsClient())
		}
	}
}

func TestIssuersNameTheirProfile(t *testing.T) {
	for _, r := range profiles {
		if r.explicit != "" && r.at != "" {
			t.Errorf("%s is selected by the issuer, and must not be", r.name)
		}
	}
	for issuer, want := range map[string]string{
		"https://sso.example.com/realms/acme": "keycloak", "https://sso.example.com/auth/realms/acme/": "keycloak",
		"https://acme.eu.auth0.com/": "auth0", "https://acme.okta.com/oauth2/default": "okta",
		"https://login.microsoftonline.com/1/v2.0": "entra", "https://1.ciamlogin.com/1/v2.0": "entra",
		"https://acme.b2clogin.com/1/v2.0/": "b2c", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a": "cognito",
		"https://id.example.com/application/o/items/": "authentik", "https://a.supabase.co/auth/v1": "supabase",
		"https://accounts.google.com": "google", "https://gitlab.com": "gitlab",
		"https://token.actions.githubusercontent.com": "github", "https://securetoken.google.com/acme": "rfc9068",
		"https://id.example.com/dex": "rfc9068", "https://id.example.com": "rfc9068", "http://localhost:9000": "rfc9068",
		"https://auth0.com.example.com": "rfc9068", "https://evilauth0.com": "rfc9068",
	} {
		if got, _ := ProfileOfIssuer(issuer); got.String() != want {
			t.Errorf("%s is %s, want %s", issuer, got, want)
		}
	}
}
