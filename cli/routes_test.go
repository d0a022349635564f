package cli_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/test/clitest"
)

var everyKind = []ginauth.Route{
	{Method: "GET", Path: "/", Access: ginauth.Optional},
	{Method: "GET", Path: "/healthz", Access: ginauth.Public, Hidden: true},
	{Method: "GET", Path: "/me", Access: ginauth.Protected},
	{Method: "POST", Path: "/lamps/{id}", Access: ginauth.Protected, Requirement: auth.Requirement{
		Scopes: []string{"lamps:read", "lamps:write"}, Roles: []string{"admin", "owner"}}},
	{Method: "DELETE", Path: "/all", Access: ginauth.Protected, Requirement: auth.Requirement{
		ACR: []string{"gold", "silver"}, MaxAge: 90 * time.Second}, Limit: ginauth.RateLimit{Requests: 10, Per: time.Minute}},
}

// tableTerminal returns a terminal for an API with other routes.
func tableTerminal(t *testing.T) *clitest.Terminal {
	t.Helper()
	f := newTerminal(t)
	f.Routes = func(*config.Config) ([]ginauth.Route, error) { return everyKind, nil }
	return f
}

func TestRoutesPrintAllRequirements(t *testing.T) {
	const want = `
METHOD  PATH         ACCESS    SCOPES                  ROLES        SIGN-IN                 LIMIT        DOCUMENT
GET     /            optional  -                       -            -                       -            documented
GET     /healthz     public    -                       -            -                       -            hidden
GET     /me          token     -                       -            -                       -            documented
POST    /lamps/{id}  token     lamps:read lamps:write  admin owner  -                       -            documented
DELETE  /all         token     -                       -            gold silver max_age=90  10 per 1m0s  documented
`
	f := tableTerminal(t)
	if status, got := f.Run(t, "routes"), "\n"+f.Stdout.String(); status != 0 || got != want {
		t.Errorf("the status is %d, and the table is %s\nwant %s", status, got, want)
	}
}

func TestRoutesPrintJSON(t *testing.T) {
	const want = `[` +
		`{"method":"GET","path":"/","access":"optional","scopes":[],"roles":[],"documented":true},` +
		`{"method":"GET","path":"/healthz","access":"public","scopes":[],"roles":[],"documented":false},` +
		`{"method":"GET","path":"/me","access":"token","scopes":[],"roles":[],"documented":true},` +
		`{"method":"POST","path":"/lamps/{id}","access":"token","scopes":["lamps:read","lamps:write"],"roles":["admin","owner"],"documented":true},` +
		`{"method":"DELETE","path":"/all","access":"token","scopes":[],"roles":[],"acr":["gold","silver"],"max_age":90,"limit":"10 per 1m0s","documented":true}]`
	f := tableTerminal(t)
	status := f.Run(t, "routes", "-json")
	var got bytes.Buffer
	if err := json.Compact(&got, []byte(f.Stdout.String())); err != nil || status != 0 || got.String() != want {
		t.Errorf("the status is %d, and the routes are %s and %v\nwant %s", status, got.String(), err, want)
	}
}

func TestRoutesFollowTheConfiguration(t *testing.T) {
	for _, test := range []struct {
		name string
		env  []string
		want map[string]string // access by path; empty for no such route
	}{
		{"without a configuration", nil, map[string]string{"/docs/": "public", "/openapi.json": "public", "/admin/items": "token"}},
		{"without the documentation", []string{"DOCS", "off"}, map[string]string{"/docs/": "", "/openapi.json": "", "/admin/items": "token"}},
		{"with a protected one", []string{"DOCS", "protected"}, map[string]string{"/docs/": "public", "/openapi.json": "token"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newTerminal(t, test.env...)
			status := f.Run(t, "routes", "-json")
			var routes []struct{ Path, Access string }
			if err := json.Unmarshal([]byte(f.Stdout.String()), &routes); err != nil || status != 0 {
				t.Fatalf("the status is %d with %v and %s", status, err, f.Stderr)
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

func TestRoutesNeedNoProvider(t *testing.T) {
	issuer := authtest.Start(t, "https://api.example.com")
	f := newTerminal(t, "OIDC_ISSUER", issuer.URL, "OIDC_AUDIENCE", issuer.Audience)
	if status := f.Run(t, "routes"); status != 0 {
		t.Fatalf("the status is %d with %s", status, f.Stderr)
	}
	if n := issuer.Fetches("/.well-known/openid-configuration"); n != 0 {
		t.Errorf("the provider was asked %d times", n)
	}
}

func TestRoutesNeedAValidConfiguration(t *testing.T) {
	f := newTerminal(t, "DOCS", "perhaps")
	if status := f.Run(t, "routes"); status != 1 || f.Stdout.String() != "" || !strings.Contains(f.Stderr.String(), "DOCS: ") {
		t.Errorf("the status is %d with %s and %s", status, f.Stdout, f.Stderr)
	}
}
