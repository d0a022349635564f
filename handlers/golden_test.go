package handlers_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/handlers/apitest"
)

func TestGoldenTokensAreReadAsDocumented(t *testing.T) {
	for _, g := range goldenTokens(t) {
		t.Run(g.Name, func(t *testing.T) {
			p := g.provider("")
			server := httptest.NewServer(p)
			t.Cleanup(server.Close)
			p.base, p.issuer = server.URL, g.at(server.URL, g.Issuer)
			api := apitest.Start(t, apitest.Env(g.variables(p)...))
			token := g.sign(p)
			me := api.Call(t, token, "GET /me", "")
			if g.Rejected != "" {
				if code := apitest.Decode[struct{ Code string }](t, me).Code; me.Status != http.StatusUnauthorized || code != g.Rejected {
					t.Errorf("got %d %s, want 401 %s", me.Status, me.Body, g.Rejected)
				}
				return
			}
			me.WantStatus(t, http.StatusOK)
			allowed := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}
			api.Call(t, token, "GET /items", "").WantStatus(t, allowed[g.Items])
			api.Call(t, token, "GET /admin/items", "").WantStatus(t, allowed[g.Admin])
		})
	}
}

// TestHoldersLearnThatTheProfileIsWrong sends genuine access tokens that only the settings of the API reject, and a forged
// one.
func TestHoldersLearnThatTheProfileIsWrong(t *testing.T) {
	twoVariables := map[string]string{"OIDC_AUDIENCE": "https://api.example.com", "OIDC_CLIENTS": ""}
	for _, test := range []struct {
		name, token, profile string
		says                 string
		env                  map[string]string
	}{
		{"a JWT of Keycloak", "keycloak-audience-mapper", "rfc9068", "TOKEN_PROFILE=keycloak", nil},
		{"at+jwt without client_id", "keycloak-at+jwt-switch", "rfc9068", "TOKEN_PROFILE=keycloak", nil},
		{"scope as an array", "duende-user", "rfc9068", "TOKEN_PROFILE=jwt", nil},
		{"no sub", "duende-client-credentials", "rfc9068", "TOKEN_PROFILE=duende", nil},
		{"an ID token", "google-id-token-user", "rfc9068", "and not its id_token", nil},
		{"Spring as it comes", "spring-user", "rfc9068", "TOKEN_PROFILE=spring and OIDC_CLIENTS (the clients of this API) in place of OIDC_AUDIENCE", twoVariables},
		{"Spring with its profile", "spring-user", "spring", "the operator of the API must set OIDC_CLIENTS (the clients of this API) in place of OIDC_AUDIENCE", twoVariables},
		{"Spring with an audience", "spring-customized", "rfc9068", "TOKEN_PROFILE=spring", nil},
		{"Cognito without clients", "cognito-user", "cognito", "must set OIDC_CLIENTS (the clients of this API).", twoVariables},
		{"Keycloak without audience mapper", "keycloak-no-audience-mapper", "keycloak", "Add an audience mapper", nil},
		{"another client", "spring-user", "spring", "add your client to OIDC_CLIENTS", map[string]string{"OIDC_CLIENTS": "other"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all := goldenTokens(t)
			g := all[slices.IndexFunc(all, func(g goldenToken) bool { return g.Name == test.token })]
			g.Profile = test.profile
			maps.Copy(g.Env, test.env)
			p := g.provider("")
			server := httptest.NewServer(p)
			t.Cleanup(server.Close)
			p.base, p.issuer = server.URL, g.at(server.URL, g.Issuer)
			api := apitest.Start(t, apitest.Env(g.variables(p)...))
			g.awaitKeys(t, api, p)
			me := api.Call(t, g.sign(p), "GET /me", "")
			if hint := apitest.Decode[struct{ Hint string }](t, me).Hint; me.Status != http.StatusUnauthorized || !strings.Contains(hint, test.says) {
				t.Errorf("got %d %s, want %s", me.Status, me.Body, test.says)
			}
			minimal := apitest.Start(t, apitest.Env(append(g.variables(p), "ERROR_DETAIL=minimal")...))
			g.awaitKeys(t, minimal, p)
			if me := minimal.Call(t, g.sign(p), "GET /me", ""); strings.Contains(me.Body, "TOKEN_PROFILE") {
				t.Errorf("with minimal errors it gets %s", me.Body)
			}
			forged := strings.TrimRight(g.sign(p), "A")
			forged = forged[:len(forged)-20] + strings.Repeat("A", 20)
			if me := api.Call(t, forged, "GET /me", ""); strings.Contains(me.Body, "TOKEN_PROFILE=") {
				t.Errorf("a forged token gets %s", me.Body)
			}
		})
	}
}

