package providers

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/oauth2"
)

// startNode starts oidc-provider, whose access tokens for an API are JWTs as RFC 9068 says.
func startNode(t *testing.T, audience string) *process {
	t.Helper()
	folder := cache(t, "node-"+fileHash(t, "node/package-lock.json"))
	for _, name := range []string{".npmrc", "package.json", "package-lock.json", "provider.js"} {
		content, err := os.ReadFile(filepath.Join("node", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if !exists(filepath.Join(folder, "node_modules")) {
		run(t, folder, "npm", "ci")
	}
	at := freeAddress(t)
	command := exec.Command("node", "provider.js", port(at), audience)
	command.Dir = folder
	return start(t, command, at, "/.well-known/openid-configuration")
}

func TestNode(t *testing.T) {
	const audience = "https://api.example.com"
	provider := startNode(t, audience)
	api := startAPI(t, freeAddress(t), "OIDC_ISSUER="+provider.url, "OIDC_AUDIENCE="+audience)
	api.mustUse(t, "rfc9068")
	client := &oauth2.Config{
		ClientID: "spa", RedirectURL: "http://127.0.0.1/callback", Endpoint: endpoint(t, provider.url),
		Scopes: []string{"openid", "items:read"},
	}
	resource := oauth2.SetAuthURLParam("resource", audience)
	alice, bob := signIn(t, client, "alice", resource), signIn(t, client, "bob", resource)
	api.mustReturn(t,
		row{"an administrator", alice.AccessToken, "200", "200", "200"},
		row{"a user", bob.AccessToken, "200", "200", noRole},
		row{"a machine", machine(t, provider.url, url.Values{"resource": {audience}}, "items:read"), "200", "200", noRole},
		row{"a machine without scopes", machine(t, provider.url, url.Values{"resource": {audience}}), "200", noScope, noScope},
		rejected("an opaque token, for no resource", machine(t, provider.url, nil), "401 token-malformed"),
		rejected("an ID token", idToken(alice), wrongType),
		rejected("a refresh token", alice.RefreshToken, "401 token-malformed"),
	)
	if me := api.me(t, alice.AccessToken); me.Subject != "alice" || me.ClientID != "spa" || !slices.Equal(me.Roles, []string{"admin"}) {
		t.Errorf("alice is %+v", me)
	}
}

// TestNodeIntrospects has opaque tokens of oidc-provider, whose answers it signs (RFC 9701).
func TestNodeIntrospects(t *testing.T) {
	const audience = "https://api.example.com"
	provider := startNode(t, audience)
	api := startAPI(t, freeAddress(t), "OIDC_ISSUER="+provider.url, "OIDC_AUDIENCE="+audience, "TOKEN_PROFILE=oidc-provider",
		"INTROSPECTION=opaque", "INTROSPECTION_CLIENT_ID=service", "INTROSPECTION_CLIENT_SECRET=service-secret")
	client := &oauth2.Config{
		ClientID: "spa", RedirectURL: "http://127.0.0.1/callback", Endpoint: endpoint(t, provider.url),
		Scopes: []string{"openid", "items:read"},
	}
	opaque := oauth2.SetAuthURLParam("resource", audience+"/opaque")
	alice := signIn(t, client, "alice", opaque)
	api.mustReturn(t,
		row{"an administrator", alice.AccessToken, "200", "200", "200"},
		row{"a machine", machine(t, provider.url, url.Values{"resource": {audience + "/opaque"}}, "items:read"), "200", "200", noRole},
		row{"a JWT", machine(t, provider.url, url.Values{"resource": {audience}}, "items:read"), "200", "200", noRole},
		rejected("a token for no resource", machine(t, provider.url, nil), "401 audience-wrong"),
		rejected("a refresh token", alice.RefreshToken, "401 audience-wrong", "401 token-type-wrong"),
		rejected("a made-up token", "made-up", "401 token-inactive"),
	)
	if me := api.me(t, alice.AccessToken); me.Subject != "alice" || me.ClientID != "spa" || !slices.Equal(me.Roles, []string{"admin"}) {
		t.Errorf("alice is %+v", me)
	}
}
