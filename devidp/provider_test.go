package devidp_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.com/gatehouse/devidp"
)

func TestDiscovery(t *testing.T) {
	p := serve(t)
	got := object(t, []byte(p.get("/.well-known/openid-configuration").body))
	wantMembers(t, got, map[string]any{
		"issuer":                        p.url,
		"authorization_endpoint":        p.url + "/authorize",
		"token_endpoint":                p.url + "/token",
		"jwks_uri":                      p.url + "/jwks",
		"userinfo_endpoint":             p.url + "/userinfo",
		"introspection_endpoint":        p.url + "/introspect",
		"revocation_endpoint":           p.url + "/revoke",
		"device_authorization_endpoint": p.url + "/device_authorization",
		"end_session_endpoint":          p.url + "/end_session",
		"response_types_supported":      []any{"code"},
		"subject_types_supported":       []any{"public"},
		"grant_types_supported": []any{"authorization_code", "refresh_token", "client_credentials",
			"urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"},
		"id_token_signing_alg_values_supported":          []any{"RS256"},
		"code_challenge_methods_supported":               []any{"S256"},
		"token_endpoint_auth_methods_supported":          []any{"none", "client_secret_basic", "client_secret_post"},
		"introspection_endpoint_auth_methods_supported":  []any{"client_secret_basic", "client_secret_post"},
		"authorization_response_iss_parameter_supported": true,
		"request_uri_parameter_supported":                false,
	})
	wantAll(t, object(t, []byte(p.get("/.well-known/oauth-authorization-server").body)), got)
}

func TestKeyIDIsTheThumbprint(t *testing.T) {
	p := serve(t)
	var keys []map[string]any
	for _, k := range object(t, []byte(p.get("/jwks").body))["keys"].([]any) {
		keys = append(keys, k.(map[string]any))
	}
	if len(keys) != 1 {
		t.Fatalf("got %d keys, want 1", len(keys))
	}
	// RFC 7638, section 3.1
	sum := sha256.Sum256(fmt.Appendf(nil, `{"e":"%s","kty":"RSA","n":"%s"}`, keys[0]["e"], keys[0]["n"]))
	kid := "dev-" + base64.RawURLEncoding.EncodeToString(sum[:])
	header, _ := p.decode(p.token(asService()).AccessToken)
	if keys[0]["kid"] != kid || header["kid"] != kid {
		t.Errorf("got kid %v and %v, want %s", keys[0]["kid"], header["kid"], kid)
	}
	if keys[0]["d"] != nil {
		t.Error("the private key is served")
	}
}

func TestDevelopmentConfigIsAsDocumented(t *testing.T) {
	cfg := devidp.Development("http://localhost:9000", api, api+"/docs/", signingKey())
	if !reflect.DeepEqual(cfg.Resources, []string{api}) || cfg.Issuer != "http://localhost:9000" {
		t.Errorf("got %v %s", cfg.Resources, cfg.Issuer)
	}
	users := map[string][]string{}
	for _, u := range cfg.Users {
		users[u.Subject] = u.Roles
	}
	if !reflect.DeepEqual(users, map[string][]string{"alice": {"admin"}, "bob": nil}) {
		t.Errorf("got users %v", users)
	}
	clients := map[string]devidp.Client{}
	for _, c := range cfg.Clients {
		clients[c.ID] = c
	}
	docs, cli, service := clients["docs"], clients["cli"], clients["service"]
	if docs.Secret != "" || docs.Loopback || !reflect.DeepEqual(docs.RedirectURIs, []string{callback}) ||
		!reflect.DeepEqual(docs.PostLogoutRedirectURIs, []string{api + "/docs/"}) {
		t.Errorf("got docs %+v", docs)
	}
	if cli.Secret != "" || !cli.Loopback || cli.RedirectURIs != nil {
		t.Errorf("got cli %+v", cli)
	}
	if service.Secret != "service-secret" || service.RedirectURIs != nil || service.Resource != api {
		t.Errorf("got service %+v", service)
	}
}

