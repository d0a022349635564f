package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
)

var everyKind = []ginauth.Route{
	{Method: "GET", Path: "/", Access: ginauth.Optional},
	{Method: "GET", Path: "/healthz", Access: ginauth.Public, Hidden: true},
	{Method: "GET", Path: "/me", Access: ginauth.Protected},
	{Method: "POST", Path: "/lamps/{id}", Access: ginauth.Protected, Requirement: auth.Requirement{
		Scopes: []string{"lamps:read", "lamps:write"}, Roles: []string{"admin", "owner"}}},
	{Method: "DELETE", Path: "/all", Access: ginauth.Protected, Requirement: auth.Requirement{
		ACR: []string{"gold", "silver"}, MaxAge: 90 * time.Second}},
}

func TestARouteIsPrintedWithAllThatItAsks(t *testing.T) {
	var out strings.Builder
	if err := writeRows(&out, rows(everyKind)); err != nil {
		t.Fatal(err)
	}
	const want = `
METHOD  PATH         ACCESS    SCOPES                  ROLES        SIGN-IN                 DOCUMENT
GET     /            optional  -                       -            -                       documented
GET     /healthz     public    -                       -            -                       hidden
GET     /me          token     -                       -            -                       documented
POST    /lamps/{id}  token     lamps:read lamps:write  admin owner  -                       documented
DELETE  /all         token     -                       -            gold silver max_age=90  documented
`
	if got := "\n" + out.String(); got != want {
		t.Errorf("the table is %s\nwant %s", got, want)
	}
}

func TestARouteIsPrintedAsJSON(t *testing.T) {
	got, err := json.Marshal(rows(everyKind[1:]))
	const want = `[` +
		`{"method":"GET","path":"/healthz","access":"public","scopes":[],"roles":[],"documented":false},` +
		`{"method":"GET","path":"/me","access":"token","scopes":[],"roles":[],"documented":true},` +
		`{"method":"POST","path":"/lamps/{id}","access":"token","scopes":["lamps:read","lamps:write"],"roles":["admin","owner"],"documented":true},` +
		`{"method":"DELETE","path":"/all","access":"token","scopes":[],"roles":[],"acr":["gold","silver"],"max_age":90,"documented":true}]`
	if err != nil || string(got) != want {
		t.Errorf("the routes are %s and %v\nwant %s", got, err, want)
	}
}

func TestTheRoutesAreThoseOfTheAPI(t *testing.T) {
	for _, test := range []struct {
		name string
		env  []string
		want map[string]string // access by path; empty: there is no such route
	}{
		{"without a configuration", nil, map[string]string{"/docs/": "public", "/openapi.json": "public", "/admin/items": "token"}},
		{"without the documentation", []string{"DOCS", "off"}, map[string]string{"/docs/": "", "/openapi.json": "", "/admin/items": "token"}},
		{"with a protected one", []string{"DOCS", "protected"}, map[string]string{"/docs/": "public", "/openapi.json": "token"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShell(t, test.env...)
			status := s.run(t, "routes", "-json")
			var routes []row
			if err := json.Unmarshal([]byte(s.stdout.String()), &routes); err != nil || status != 0 {
				t.Fatalf("the status is %d with %v and %s", status, err, s.stderr)
			}
			access := map[string]string{}
			for _, r := range routes {
				access[r.Path] = r.Access
			}
			for path, want := range test.want {
				if access[path] != want {
					t.Errorf("%s is %q, want %q", path, access[path], want)
				}
			}
		})
	}
}

func TestRoutesAskNoProvider(t *testing.T) {
	issuer := authtest.Start(t, "https://api.example.com")
	s := newShell(t, "OIDC_ISSUER", issuer.URL, "OIDC_AUDIENCE", issuer.Audience)
	if status := s.run(t, "routes"); status != 0 {
		t.Fatalf("the status is %d with %s", status, s.stderr)
	}
	if n := issuer.Fetches("/.well-known/openid-configuration"); n != 0 {
		t.Errorf("the provider was asked %d times", n)
	}
}

func TestRoutesOfAWrongConfigurationAreNotPrinted(t *testing.T) {
	s := newShell(t, "DOCS", "perhaps")
	if status := s.run(t, "routes"); status != 1 || s.stdout.String() != "" || !strings.Contains(s.stderr.String(), "DOCS: ") {
		t.Errorf("the status is %d with %s and %s", status, s.stdout, s.stderr)
	}
}
