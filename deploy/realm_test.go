package deploy

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A realm has the parts of Keycloak's realm that the API depends on.
type realm struct {
	Realm        string
	ClientScopes []struct {
		Name            string
		ProtocolMappers []mapper
	}
	Clients []client
	Users   []struct {
		Username   string
		RealmRoles []string
	}
}

type mapper struct {
	ProtocolMapper string
	Config         map[string]string
}

type client struct {
	ClientID                                  string
	Secret                                    string
	PublicClient                              bool
	ImplicitFlowEnabled                       bool
	DirectAccessGrantsEnabled                 bool
	RedirectURIs, WebOrigins                  []string
	Attributes                                map[string]string
	DefaultClientScopes, OptionalClientScopes []string
	ProtocolMappers                           []mapper
}

func readRealm(t *testing.T) *realm {
	t.Helper()
	r := &realm{}
	if err := json.Unmarshal([]byte(file(t, "deploy/keycloak/realm.json")), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *realm) client(t *testing.T, id string) client {
	t.Helper()
	i := slices.IndexFunc(r.Clients, func(c client) bool { return c.ClientID == id })
	if i < 0 {
		t.Fatalf("the realm has no client %s", id)
	}
	return r.Clients[i]
}

func TestRealmTokensHaveAudienceSubjectAndRoles(t *testing.T) {
	found := map[string]string{}
	for _, scope := range readRealm(t).ClientScopes {
		for _, m := range scope.ProtocolMappers {
			found[scope.Name+" "+m.ProtocolMapper] = m.Config["included.custom.audience"] + m.Config["claim.name"]
		}
	}
	for mapper, want := range map[string]string{
		"api oidc-audience-mapper":             setting(t, "api", "OIDC_AUDIENCE"),
		"api oidc-usermodel-realm-role-mapper": "roles",
		"basic oidc-sub-mapper":                "",
	} {
		if got, ok := found[mapper]; !ok || got != want {
			t.Errorf("%s writes %q, want %q", mapper, got, want)
		}
	}
}

func TestRealmClientsFollowTheRFCs(t *testing.T) {
	for _, c := range readRealm(t).Clients {
		if c.Attributes["access.token.header.type.rfc9068"] != "true" || len(c.ProtocolMappers) != 1 ||
			c.ProtocolMappers[0].Config["claim.name"] != "client_id" || c.ProtocolMappers[0].Config["claim.value"] != c.ClientID {
			t.Errorf("the tokens of %s are not as RFC 9068 requires", c.ClientID)
		}
		if c.ImplicitFlowEnabled || c.DirectAccessGrantsEnabled {
			t.Errorf("%s may use grants that RFC 9700 forbids", c.ClientID)
		}
		if !slices.Contains(c.DefaultClientScopes, "api") || !slices.Contains(c.DefaultClientScopes, "basic") {
			t.Errorf("the tokens of %s lack an audience or a subject", c.ClientID)
		}
	}
}

func TestRealmClientsMayRequestEveryScope(t *testing.T) {
	scopes := requiredScopes(t)
	for _, c := range readRealm(t).Clients {
		for _, scope := range scopes {
			if !slices.Contains(c.OptionalClientScopes, scope) {
				t.Errorf("%s may not request %s", c.ClientID, scope)
			}
		}
	}
}

func TestRealmClientOfSwaggerUI(t *testing.T) {
	docs, origin := readRealm(t).client(t, "docs"), setting(t, "api", "PUBLIC_URL")
	if !docs.PublicClient || docs.Attributes["pkce.code.challenge.method"] != "S256" ||
		!slices.Equal(docs.RedirectURIs, []string{origin + "/docs/oauth2-redirect.html"}) || !slices.Equal(docs.WebOrigins, []string{origin}) {
		t.Errorf("got %+v", docs)
	}
}

func TestRealmMatchesTheDevelopmentProvider(t *testing.T) {
	r := readRealm(t)
	if secret := r.client(t, "service").Secret; secret != "service-secret" {
		t.Errorf("the secret of service is %s", secret)
	}
	for _, user := range r.Users {
		if admin := slices.Contains(user.RealmRoles, "admin"); admin != (user.Username == "alice") {
			t.Errorf("%s has the roles %v", user.Username, user.RealmRoles)
		}
	}
}

// requiredScopes returns the scopes that the routes require, without openid, which every provider has.
func requiredScopes(t *testing.T) (scopes []string) {
	t.Helper()
	for _, path := range files(t) {
		if !strings.HasPrefix(path, "handlers/") || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, file(t, path), 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			scopes = append(scopes, scopesOf(n)...)
			return true
		})
	}
	scopes = slices.DeleteFunc(scopes, func(s string) bool { return s == "openid" })
	if len(scopes) == 0 {
		t.Fatal("the routes require no scope")
	}
	return scopes
}

// scopesOf returns the string literals of a call of Require.
func scopesOf(n ast.Node) (scopes []string) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	if called, ok := call.Fun.(*ast.SelectorExpr); !ok || called.Sel.Name != "Require" {
		return nil
	}
	for _, argument := range call.Args {
		if literal, ok := argument.(*ast.BasicLit); ok {
			scope, _ := strconv.Unquote(literal.Value)
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
