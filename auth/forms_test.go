package auth

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/gatehouse/problem"
)

// A form is that of a token of a real provider, for the API whose audience is api.
type form struct {
	profile, name, typ, claims string
	rejected                   string // the code of the problem
	subject, scopes, roles     string // as fmt writes them; no subject means user
	machine                    bool
}

// forms have the claims of tokens that one provider writes in several ways: by version, by settings, and by grant.
var forms = []form{
	{"keycloak", "roles of the API's client", "JWT", `"sub":"user","typ":"Bearer","azp":"spa","jti":"1","resource_access":{"api":{"roles":["editor"]},"account":{"roles":["manage"]}},"realm_access":{"roles":["admin"]},"scope":"a b"`, "", "", "[a b]", "[admin editor]", false},
	{"keycloak", "no roles", "JWT", `"sub":"user","typ":"Bearer","azp":"spa","jti":"1","scope":""`, "", "", "[]", "[]", false},
	{"keycloak", "a token bound by DPoP", "JWT", `"sub":"user","typ":"DPoP","azp":"spa","jti":"1","scope":"a","cnf":{"jkt":"x"}`, "binding-invalid", "", "", "", false},
	{"keycloak", "a token that says that it is bound, without cnf", "JWT", `"sub":"user","typ":"DPoP","azp":"spa","jti":"1","scope":"a"`, "binding-invalid", "", "", "", false},
	{"keycloak", "lightweight, with sub and aud", "JWT", `"sub":"user","typ":"Bearer","azp":"spa","jti":"1","sid":"s","scope":"a"`, "", "", "[a]", "[]", false},
	{"keycloak", "a user without sub", "JWT", `"typ":"Bearer","azp":"spa","jti":"1","sid":"s","scope":"a"`, "claim-missing", "", "", "", false},
	{"keycloak", "a service account in capitals", "JWT", `"sub":"user","typ":"Bearer","azp":"Batch","jti":"1","preferred_username":"service-account-batch"`, "", "", "[]", "[]", true},
	{"keycloak", "no typ", "JWT", `"sub":"user","azp":"spa","jti":"1","scope":"a"`, "token-type-wrong", "", "", "", false},
	{"cognito", "no token_use", "", `"sub":"user","client_id":"spa","jti":"1","scope":"a"`, "token-type-wrong", "", "", "", false},
	{"kubernetes", "no kubernetes.io", "", `"sub":"user","scope":"a"`, "token-type-wrong", "", "", "", false},
	{"jwt", "a machine without sub", "JWT", `"azp":"spa","scope":"a"`, "claim-missing", "", "", "", false},
	{"auth0", "RFC 9068, of a machine", "at+jwt", `"sub":"m2m@clients","client_id":"m2m","jti":"1","scope":"a"`, "", "m2m@clients", "[a]", "[]", true},
	{"auth0", "no scope was granted", "JWT", `"sub":"m2m@clients","azp":"m2m","gty":"client-credentials"`, "", "m2m@clients", "[]", "[]", true},
	{"auth0", "permissions and scope", "JWT", `"sub":"user","azp":"spa","scope":"openid a","permissions":["a","b"],"api/roles":["admin"]`, "", "", "[openid a b]", "[admin]", false},
	{"okta", "groups and roles", "", `"sub":"user","cid":"spa","jti":"AT.1","scp":["a"],"groups":["Everyone"],"roles":null`, "", "", "[a]", "[Everyone]", false},
	{"okta", "a machine", "", `"sub":"batch","cid":"batch","jti":"AT.1","scp":["a"]`, "", "batch", "[a]", "[]", true},
	{"okta", "the org authorization server", "application/okta-internal-at+jwt", `"sub":"user","cid":"spa","jti":"AT.1","scp":["a"]`, "token-type-wrong", "", "", "", false},
	{"entra", "v1, of a machine", "JWT", `"sub":"user","oid":"user","appid":"app","appidacr":"1","roles":["a"]`, "", "", "[a]", "[a]", true},
	{"entra", "v2, of a user whose sub is oid", "JWT", `"sub":"user","oid":"user","azp":"app","azpacr":"0","scp":"a","roles":["admin"]`, "", "", "[a]", "[admin]", false},
	{"entra", "scp of an odd type grants no roles as scopes", "JWT", `"sub":"user","oid":"user","azp":"app","azpacr":"0","scp":5,"roles":["admin"]`, "", "", "[]", "[admin]", false},
	{"entra", "an ID token of an API that is its own client", "JWT", `"sub":"user","oid":"o","roles":["admin"],"preferred_username":"u"`, "claim-missing", "", "", "", false},
	{"b2c", "a machine", "JWT", `"sub":"user","oid":"user","azp":"app","roles":["a"]`, "", "", "[a]", "[a]", true},
	{"b2c", "an ID token", "JWT", `"sub":"user","oid":"user","nonce":"n","tfp":"B2C_1_signin"`, "token-type-wrong", "", "", "", false},
	{"cognito", "scopes with a prefix", "", `"sub":"user","client_id":"spa","token_use":"access","jti":"1","scope":"openid api/a other/b","cognito:groups":["admin"]`, "", "", "[openid a other/b]", "[admin]", false},
	{"zitadel", "roles of the project", "JWT", `"sub":"user","client_id":"spa","jti":"1","urn:zitadel:iam:org:project:api:roles":{"admin":{"1":"acme"}}`, "", "", "[admin]", "[admin]", false},
	{"zitadel", "an ID token", "JWT", `"sub":"user","client_id":"spa","azp":"spa","auth_time":1000000000`, "token-type-wrong", "", "", "", false},
	{"duende", "a role with a space", "at+jwt", `"sub":"user","client_id":"spa","jti":"1","scope":["a"],"role":"Senior Editor"`, "", "", "[a]", "[Senior Editor]", false},
	{"duende", "AccessTokenJwtType JWT", "JWT", `"sub":"user","client_id":"spa","jti":"1","scope":"a","idp":"local"`, "", "", "[a]", "[]", false},
	{"duende", "a user without sub", "at+jwt", `"client_id":"spa","jti":"1","scope":["openid","a"]`, "claim-missing", "", "", "", false},
	{"kinde", "a user without sub", "JWT", `"azp":"spa","permissions":["a"],"scp":["a"],"org_code":"1"`, "claim-missing", "", "", "", false},
	{"kinde", "roles as objects", "JWT", `"sub":"user","azp":"spa","roles":[{"id":"1","key":"admin","name":"Admin"}]`, "", "", "[]", "[admin]", false},
	{"openiddict", "one role", "at+jwt", `"sub":"user","client_id":"spa","jti":"1","scope":"a","role":"admin"`, "", "", "[a]", "[admin]", false},
	{"spring", "an audience of its own", "", `"sub":"user","jti":"1","scope":["a"]`, "", "", "[a]", "[]", false},
	{"spring", "an ID token", "", `"sub":"user","azp":"api","jti":"1","sid":"s"`, "token-type-wrong", "", "", "", false},
	{"supabase", "roles and permissions of the app", "JWT", `"sub":"user","role":"authenticated","session_id":"s","app_metadata":{"roles":["admin"],"permissions":["a"]}`, "", "", "[a]", "[admin]", false},
	{"clerk", "session, version 1", "JWT", `"sub":"user","azp":"https://app.example.com","sid":"s","org_role":"org:admin","org_permissions":["org:a"]`, "", "", "[org:a]", "[org:admin]", false},
	{"stytch", "a machine", "JWT", `"sub":"m2m-client-1","scope":"a"`, "", "m2m-client-1", "[a]", "[]", true},
	{"adfs", "auth_time as text", "JWT", `"sub":"user","appid":"spa","auth_time":"2026-11-30T00:00:00Z","scp":"a openid","role":["admin","Senior Editor"]`, "", "", "[a openid]", "[admin Senior Editor]", false},
	{"adfs", "a user without sub", "JWT", `"appid":"spa","upn":"a@example.com","scp":"a"`, "claim-missing", "", "", "", false},
	{"casdoor", "roles as objects", "JWT", `"sub":"user","azp":"spa","jti":"1","tokenType":"access-token","nonce":"","scope":"a","roles":[{"owner":"acme","name":"admin"}]`, "", "", "[a]", "[admin]", false},
	{"wso2", "an application", "at+jwt", `"sub":"batch","client_id":"spa","azp":"spa","jti":"1","aut":"APPLICATION","scope":"a"`, "", "batch", "[a]", "[]", true},
	{"hydra", "claims of the consent", "JWT", `"sub":"user","client_id":"spa","jti":"1","scp":["a"],"ext":{"roles":["admin"]}`, "", "", "[a]", "[admin]", false},
	{"kubernetes", "a service account", "", `"sub":"system:serviceaccount:a:b","kubernetes.io":{"namespace":"a"}`, "", "system:serviceaccount:a:b", "[]", "[]", true},
	{"ping", "a worker, without sub", "", `"client_id":"worker","jti":"1","scope":"a","env":"e"`, "", "worker", "[a]", "[]", true},
	{"jwt", "scopes and roles in a text with commas", "JWT", `"sub":"user","azp":"spa","scope":"a,b c","roles":"admin,editor"`, "", "", "[a b c]", "[admin editor]", false},
	{"jwt", "the word of another provider for a refresh token", "JWT", `"sub":"user","azp":"spa","token_type":"refresh_token","scope":"a"`, "token-type-wrong", "", "", "", false},
	{"jwt", "the word of another provider for an ID token", "JWT", `"sub":"user","azp":"spa","tokenName":"id_token","scope":"a"`, "token-type-wrong", "", "", "", false},
	{"jwt", "optional claims that are null or odd", "JWT", `"sub":"user","azp":"spa","jti":null,"scope":null,"roles":5,"acr":1,"auth_time":"now"`, "", "", "[]", "[]", false},
}