func TestNewRejectsInvalidConfigs(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*devidp.Config)
		want   string // in the error; empty when it is accepted
	}{
		{"localhost", func(c *devidp.Config) {}, ""},
		{"localhost without a port", func(c *devidp.Config) { c.Issuer = "http://localhost" }, ""},
		{"another address of 127.0.0.0/8", func(c *devidp.Config) { c.Issuer = "http://127.8.9.1:9000" }, ""},
		{"IPv6", func(c *devidp.Config) { c.Issuer = "http://[::1]:9000" }, ""},
		{"no issuer", func(c *devidp.Config) { c.Issuer = "" }, "issuer"},
		{"https", func(c *devidp.Config) { c.Issuer = "https://localhost:9000" }, "issuer"},
		{"a public host", func(c *devidp.Config) { c.Issuer = "http://idp.example.com" }, "issuer"},
		{"a name below localhost", func(c *devidp.Config) { c.Issuer = "http://x.localhost:9000" }, "issuer"},
		{"every address", func(c *devidp.Config) { c.Issuer = "http://0.0.0.0:9000" }, "issuer"},
		{"a private address", func(c *devidp.Config) { c.Issuer = "http://192.168.0.1:9000" }, "issuer"},
		{"a path", func(c *devidp.Config) { c.Issuer = "http://localhost:9000/realm" }, "issuer"},
		{"a slash", func(c *devidp.Config) { c.Issuer = "http://localhost:9000/" }, "issuer"},
		{"a query", func(c *devidp.Config) { c.Issuer = "http://localhost:9000?x" }, "issuer"},
		{"a fragment", func(c *devidp.Config) { c.Issuer = "http://localhost:9000#x" }, "issuer"},
		{"a user", func(c *devidp.Config) { c.Issuer = "http://me@localhost:9000" }, "issuer"},
		{"a malformed issuer", func(c *devidp.Config) { c.Issuer = "http://[::1" }, "issuer"},
		{"no key", func(c *devidp.Config) { c.Key = nil }, "key"},
		{"a short key", func(c *devidp.Config) { c.Key = small }, "key"},
		{"no resource", func(c *devidp.Config) { c.Resources = nil }, "resources"},
		{"a relative resource", func(c *devidp.Config) { c.Resources = []string{"api"} }, "resource"},
		{"a resource with a fragment", func(c *devidp.Config) { c.Resources = []string{api + "#x"} }, "resource"},
		{"a user without a subject", func(c *devidp.Config) { c.Users[0].Subject = "" }, "user"},
		{"a user twice", func(c *devidp.Config) { c.Users[1].Subject = "alice" }, "user"},
		{"a client without a name", func(c *devidp.Config) { c.Clients[0].ID = "" }, "client"},
		{"a client twice", func(c *devidp.Config) { c.Clients[1].ID = "docs" }, "client"},
		{"a client with a user's name", func(c *devidp.Config) { c.Clients[0].ID = "alice" }, "client"},
		{"a relative redirect URI", func(c *devidp.Config) { c.Clients[0].RedirectURIs = []string{"/cb"} }, "redirect URI"},
		{"a relative logout URI", func(c *devidp.Config) { c.Clients[0].PostLogoutRedirectURIs = []string{"/"} }, "redirect URI"},
		{"an unknown grant type", func(c *devidp.Config) { c.Clients[0].Grants = []string{"password"} }, "grant type"},
		{"client credentials without a secret", func(c *devidp.Config) { c.Clients[2].Secret = "" }, "secret"},
		{"token exchange without a secret", func(c *devidp.Config) {
			c.Clients[2].Secret, c.Clients[2].Grants = "", []string{devidp.TokenExchange}
		}, "secret"},
		{"token exchange by a client that is no API", func(c *devidp.Config) { c.Clients[2].Resource = "" }, "resource"},
		{"token exchange by an unknown API", func(c *devidp.Config) { c.Clients[2].Resource = other }, "resource"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := devidp.Development("http://localhost:9000", api, api+"/docs/", signingKey())
			tt.change(&cfg)
			_, err := devidp.New(cfg)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want an error about %q", err, tt.want)
			}
		})
	}
}

// A key stays the same when the issuer changes. Tokens of the earlier issuer are inactive.
func TestTokensOfAnotherIssuerAreInactive(t *testing.T) {
	before, now := serve(t), serve(t)
	token := before.token(asService()).must(t).AccessToken
	if !before.active(token) || now.active(token) {
		t.Error("want the token active at its issuer alone")
	}
}

func TestGrantsAreLoggedWithoutTokens(t *testing.T) {
	p := serve(t)
	q := asDocs("scope", "openid offline_access")
	code := p.code("alice", q)
	first := p.token(redeem(q, code)).must(t)
	second := p.token(refreshing("docs", first.RefreshToken)).must(t)
	p.token(asService("scope", "items:read")).must(t)
	p.token(asService("client_secret", "wrong-secret"))
	p.token(redeem(q, code))
	p.get("/authorize?" + asDocs("redirect_uri", "https://evil.example.com").Encode())
	log := p.log.String()
	for _, want := range []string{
		`msg=granted client=docs user=alice grant=authorization_code scopes="openid offline_access"`,
		`msg=granted client=docs user=alice grant=refresh_token scopes="openid offline_access"`,
		`msg=granted client=service user=service grant=client_credentials scopes=items:read`,
	} {
		if strings.Count(log, want) != 1 {
			t.Errorf("want one line %q in %s", want, log)
		}
	}
	if strings.Count(log, "msg=granted") != 3 {
		t.Errorf("want three grants in %s", log)
	}
	for _, secret := range []string{code, first.AccessToken, first.IDToken, first.RefreshToken, second.AccessToken,
		second.RefreshToken, "service-secret", "wrong-secret", verifier} {
		if strings.Contains(log, secret) {
			t.Errorf("the log contains %q", secret)
		}
	}
}
