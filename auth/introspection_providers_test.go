package auth_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/problem"
)

// golden has answers in the forms of providers, from their documentation and source. {iss}, {aud}, {now} and {exp} stand for
// values of the test.
var golden = []struct {
	name, profile string
	clients       []string // OIDC_CLIENTS
	answer        string
	want          *problem.Type
	caller        string // subject, whether it is a client, scopes, roles
}{
	{"RFC 7662, section 2.2", "jwt", nil,
		`{"active":true,"client_id":"l238j323ds-23ij4","username":"jdoe","scope":"read write dolphin","sub":"Z5O3upPC88QrAjx00dis","aud":"{aud}","iss":"{iss}","exp":{exp},"iat":{now},"extension_field":"twenty-seven"}`,
		nil, "Z5O3upPC88QrAjx00dis false [read write dolphin] []"},
	{"the same, where a type is expected", "rfc9068", nil,
		`{"active":true,"client_id":"l238j323ds-23ij4","username":"jdoe","scope":"read write dolphin","sub":"Z5O3upPC88QrAjx00dis","aud":"{aud}","iss":"{iss}","exp":{exp},"iat":{now}}`,
		problem.TokenTypeWrong, ""},

	{"Hydra, a user", "hydra", nil,
		`{"active":true,"scope":"openid items:read","client_id":"spa","sub":"alice","exp":{exp},"iat":{now},"nbf":{now},"aud":["{aud}"],"iss":"{iss}","token_type":"Bearer","token_use":"access_token","ext":{"roles":["admin"]}}`,
		nil, "alice false [openid items:read] [admin]"},
	{"Hydra, a machine", "hydra", nil,
		`{"active":true,"scope":"items:read","client_id":"batch","sub":"batch","exp":{exp},"iat":{now},"nbf":{now},"aud":["{aud}"],"iss":"{iss}","token_type":"Bearer","token_use":"access_token"}`,
		nil, "batch true [items:read] []"},
	{"Hydra, for no audience", "hydra", nil,
		`{"active":true,"client_id":"spa","sub":"alice","exp":{exp},"iat":{now},"nbf":{now},"aud":[],"iss":"{iss}","token_type":"Bearer","token_use":"access_token"}`,
		problem.AudienceWrong, ""},
	{"Hydra, a refresh token", "hydra", nil,
		`{"active":true,"scope":"items:read","client_id":"spa","sub":"alice","exp":{exp},"iat":{now},"nbf":{now},"aud":["{aud}"],"iss":"{iss}","token_use":"refresh_token"}`,
		problem.TokenTypeWrong, ""},

	{"oidc-provider, a user", "oidc-provider", nil,
		`{"active":true,"sub":"alice","roles":["admin"],"client_id":"spa","exp":{exp},"iat":{now},"iss":"{iss}","aud":"{aud}","scope":"items:read","token_type":"Bearer"}`,
		nil, "alice false [items:read] [admin]"},
	{"oidc-provider, a machine", "oidc-provider", nil,
		`{"active":true,"client_id":"service","exp":{exp},"iat":{now},"iss":"{iss}","aud":"{aud}","scope":"items:read","token_type":"Bearer"}`,
		nil, "service true [items:read] []"},
	{"oidc-provider, a machine with another profile", "rfc9068", nil,
		`{"active":true,"client_id":"service","exp":{exp},"iat":{now},"iss":"{iss}","aud":"{aud}","scope":"items:read","token_type":"Bearer"}`,
		problem.ClaimMissing, ""},
	{"oidc-provider, for no resource", "oidc-provider", nil,
		`{"active":true,"sub":"alice","client_id":"spa","exp":{exp},"iat":{now},"iss":"{iss}","scope":"openid","token_type":"Bearer"}`,
		problem.AudienceWrong, ""},
	{"oidc-provider, a refresh token", "oidc-provider", nil,
		`{"active":true,"sub":"alice","client_id":"spa","exp":{exp},"iat":{now},"iss":"{iss}","aud":"{aud}","jti":"x","scope":"items:read"}`,
		problem.TokenTypeWrong, ""},
	{"oidc-provider, bound by DPoP", "oidc-provider", nil,
		`{"active":true,"sub":"alice","client_id":"spa","exp":{exp},"iat":{now},"iss":"{iss}","aud":"{aud}","cnf":{"jkt":"x"},"token_type":"DPoP"}`,
		problem.BindingInvalid, ""},

	{"ZITADEL, a user", "zitadel", []string{"spa@project"},
		`{"active":true,"scope":"openid profile items:read","client_id":"spa@project","token_type":"Bearer","exp":{exp},"iat":{now},"nbf":{now},"sub":"165","username":"alice","urn:zitadel:iam:org:project:roles":{"admin":{"1":"acme.example.com"}}}`,
		nil, "165 false [openid profile items:read admin] [admin]"},
	{"ZITADEL, a machine", "zitadel", []string{"batch@project"},
		`{"active":true,"scope":"items:read","client_id":"batch@project","token_type":"Bearer","exp":{exp},"iat":{now}}`,
		nil, "batch@project true [items:read] []"},
	{"ZITADEL, a user without sub", "zitadel", []string{"spa@project"},
		`{"active":true,"scope":"openid items:read","client_id":"spa@project","token_type":"Bearer","exp":{exp},"username":"alice"}`,
		problem.ClaimMissing, ""},
	{"ZITADEL, another client", "zitadel", []string{"other@project"},
		`{"active":true,"scope":"items:read","client_id":"spa@project","token_type":"Bearer","exp":{exp},"sub":"165"}`,
		problem.ClaimInvalid, ""},
	{"ZITADEL, without OIDC_CLIENTS", "zitadel", nil,
		`{"active":true,"scope":"items:read","client_id":"spa@project","token_type":"Bearer","exp":{exp},"sub":"165"}`,
		problem.AudienceWrong, ""},
	{"ZITADEL, for another audience", "zitadel", []string{"spa@project"},
		`{"active":true,"scope":"items:read","client_id":"spa@project","token_type":"Bearer","exp":{exp},"sub":"165","aud":["other"]}`,
		problem.AudienceWrong, ""},
	{"ZITADEL, of another issuer", "zitadel", []string{"spa@project"},
		`{"active":true,"scope":"items:read","client_id":"spa@project","token_type":"Bearer","exp":{exp},"sub":"165","iss":"https://other.zitadel.cloud"}`,
		problem.IssuerWrong, ""},

	{"Django OAuth Toolkit, a user", "django", []string{"spa"},
		`{"active":true,"scope":"items:read items:write","exp":{exp},"client_id":"spa","username":"alice"}`,
		nil, "alice false [items:read items:write] []"},
	{"Django OAuth Toolkit, a machine", "django", []string{"batch"},
		`{"active":true,"scope":"items:read","exp":{exp},"client_id":"batch"}`,
		nil, "batch true [items:read] []"},
	{"Django OAuth Toolkit, without OIDC_CLIENTS", "django", nil,
		`{"active":true,"scope":"items:read","exp":{exp},"client_id":"spa","username":"alice"}`,
		problem.AudienceWrong, ""},
	{"the same with another profile", "rfc9068", []string{"spa"},
		`{"active":true,"scope":"items:read","exp":{exp},"client_id":"spa","username":"alice"}`,
		problem.ClaimMissing, ""},

	{"Authelia", "authelia", nil,
		`{"active":true,"client_id":"spa","scope":"openid items:read","sub":"5f1c","aud":["{aud}"],"exp":{exp},"iat":{now},"username":"alice"}`,
		nil, "5f1c false [openid items:read] []"},
	{"Duende, a reference token", "duende", nil,
		`{"active":true,"iss":"{iss}","nbf":{now},"iat":{now},"exp":{exp},"aud":"{aud}","client_id":"spa","sub":"88421113","auth_time":{now},"idp":"local","jti":"x","role":"admin","scope":"items:read"}`,
		nil, "88421113 false [items:read] [admin]"},
	{"Spring Authorization Server", "spring", nil,
		`{"active":true,"sub":"alice","aud":["{aud}"],"nbf":{now},"scope":"items:read","roles":["admin"],"iss":"{iss}","exp":{exp},"iat":{now},"jti":"x","client_id":"spa","token_type":"Bearer"}`,
		nil, "alice false [items:read] [admin]"},
	{"Okta", "okta", nil,
		`{"active":true,"scope":"openid items:read","username":"alice@example.com","exp":{exp},"iat":{now},"sub":"alice@example.com","aud":"{aud}","iss":"{iss}","jti":"AT.x","token_type":"Bearer","client_id":"spa","uid":"00u"}`,
		nil, "alice@example.com false [openid items:read] []"},
	{"Keycloak", "keycloak", nil,
		`{"exp":{exp},"iat":{now},"jti":"x","iss":"{iss}","aud":["{aud}","account"],"sub":"0c7b","typ":"Bearer","azp":"spa","realm_access":{"roles":["admin"]},"scope":"openid items:read","preferred_username":"robin","client_id":"spa","username":"robin","token_type":"Bearer","active":true}`,
		nil, "0c7b false [openid items:read] [admin]"},

	{"Curity", "rfc9068", nil,
		`{"active":true,"sub":"john","purpose":"access_token","iss":"{iss}","token_type":"bearer","client_id":"spa","aud":"{aud}","nbf":{now},"scope":"items:read","exp":{exp},"delegationId":"x","iat":{now}}`,
		nil, "john false [items:read] []"},
	{"Curity, a refresh token", "rfc9068", nil,
		`{"active":true,"sub":"john","purpose":"refresh_token","iss":"{iss}","token_type":"bearer","client_id":"spa","aud":"{aud}","nbf":{now},"scope":"items:read","exp":{exp},"iat":{now}}`,
		problem.TokenTypeWrong, ""},
	{"OpenIddict", "openiddict", nil,
		`{"active":true,"iss":"{iss}","sub":"u1","jti":"x","token_type":"Bearer","token_usage":"access_token","client_id":"spa","iat":{now},"nbf":{now},"exp":{exp},"aud":"{aud}","scope":"items:read"}`,
		nil, "u1 false [items:read] []"},
	{"OpenIddict, a refresh token", "jwt", nil,
		`{"active":true,"iss":"{iss}","sub":"u1","jti":"x","token_usage":"refresh_token","client_id":"spa","iat":{now},"nbf":{now},"exp":{exp},"aud":"{aud}","scope":"items:read"}`,
		problem.TokenTypeWrong, ""},
	{"a refresh token by its URI (RFC 8693, section 3)", "jwt", nil,
		`{"active":true,"iss":"{iss}","sub":"u1","token_type":"urn:ietf:params:oauth:token-type:refresh_token","client_id":"spa","exp":{exp},"aud":"{aud}","scope":"items:read"}`,
		problem.TokenTypeWrong, ""},
	{"an access token by its URI", "rfc9068", nil,
		`{"active":true,"iss":"{iss}","sub":"u1","token_type":"urn:ietf:params:oauth:token-type:access_token","client_id":"spa","exp":{exp},"aud":"{aud}","scope":"items:read"}`,
		nil, "u1 false [items:read] []"},

	{"PingFederate, a reference token", "rfc7662", []string{"spa"},
		`{"active":true,"scope":"items:read","client_id":"spa","token_type":"Bearer","exp":{exp},"username":"joe","sub":"joe"}`,
		nil, "joe false [items:read] []"},
	{"Connect2id, for no resource", "rfc7662", []string{"spa"},
		`{"active":true,"scope":"items:read","client_id":"spa","token_type":"Bearer","exp":{exp},"iat":{now},"sub":"alice","iss":"{iss}","dat":{}}`,
		nil, "alice false [items:read] []"},
	{"only what a caller needs", "rfc7662", []string{"spa"},
		`{"active":true,"client_id":"spa","exp":{exp},"sub":"alice","token_type":"Bearer"}`,
		nil, "alice false [] []"},
	{"the same without OIDC_CLIENTS", "rfc7662", nil,
		`{"active":true,"client_id":"spa","exp":{exp},"sub":"alice","token_type":"Bearer"}`,
		problem.AudienceWrong, ""},
	{"null in place of what is absent", "rfc7662", []string{"spa"},
		`{"active":true,"scope":"items:read","client_id":"spa","sub":"alice","exp":{exp},"iss":null,"aud":null,"token_type":"Bearer","nbf":null,"iat":null,"jti":null,"cnf":null,"nonce":null}`,
		nil, "alice false [items:read] []"},
	{"Okta, a refresh token, which its token_type alone tells", "rfc7662", []string{"spa"},
		`{"active":true,"scope":"items:read offline_access","username":"alice","exp":{exp},"sub":"alice","client_id":"spa","uid":"00u"}`,
		problem.TokenTypeWrong, ""},
	{"GitLab, whose answers have no user", "rfc7662", []string{"spa"},
		`{"active":true,"scope":"items:read","client_id":"spa","token_type":"Bearer","exp":{exp},"iat":{now}}`,
		problem.ClaimMissing, ""},
}