func TestFormsOfTokensAreRead(t *testing.T) {
	for _, test := range forms {
		t.Run(test.profile+"/"+test.name, func(t *testing.T) {
			p, _ := ProfileByName(test.profile)
			config := &Config{Issuer: "https://id.example.com", Audience: []string{"api"}, Profile: p}
			got, err := verifyClaims(t, config, test.typ, `"iss":"https://id.example.com","aud":"api",`+test.claims)
			if err != nil || test.rejected != "" {
				if rejected, _ := errors.AsType[*Error](err); rejected == nil || rejected.Type.Code != test.rejected {
					t.Errorf("got %v, want %q", err, test.rejected)
				}
				return
			}
			want := fmt.Sprintln(orUser(test.subject), test.scopes, test.roles, test.machine)
			if got := fmt.Sprintln(got.Subject, got.Scopes, got.Roles, got.IsClient()); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestClientsTakeThePlaceOfAnAudience has the settings of providers that write no aud, or the client there.
func TestClientsTakeThePlaceOfAnAudience(t *testing.T) {
	api, spa := []string{"api"}, []string{"spa"}
	for _, test := range []struct {
		profile           string
		audience, clients []string
		claims            string
		rejected          string
	}{
		{"cognito", nil, spa, `"client_id":"spa","token_use":"access"`, ""},
		{"cognito", api, spa, `"client_id":"spa","token_use":"access"`, ""},
		{"cognito", api, spa, `"client_id":"other","token_use":"access"`, "claim-invalid"},
		{"cognito", api, nil, `"client_id":"spa","token_use":"access"`, "audience-wrong"},
		{"cognito", nil, spa, `"client_id":"spa","token_use":"access","aud":"other"`, "audience-wrong"},
		{"jwt", api, spa, `"azp":"spa","scope":"a"`, "audience-wrong"},
		{"keycloak", api, spa, `"azp":"spa","typ":"Bearer"`, "audience-wrong"},
		{"spring", nil, spa, `"aud":"spa","scope":["a"]`, ""},
		{"spring", nil, spa, `"aud":"other","scope":["a"]`, "claim-invalid"},
		{"spring", nil, spa, `"aud":["spa","other"],"scope":["a"]`, "audience-wrong"},
		{"spring", api, spa, `"aud":"spa","scope":["a"]`, "audience-wrong"},
		{"spring", api, spa, `"aud":"api","scope":["a"]`, "claim-missing"},
		{"supabase", api, spa, `"aud":"api","session_id":"s"`, "claim-missing"},
		{"supabase", api, spa, `"aud":"api","session_id":"s","client_id":"spa"`, ""},
		{"clerk", nil, spa, `"sid":"s"`, "claim-missing"},
		{"workos", nil, spa, `"sid":"s"`, ""},
		{"workos", nil, []string{"other"}, `"sid":"s"`, "claim-invalid"},
	} {
		p, _ := ProfileByName(test.profile)
		config := &Config{Issuer: "https://id.example.com/user_management/spa", Audience: test.audience, Clients: test.clients, Profile: p}
		_, err := verifyClaims(t, config, "JWT", `"iss":"`+config.Issuer+`","sub":"user","jti":"1",`+test.claims)
		rejected, _ := errors.AsType[*Error](err)
		if got := rejected; (got == nil) != (test.rejected == "") || got != nil && got.Type.Code != test.rejected {
			t.Errorf("%s, audience %q, clients %q, %s: got %v, want %q", test.profile, test.audience, test.clients, test.claims, err, test.rejected)
		}
	}
}

func orUser(subject string) string {
	if subject == "" {
		return "user"
	}
	return subject
}

// verifyClaims returns the caller of a token with that typ and more claims.
func verifyClaims(t *testing.T, config *Config, typ, more string) (*Principal, error) {
	t.Helper()
	c := &candidate{config: config, rules: newRules(config, config.Profile), provider: &Provider{}, now: time.Unix(2e9, 0)}
	c.header.typ = stringClaim{valid, typ}
	if !c.rules.allowsType(typ) {
		return nil, newError(problem.TokenTypeWrong, "typ")
	}
	if err := c.parse([]byte(`{"exp":4102444800,"iat":1000000000,` + more + `}`)); err != nil {
		t.Fatal(err)
	}
	if err := c.validateClaims(); err != nil {
		return nil, err
	}
	return c.principal(nil), nil
}
