package providers

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/oauth2"
)

// startSpring starts Spring Authorization Server as Spring Boot configures it, with more arguments.
func startSpring(t *testing.T, arguments ...string) *process {
	t.Helper()
	folder := cache(t, "spring-"+fileHash(t, "spring/pom.xml"))
	libraries := filepath.Join(folder, "libraries")
	if !exists(libraries) {
		run(t, ".", "mvn", "--quiet", "--batch-mode", "--file", "spring/pom.xml", maven+"copy-dependencies",
			"-DincludeScope=runtime", "-DoutputDirectory="+libraries)
	}
	run(t, ".", "javac", "-nowarn", "-d", folder, "-cp", libraries+"/*", "spring/Provider.java")
	settings, err := filepath.Abs("spring/application.yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := freeAddress(t)
	command := exec.Command("java", append([]string{
		quickStart, "-cp", folder + ":" + libraries + "/*", "provider.Provider", "--spring.config.location=" + settings,
		"--server.address=localhost", "--server.port=" + port(at),
	}, arguments...)...)
	return start(t, command, at, "/.well-known/openid-configuration")
}

func springClient(t *testing.T, issuer string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: "spa", ClientSecret: "spa-secret", RedirectURL: "http://127.0.0.1/callback", Endpoint: endpoint(t, issuer),
		Scopes: []string{"openid", "items:read"},
	}
}

// TestSpringAsItComes has tokens whose audience is the client, and that have no roles.
func TestSpringAsItComes(t *testing.T) {
	provider := startSpring(t)
	api := startAPI(t, freeAddress(t), "OIDC_ISSUER="+provider.url, "OIDC_CLIENTS=spa,service", "TOKEN_PROFILE=spring")
	client := springClient(t, provider.url)
	alice := signIn(t, client, "alice")
	api.mustReturn(t,
		row{"a user", alice.AccessToken, "200", "200", noRole},
		row{"a machine", machine(t, provider.url, nil, "items:read"), "200", "200", noRole},
		rejected("a machine that asks for no scope", machine(t, provider.url, nil), wrongType),
		rejected("an ID token", idToken(alice), wrongType),
		rejected("a refresh token", alice.RefreshToken, "401 token-malformed"),
	)
	if me := api.me(t, alice.AccessToken); me.Subject != "alice" || me.ClientID != "spa" {
		t.Errorf("alice is %+v", me)
	}
	other := startAPI(t, freeAddress(t), "OIDC_ISSUER="+provider.url, "OIDC_CLIENTS=service", "TOKEN_PROFILE=spring")
	other.mustReturn(t, rejected("a client that is not named", alice.AccessToken, "401 claim-invalid"))
}

// TestSpringWithCustomizer has tokens with the audience and the roles that an OAuth2TokenCustomizer writes.
func TestSpringWithCustomizer(t *testing.T) {
	provider := startSpring(t, "--spring.profiles.active=customized")
	api := startAPI(t, freeAddress(t), "OIDC_ISSUER="+provider.url, "OIDC_AUDIENCE=https://api.example.com", "TOKEN_PROFILE=spring")
	client := springClient(t, provider.url)
	alice := signIn(t, client, "alice")
	client.Scopes = []string{"openid"}
	api.mustReturn(t,
		row{"an administrator", alice.AccessToken, "200", "200", "200"},
		row{"a user without scopes", signIn(t, client, "bob").AccessToken, "200", noScope, noScope},
		row{"a machine", machine(t, provider.url, nil, "items:read"), "200", "200", noRole},
		rejected("a machine that asks for no scope", machine(t, provider.url, nil), wrongType),
		rejected("an ID token", idToken(alice), wrongType),
		rejected("a refresh token", alice.RefreshToken, "401 token-malformed"),
	)
	if me := api.me(t, alice.AccessToken); me.Subject != "alice" || !slices.Equal(me.Roles, []string{"admin"}) {
		t.Errorf("alice is %+v", me)
	}
}
