package deploy

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// project loads compose.yaml, by the schema of the Compose specification.
func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: "..", ConfigFiles: []types.ConfigFile{{Filename: "../compose.yaml"}}, Environment: types.Mapping{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A realm is what of Keycloak's the API depends on.
type realm struct {
	Realm        string
	Roles        struct{ Realm []struct{ Name string } }
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
	StandardFlowEnabled, ImplicitFlowEnabled  bool
	DirectAccessGrantsEnabled                 bool
	RedirectURIs, WebOrigins                  []string
	Attributes                                map[string]string
	DefaultClientScopes, OptionalClientScopes []string
	ProtocolMappers                           []mapper
}

func theRealm(t *testing.T) *realm {
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

func TestComposeStartsAnAPIThatFindsItsIssuer(t *testing.T) {
	p, r := project(t), theRealm(t)
	environment := p.Services["api"].Environment
	value := func(name string) string {
		if v := environment[name]; v != nil {
			return *v
		}
		return ""
	}
	if want := *p.Services["keycloak"].Environment["KC_HOSTNAME"] + "/realms/" + r.Realm; value("OIDC_ISSUER") != want {
		t.Errorf("the issuer is %s, the realm's %s", value("OIDC_ISSUER"), want)
	}
	if mode := p.Services["api"].NetworkMode; mode != "service:keycloak" {
		t.Errorf("localhost is not the same to the API and the browser: network_mode is %q", mode)
	}
	known := variables(t)
	for name := range environment {
		if !slices.Contains(known, name) {
			t.Errorf(".env.example does not know %s", name)
		}
	}
	for name, service := range p.Services {
		if service.Image == "" || service.HealthCheck == nil && name != "api" {
			t.Errorf("%s has no image or no health check", name)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s is open to the network at %s:%s", name, port.HostIP, port.Published)
			}
		}
	}
}

func TestTheRealmFitsTheAPI(t *testing.T) {
	r := theRealm(t)
	origin := *project(t).Services["api"].Environment["PUBLIC_URL"]
	t.Run("tokens are for the API, with roles", func(t *testing.T) {
		found := map[string]string{}
		for _, scope := range r.ClientScopes {
			for _, m := range scope.ProtocolMappers {
				found[scope.Name+" "+m.ProtocolMapper] = m.Config["included.custom.audience"] + m.Config["claim.name"]
			}
		}
		for mapper, want := range map[string]string{
			"api oidc-audience-mapper": *project(t).Services["api"].Environment["OIDC_AUDIENCE"], "api oidc-usermodel-realm-role-mapper": "roles",
			"basic oidc-sub-mapper": "",
		} {
			if got, ok := found[mapper]; !ok || got != want {
				t.Errorf("%s writes %q, want %q", mapper, got, want)
			}
		}
	})
	t.Run("every client writes what RFC 9068 asks, and may have every scope of the API", func(t *testing.T) {
		for _, c := range r.Clients {
			if c.Attributes["access.token.header.type.rfc9068"] != "true" || len(c.ProtocolMappers) != 1 ||
				c.ProtocolMappers[0].Config["claim.name"] != "client_id" || c.ProtocolMappers[0].Config["claim.value"] != c.ClientID {
				t.Errorf("the tokens of %s are not of RFC 9068", c.ClientID)
			}
			if c.ImplicitFlowEnabled || c.DirectAccessGrantsEnabled {
				t.Errorf("%s may use grants that RFC 9700 forbids", c.ClientID)
			}
			for _, scope := range scopes(t) {
				if !slices.Contains(c.OptionalClientScopes, scope) {
					t.Errorf("%s cannot ask for %s", c.ClientID, scope)
				}
			}
			if !slices.Contains(c.DefaultClientScopes, "api") || !slices.Contains(c.DefaultClientScopes, "basic") {
				t.Errorf("the tokens of %s lack an audience or a subject", c.ClientID)
			}
		}
	})
	t.Run("Swagger UI can sign in", func(t *testing.T) {
		docs := r.client(t, "docs")
		if !docs.PublicClient || docs.Attributes["pkce.code.challenge.method"] != "S256" ||
			!slices.Equal(docs.RedirectURIs, []string{origin + "/docs/oauth2-redirect.html"}) || !slices.Equal(docs.WebOrigins, []string{origin}) {
			t.Errorf("the client is %+v", docs)
		}
	})
	t.Run("a program is the one of the development provider", func(t *testing.T) {
		if secret := r.client(t, "service").Secret; secret != "service-secret" {
			t.Errorf("its secret is %s", secret)
		}
	})
	t.Run("alice is an admin, bob is not", func(t *testing.T) {
		for _, user := range r.Users {
			if admin := slices.Contains(user.RealmRoles, "admin"); admin != (user.Username == "alice") {
				t.Errorf("%s: %v", user.Username, user.RealmRoles)
			}
		}
	})
}

// scopes returns those that routes of the API require, but for openid, which every provider has.
func scopes(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../handlers/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called, ok := call.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "Require" {
				for _, argument := range call.Args {
					if literal, ok := argument.(*ast.BasicLit); ok {
						scope, _ := strconv.Unquote(literal.Value)
						all = append(all, scope)
					}
				}
			}
			return true
		})
	}
	all = slices.DeleteFunc(all, func(s string) bool { return s == "openid" })
	if len(all) == 0 {
		t.Fatal("the routes require no scope")
	}
	return all
}
