package conformance

import (
	"fmt"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
)

func TestScopesAreComparedExactly(t *testing.T) {
	t.Parallel()
	a := start(t)
	var rows []row
	add := func(code string, values ...any) {
		for _, v := range values {
			rows = append(rows, row{"C11 scope: " + toJSON(v), get("/items", bearer(a.withClaims(authtest.Claims{"scope": v}))), code})
		}
	}
	add("", "items:read", "openid items:read", "items:read  items:write", " items:read ")
	add("scope-insufficient read", nil, "", "items", "items:readonly", "items:read,items:write", "ITEMS:READ", "items:write", "items:*", "*",
		"items:read\titems:write")
	add("claim-invalid", 5, true, null, []string{"items:read"}, map[string]any{"items:read": true})
	scp := authtest.Claims{"scp": []string{"items:read"}}
	a.run(t, append(rows, row{"C11 scp is not read", get("/items", bearer(a.withClaims(scp))), "scope-insufficient read"}))
}

func TestRolesAreRequiredBesideScopes(t *testing.T) {
	t.Parallel()
	a := start(t)
	admin := func(scope string, roles ...string) request {
		claims := authtest.Claims{"scope": scope}
		if roles != nil {
			claims["roles"] = roles
		}
		return get("/admin/items", bearer(a.withClaims(claims)))
	}
	a.run(t, []row{
		{"C15 the role among others", admin("items:read", "user", "admin"), ""},
		{"C15 another role", admin("items:read", "user"), "access-denied"},
		{"C15 no roles", admin("items:read"), "access-denied"},
		{"C15 a longer role, and another case", admin("items:read", "administrator", "ADMIN"), "access-denied"},
		{"C15 a scope of the role's name", admin("items:read admin"), "access-denied"},
		{"C15 the role without the scope", admin("", "admin"), "scope-insufficient read"},
	})
}

func TestItemsBelongToIssuerAndSubject(t *testing.T) {
	t.Parallel()
	a := start(t)
	const scope = "items:read items:write"
	id := a.createItem(t, a.withScopes(scope))
	item := func(changes authtest.Claims) request {
		return get("/items/"+id, bearer(a.Issuer.Token(authtest.Claims{"scope": scope}, changes)))
	}
	a.run(t, []row{
		{"C15 the owner", item(nil), ""},
		{"C15 another caller", item(authtest.Claims{"sub": "bob"}), "not-found"},
		{"C15 an administrator", item(authtest.Claims{"sub": "bob", "roles": []string{"admin"}}), "not-found"},
		{"C12 the owner through another client", item(authtest.Claims{"client_id": "cli"}), ""},
		{"C12 a client with the owner's name", item(authtest.Claims{"client_id": "alice"}), "not-found"},
		{"C12 the owner's e-mail address and user name", item(authtest.Claims{"sub": "eve", "email": "alice@example.com", "preferred_username": "alice"}), "not-found"},
		{"C12 the owner's subject in another case", item(authtest.Claims{"sub": "Alice"}), "not-found"},
	})
}

func TestClaimsAndKidsAreNeverInterpreted(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, sub := range []string{"x\r\nX-Injected: 1", "' OR 1=1--", "../../etc/passwd", `"},"role":"admin`, "<script>", "\u2028"} {
		t.Run("C14 sub: "+toJSON(sub), func(t *testing.T) {
			lines := len(a.lines())
			got := a.want(t, me(a.withClaims(authtest.Claims{"sub": sub})), "")
			if got.member("subject") != sub || got.header.Get("X-Injected") != "" || len(a.lines()) != lines+1 {
				t.Errorf("got %v %s", got.header, got.body)
			}
		})
	}
	for _, kid := range []string{"../../dev/null", "' OR 1=1--", "https://evil.example.com/key", "x\r\nX: 1", "\u202e", strings.Repeat("k", 257), "$(id)"} {
		t.Run(fmt.Sprintf("C14 kid: %.20q", kid), func(t *testing.T) {
			a.want(t, me(a.withHeader(header{"kid": kid})), "key-unknown")
		})
	}
}