// TestScopesAndRolesAreFoundElsewhere has tokens that are accepted, and whose scopes or roles the profile does not read.
func TestScopesAndRolesAreFoundElsewhere(t *testing.T) {
	for _, test := range []struct{ token, profile, route, says string }{
		{"authelia-jwt", "rfc9068", "GET /items", "The scopes stand in scp; TOKEN_PROFILE=authelia reads them."},
		{"keycloak-as-compose", "rfc9068", "GET /admin/items", ""},
		{"keycloak-audience-mapper", "jwt", "GET /admin/items", "The roles stand in realm_access.roles; TOKEN_PROFILE=keycloak reads them."},
		{"cognito-with-aud", "jwt", "GET /items", "The scopes have the prefix \\\"https://api.example.com/\\\"; SCOPE_PREFIX=https://api.example.com/ cuts it."},
		{"keycloak-client-roles", "keycloak", "GET /admin/items", "The roles stand in resource_access.api.roles; ROLES_CLAIM=resource_access.api.roles reads them."},
	} {
		t.Run(test.token, func(t *testing.T) {
			all := goldenTokens(t)
			g := all[slices.IndexFunc(all, func(g goldenToken) bool { return g.Name == test.token })]
			g.Profile, g.Env["ROLES_CLAIM"] = test.profile, ""
			p := g.provider("")
			server := httptest.NewServer(p)
			t.Cleanup(server.Close)
			p.base, p.issuer = server.URL, g.at(server.URL, g.Issuer)
			api := apitest.Start(t, apitest.Env(g.variables(p)...))
			api.Call(t, g.sign(p), test.route, "")
			api.Close()
			if log := api.Log.String(); !strings.Contains(log, test.says) || test.says == "" && strings.Contains(log, "stand in") {
				t.Errorf("the log has %s, want %s", log, test.says)
			}
		})
	}
}

// TestEveryTokenMeetsEveryProfile compares what is accepted where with the table in testdata/accepted.md.
func TestEveryTokenMeetsEveryProfile(t *testing.T) {
	want := acceptedTable(t)
	for _, g := range goldenTokens(t) {
		if g.Claims == nil {
			continue
		}
		if got := cmp.Or(strings.Join(g.acceptedBy(t), " "), "none"); got != want[g.Name] {
			t.Errorf("got\n| %s | %s |\nwant %s", g.Name, got, want[g.Name])
		}
	}
}

// acceptedBy returns the profiles that accept the token, with the settings that it needs for its own.
func (g *goldenToken) acceptedBy(t *testing.T) (names []string) {
	p := g.provider("https://id.example.com")
	token := auth.AccessToken(g.sign(p))
	for _, name := range auth.Profiles() {
		v, err := auth.Connect(t.Context(), g.config(p, name))
		if err != nil {
			continue // the profile cannot be used with these settings
		}
		if _, err := v.Verify(t.Context(), token); err == nil {
			names = append(names, name)
		}
	}
	return names
}

func (g *goldenToken) config(p *goldenProvider, name string) auth.Config {
	profile, _ := auth.ProfileByName(name)
	list := func(name string) []string {
		return strings.FieldsFunc(g.at(p.base, g.Env[name]), func(r rune) bool { return r == ',' })
	}
	c := auth.Config{
		Issuer: p.issuer, Audience: list("OIDC_AUDIENCE"), Profile: profile, Clients: list("OIDC_CLIENTS"),
		RequiredClaims: list("REQUIRED_CLAIMS"), Tenants: list("OIDC_TENANTS"), DiscoveryURL: g.at(p.base, g.Env["OIDC_DISCOVERY_URL"]),
		MaxTokenSize: auth.MaxTokenSize, CacheSize: -1, Transport: inProcess{p},
	}
	switch needs := profile.Needs(); {
	case needs == "OIDC_CLIENTS" && len(c.Clients) == 0:
		c.Clients = g.clients()
	case needs == "REQUIRED_CLAIMS" && len(c.RequiredClaims) == 0:
		c.RequiredClaims = []string{"iss=" + p.issuer}
	}
	return c
}

// clients returns every value of the token that could name a client.
func (g *goldenToken) clients() (all []string) {
	for _, name := range []string{"aud", "azp", "client_id", "cid", "appid"} {
		switch v := g.Claims[name].(type) {
		case string:
			all = append(all, v)
		case []any:
			for _, one := range v {
				all = append(all, fmt.Sprint(one))
			}
		}
	}
	return append(all, "none")
}

// An inProcess transport lets a provider serve requests without a network.
type inProcess struct{ http.Handler }

func (h inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// acceptedTable reads the rows of the table: token, profiles, and why.
func acceptedTable(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/accepted.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if cells := strings.Split(line, "|"); len(cells) == 5 {
			table[strings.TrimSpace(cells[1])] = strings.TrimSpace(cells[2])
		}
	}
	return table
}
