package providers

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

const (
	keycloak = "26.7.3"
	// quickStart makes a Java program start with the compiler that costs less.
	quickStart = "-XX:TieredStopAtLevel=1"
	maven      = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:"
)

// startKeycloak starts Keycloak with the realm of deploy/keycloak, for an API at a URL.
func startKeycloak(t *testing.T, api string) *process {
	t.Helper()
	folder := filepath.Join(cache(t, ""), "keycloak-"+keycloak)
	if !exists(filepath.Join(folder, "version.txt")) {
		run(t, cache(t, ""), "mvn", "--quiet", "--batch-mode", maven+"unpack",
			"-Dartifact=org.keycloak:keycloak-quarkus-dist:"+keycloak+":zip", "-DoutputDirectory="+cache(t, ""))
	}
	realm, err := os.ReadFile("../../deploy/keycloak/realm.json")
	if err != nil {
		t.Fatal(err)
	}
	realm = []byte(strings.ReplaceAll(string(realm), "http://localhost:8080", api))
	imports := filepath.Join(folder, "data", "import")
	if err := os.MkdirAll(imports, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(imports, "realm.json"), realm, 0o644); err != nil {
		t.Fatal(err)
	}
	at := freeAddress(t)
	command := exec.Command(filepath.Join(folder, "bin", "kc.sh"), "start-dev", "--db=dev-mem", "--http-host=localhost",
		"--http-port="+port(at), "--hostname="+at, "--import-realm")
	command.Env = append(os.Environ(), "KC_BOOTSTRAP_ADMIN_USERNAME=admin", "KC_BOOTSTRAP_ADMIN_PASSWORD=admin", "JAVA_OPTS_APPEND="+quickStart)
	return start(t, command, at, "/realms/gatehouse/.well-known/openid-configuration")
}

func TestKeycloak(t *testing.T) {
	api := freeAddress(t)
	provider := startKeycloak(t, api)
	t.Run("with the realm of deploy", func(t *testing.T) { testRealmOfDeploy(t, provider, api) })
	t.Run("as it comes, with an audience mapper", func(t *testing.T) { testOwnRealm(t, provider) })
}

// testRealmOfDeploy needs no other settings than those of deploy/compose.yaml.
func testRealmOfDeploy(t *testing.T, provider *process, at string) {
	issuer := provider.url + "/realms/gatehouse"
	api := startAPI(t, at, "OIDC_ISSUER="+issuer, "OIDC_AUDIENCE="+at)
	api.mustUse(t, "keycloak")
	client := &oauth2.Config{
		ClientID: "docs", RedirectURL: at + "/docs/oauth2-redirect.html", Endpoint: endpoint(t, issuer), Scopes: []string{"openid", "items:read"},
	}
	alice, bob := signIn(t, client, "alice"), signIn(t, client, "bob")
	client.Scopes = []string{"openid"}
	api.mustReturn(t,
		row{"an administrator", alice.AccessToken, "200", "200", "200"},
		row{"a user", bob.AccessToken, "200", "200", noRole},
		row{"a user without scopes", signIn(t, client, "bob").AccessToken, "200", noScope, noScope},
		row{"a machine", machine(t, issuer, nil, "items:read"), "200", "200", noRole},
		row{"a machine without scopes", machine(t, issuer, nil), "200", noScope, noScope},
		rejected("an ID token", idToken(alice), wrongType),
		rejected("a refresh token", alice.RefreshToken, "401 algorithm-not-allowed"),
	)
	if me := api.me(t, alice.AccessToken); me.Subject != "a11ce000-0000-4000-8000-000000000001" || me.ClientID != "docs" || !slices.Equal(me.Roles, []string{"admin"}) {
		t.Errorf("alice is %+v", me)
	}
}

// testOwnRealm has a realm as the administration console makes it. The README adds the mapper and the scope.
func testOwnRealm(t *testing.T, provider *process) {
	const audience = "https://api.example.com"
	newRealm(t, provider.url, audience)
	issuer := provider.url + "/realms/acme"
	api := startAPI(t, freeAddress(t), "OIDC_ISSUER="+issuer, "OIDC_AUDIENCE="+audience)
	api.mustUse(t, "keycloak")
	client := &oauth2.Config{
		ClientID: "spa", RedirectURL: "http://localhost/callback", Endpoint: endpoint(t, issuer), Scopes: []string{"openid", "items:read"},
	}
	alice := signIn(t, client, "alice")
	unmapped, bare := *client, *client
	unmapped.ClientID, bare.ClientID = "unmapped", "bare"
	bare.Scopes = []string{"openid"}
	api.mustReturn(t,
		row{"an administrator", alice.AccessToken, "200", "200", "200"},
		row{"a user", signIn(t, client, "bob").AccessToken, "200", "200", noRole},
		row{"a machine", machine(t, issuer, nil, "items:read"), "200", "200", noRole},
		rejected("a token of a client without the mapper", signIn(t, &unmapped, "alice").AccessToken, "401 audience-wrong"),
		rejected("a token of a client without the scope basic", signIn(t, &bare, "alice").AccessToken, "401 claim-missing"),
		rejected("an ID token", idToken(alice), wrongType),
		rejected("a refresh token", alice.RefreshToken, "401 algorithm-not-allowed"),
	)
	if me := api.me(t, alice.AccessToken); me.ClientID != "spa" || !slices.Contains(me.Roles, "admin") {
		t.Errorf("alice is %+v", me)
	}
}

func idToken(token *oauth2.Token) string {
	id, _ := token.Extra("id_token").(string)
	return id
}

// newRealm makes the realm acme through the administration API. The mapper writes ID tokens, too, as in a realm where
// the switch for them is on.
func newRealm(t *testing.T, keycloak, audience string) {
	t.Helper()
	config := oauth2.Config{ClientID: "admin-cli", Endpoint: endpoint(t, keycloak+"/realms/master")}
	token, err := config.PasswordCredentialsToken(t.Context(), "admin", "admin")
	if err != nil {
		t.Fatal(err)
	}
	admin := config.Client(t.Context(), token)
	add := func(path string, body object) { post(t, admin, keycloak+"/admin/realms"+path, body) }
	add("", object{"realm": "acme", "enabled": true})
	add("/acme/client-scopes", object{"id": "items-read", "name": "items:read", "protocol": "openid-connect"})
	put(t, admin, keycloak+"/admin/realms/acme/default-optional-client-scopes/items-read", nil)
	mapper := []object{{
		"name": "audience", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper",
		"config": object{"included.custom.audience": audience, "access.token.claim": "true", "id.token.claim": "true"},
	}}
	callback := []string{"http://localhost/*"}
	for _, client := range []object{
		{"clientId": "spa", "publicClient": true, "redirectUris": callback, "protocolMappers": mapper},
		{"clientId": "unmapped", "publicClient": true, "redirectUris": callback},
		{"clientId": "bare", "publicClient": true, "redirectUris": callback, "protocolMappers": mapper, "defaultClientScopes": []string{}},
		{"clientId": "service", "secret": "service-secret", "serviceAccountsEnabled": true, "protocolMappers": mapper},
	} {
		add("/acme/clients", client)
	}
	user := func(name string, roles ...string) object {
		return object{
			"username": name, "enabled": true, "email": name + "@example.com", "firstName": name, "lastName": name,
			"realmRoles": roles, "credentials": []object{{"type": "password", "value": name}},
		}
	}
	add("/acme/partialImport", object{
		"ifResourceExists": "FAIL", "roles": object{"realm": []object{{"name": "admin"}}},
		"users": []object{user("alice", "admin"), user("bob")},
	})
}