func TestAnswersOfProvidersAreRead(t *testing.T) {
	for _, test := range golden {
		t.Run(test.name, func(t *testing.T) {
			profile, err := auth.ProfileByName(test.profile)
			if err != nil {
				t.Fatal(err)
			}
			f := overHTTP(t, asking(auth.IntrospectOpaque), func(c *auth.Config) { c.Profile, c.Clients = profile, test.clients })
			now := time.Now().Unix()
			answer := strings.NewReplacer("{iss}", f.issuer.URL, "{aud}", audience, "{now}", fmt.Sprint(now), "{exp}", fmt.Sprint(now+300)).Replace(test.answer)
			f.issuer.Break(f.issuer.On("/introspect", authtest.Answer(json.RawMessage(answer))))
			f.want("opaque", test.want)
			caller, err := f.verifier.Verify(t.Context(), "opaque")
			if test.want != nil {
				e := f.verifier.ExplainRejection("opaque", err)
				if !e.Genuine || len(failedChecks(e)) == 0 {
					t.Errorf("the explanation has %v", e.Checks)
				}
				return
			}
			if got := fmt.Sprint(caller.Subject, " ", caller.IsClient(), " ", caller.Scopes, " ", caller.Roles); got != test.caller || caller.Issuer != f.issuer.URL {
				t.Errorf("got %s of %s, want %s", got, caller.Issuer, test.caller)
			}
		})
	}
}

// TestAnswersThatLackSomethingNameTheFix has an answer that only a profile allows.
func TestAnswersThatLackSomethingNameTheFix(t *testing.T) {
	const profiles = "or set TOKEN_PROFILE, if it is one whose answers have none ("
	for lacks, want := range map[string][]string{
		"iss":        {"iss", "has no iss: let the provider write it, " + profiles + "zitadel, authelia, django, rfc7662)."},
		"token_type": {"kind", "has no token_type: let the provider write it, " + profiles + "jwt, authelia, duende, django)."},
		"sub":        {"sub", "has no sub: let the provider write it, " + profiles + "zitadel, oidc-provider, django)."},
		"exp":        {"exp", "has no exp: let the provider write it."},
	} {
		f := overHTTP(t, asking(auth.IntrospectOpaque))
		e := f.verifier.Explain(t.Context(), auth.AccessToken(f.issuer.Opaque(authtest.Claims{lacks: nil})))
		if failed := failedChecks(e); !reflect.DeepEqual(failed, want[:1]) || checkOf(e, want[0]).Advice != "The provider's answer "+want[1] {
			t.Errorf("%s: the checks are %+v", lacks, e.Checks)
		}
	}
}
