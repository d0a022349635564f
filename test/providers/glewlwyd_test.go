package providers

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

// startGlewlwyd starts glewlwyd with the database that its package makes.
func startGlewlwyd(t *testing.T) *process {
	t.Helper()
	at, folder := freeAddress(t), t.TempDir()
	run(t, folder, "sqlite3", "glewlwyd.db", ".read /usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
	settings, err := os.ReadFile("glewlwyd/glewlwyd.conf")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "glewlwyd.conf")
	text := strings.NewReplacer("PORT", port(at), "FOLDER", folder).Replace(string(settings))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, exec.Command("glewlwyd", "--config-file="+file), at, "/config")
}

// TestGlewlwyd has its plugin for OpenID Connect, with access tokens for a resource (RFC 8707).
func TestGlewlwyd(t *testing.T) {
	const audience = "https://api.example.com"
	provider := startGlewlwyd(t)
	issuer := provider.url + "/api/oidc"
	setUpGlewlwyd(t, provider, issuer, audience)
	api := startAPI(t, freeAddress(t), "OIDC_ISSUER="+issuer, "OIDC_AUDIENCE="+audience)
	api.mustUse(t, "rfc9068")
	client := &oauth2.Config{
		ClientID: "spa", ClientSecret: "spa-secret", RedirectURL: "http://127.0.0.1/callback", Endpoint: endpoint(t, issuer),
		Scopes: []string{"openid", "items:read"},
	}
	signIn := func(user string) *oauth2.Token {
		browser := newBrowser(client.RedirectURL)
		post(t, browser, provider.url+"/api/auth/", object{"username": user, "password": password})
		put(t, browser, provider.url+"/api/auth/grant/spa", object{"scope": "openid items:read"})
		// The page for the sign-in is a program, which adds g_continue.
		return authorize(t, browser, client, user, oauth2.SetAuthURLParam("resource", audience), oauth2.SetAuthURLParam("g_continue", "true"))
	}
	alice, bob := signIn("alice"), signIn("bob")
	api.mustReturn(t,
		row{"an administrator", alice.AccessToken, "200", "200", "200"},
		row{"a user", bob.AccessToken, "200", "200", noRole},
		row{"a machine", machine(t, issuer, url.Values{"resource": {audience}}, "items:read"), "200", "200", noRole},
		rejected("a token for no resource", machine(t, issuer, nil, "items:read"), "401 audience-wrong"),
		rejected("an ID token", idToken(alice), wrongType),
		rejected("a refresh token", alice.RefreshToken, "401 token-malformed"),
	)
	if me := api.me(t, alice.AccessToken); me.ClientID != "spa" || !slices.Equal(me.Roles, []string{"admin"}) {
		t.Errorf("alice is %+v", me)
	}
}

// password is that of all users: glewlwyd asks for eight characters.
const password = "password"

// setUpGlewlwyd adds the plugin, users with roles, clients and a scope through the administration API.
func setUpGlewlwyd(t *testing.T, provider *process, issuer, audience string) {
	t.Helper()
	admin := newBrowser("")
	send := func(do func(*testing.T, *http.Client, string, any), path string, body object) {
		do(t, admin, provider.url+"/api"+path, body)
	}
	send(post, "/auth/", object{"username": "admin", "password": password})
	send(post, "/scope/", object{"name": "items:read", "display_name": "See items", "description": "See items.", "scheme": object{}})
	send(put, "/mod/user/database", object{
		"module": "database", "name": "database", "display_name": "Users", "order_rank": 0, "readonly": false,
		"parameters": object{
			"use-glewlwyd-connection": true,
			"data-format":             object{"roles": object{"multiple": true, "read": true, "write": true}},
		},
	})
	send(put, "/mod/user/database/reset", nil)
	key, public := newKey(t)
	send(post, "/mod/plugin/", object{
		"module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "order_rank": 0, "readonly": false,
		"parameters": object{
			"iss": issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": key, "cert": public, "jwks-show": true,
			"access-token-duration": 300, "refresh-token-duration": 3600, "code-duration": 600, "allow-non-oidc": true,
			"auth-type-code-enabled": true, "auth-type-client-enabled": true, "auth-type-refresh-enabled": true, "pkce-allowed": true,
			"resource-allowed": true, "resource-scope": object{"items:read": []string{audience}, "openid": []string{audience}},
			"additional-parameters": []object{{"user-parameter": "roles", "token-parameter": "roles"}},
		},
	})
	scopes := []string{"openid", "items:read", "g_profile"}
	send(post, "/user/", object{"username": "alice", "password": password, "scope": scopes, "roles": []string{"admin"}})
	send(post, "/user/", object{"username": "bob", "password": password, "scope": scopes})
	send(post, "/client/", object{
		"client_id": "spa", "confidential": true, "password": "spa-secret", "token_endpoint_auth_method": []string{"client_secret_basic"},
		"authorization_type": []string{"code", "refresh_token"}, "redirect_uri": []string{"http://127.0.0.1/callback"},
	})
	send(post, "/client/", object{
		"client_id": "service", "confidential": true, "password": "service-secret", "scope": []string{"items:read"},
		"token_endpoint_auth_method": []string{"client_secret_basic"},
		"authorization_type":         []string{"client_credentials"},
	})
}

// newKey returns a private key and its public one.
func newKey(t *testing.T) (private, public string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PrivateKey(key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: pkcs1})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}))
}
