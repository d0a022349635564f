package handlers_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
)

// A goldenToken is a token as a real provider writes it, with the settings that docs/providers.md names for it.
type goldenToken struct {
	Name, Provider, About, Profile, Issuer string

	Env      map[string]string
	Header   map[string]any
	Claims   map[string]any
	Rejected string // the code of the problem, for a token that must stay out
	Items    bool   // it has the scope items:read
	Admin    bool   // it has that and the role admin
}

func goldenTokens(t *testing.T) (all []goldenToken) {
	t.Helper()
	data, err := os.ReadFile("testdata/tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// goldenKeys are those of all providers: generating RSA keys takes long.
var goldenKeys = sync.OnceValue(func() map[string]*authtest.Key {
	return map[string]*authtest.Key{"RS256": authtest.NewKey("RS256"), "ES256": authtest.NewKey("ES256"), "ES384": authtest.NewKey("ES384")}
})

// A goldenProvider publishes metadata for one issuer at any address, and the key of one token.
type goldenProvider struct {
	base, issuer string
	key          *authtest.Key
}

func (p *goldenProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body any = authtest.KeySet(p.key)
	if r.URL.Path != "/keys" {
		body = map[string]any{
			"issuer": p.issuer, "jwks_uri": p.base + "/keys", "access_token_issuer": p.base + "/adfs/services/trust",
			"authorization_endpoint": p.base + "/authorize", "token_endpoint": p.base + "/token",
		}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(body)
}

// provider returns the provider of a token at an address.
func (g *goldenToken) provider(base string) *goldenProvider {
	algorithm, _ := g.Header["alg"].(string)
	key := goldenKeys()["RS256"]
	if own := goldenKeys()[algorithm]; own != nil {
		key = own
	}
	id, _ := g.Header["kid"].(string)
	return &goldenProvider{base, g.at(base, g.Issuer), &authtest.Key{ID: id, Algorithm: key.Algorithm, Private: key.Private}}
}

// at puts the addresses of the provider into a text.
func (g *goldenToken) at(base, text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "{issuer}", g.Issuer), "{base}", base)
}

// sign returns the token.
func (g *goldenToken) sign(p *goldenProvider) string {
	switch {
	case g.Claims == nil && g.Rejected == "token-encrypted":
		return "e30.AAAA.AAAA.AAAA.AAAA"
	case g.Claims == nil:
		return "opaque_0123456789"
	}
	claims, _ := g.value(p.base, g.Claims).(map[string]any)
	if strings.Contains(g.Name, "many-roles") {
		addRoles(claims, 450)
	}
	return p.key.Sign(g.Header, claims)
}

// awaitKeys sends the token as one whose key is looked up, so that the response waits for the first fetch of the keys.
func (g goldenToken) awaitKeys(t *testing.T, api *apitest.API, p *goldenProvider) {
	t.Helper()
	g.Header = maps.Clone(g.Header)
	g.Header["typ"] = "at+jwt"
	api.Call(t, g.sign(p), "GET /me", "")
}

// value puts times and addresses into a value.
func (g *goldenToken) value(base string, v any) any {
	switch v := v.(type) {
	case string:
		return g.text(base, v)
	case map[string]any:
		all := map[string]any{}
		for name, one := range v {
			all[name] = g.value(base, one)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = g.value(base, one)
		}
		return all
	}
	return v
}

func (g *goldenToken) text(base, text string) any {
	if text == "{iso}" {
		return time.Now().UTC().Format(time.RFC3339)
	}
	if rest, dated := strings.CutPrefix(text, "@now"); dated {
		after := 0
		fmt.Sscanf(rest, "%d", &after)
		return time.Now().Unix() + int64(after)
	}
	return g.at(base, text)
}

// addRoles adds roles where the token has them.
func addRoles(claims map[string]any, n int) {
	holder := claims
	if realm, ok := claims["realm_access"].(map[string]any); ok {
		holder = realm
	}
	roles, _ := holder["roles"].([]any)
	for i := range n {
		roles = append(roles, fmt.Sprintf("role-with-a-long-name-%03d", i))
	}
	holder["roles"] = roles
}

// variables returns the settings of the token's provider.
func (g *goldenToken) variables(p *goldenProvider) (all []string) {
	all = []string{"OIDC_ISSUER=" + p.issuer, "TOKEN_PROFILE=" + g.Profile}
	for name, value := range g.Env {
		all = append(all, name+"="+g.at(p.base, value))
	}
	return all
}
