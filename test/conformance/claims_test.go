package conformance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/config"
)

var null = json.RawMessage("null")

// TestIdentity is C01, C03 and C08: who issued a token, for whom, and what it must have
// (RFC 9068, sections 2.2 and 4).
func TestIdentity(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var rows []row
	judged := func(id, claim, code string, values ...any) {
		for _, v := range values {
			text := strings.ReplaceAll(toJSON(v), r.issuer.URL, "ISSUER") // its port changes
			rows = append(rows, row{id + " " + claim + " " + text, me(r.claiming(authtest.Claims{claim: v})), code})
		}
	}
	us, theirs := rigAudience, "https://other.example.com"
	judged("C01 the issuer is compared byte for byte:", "iss", "issuer-wrong", r.issuer.URL+"/", r.issuer.URL[:len(r.issuer.URL)-1],
		r.issuer.URL+"1", strings.ToUpper(r.issuer.URL), " "+r.issuer.URL, theirs, "", []string{r.issuer.URL}, 5, null, map[string]any{r.issuer.URL: 1})
	judged("C03 an audience of ours is accepted:", "aud", "", us, []string{us}, []string{theirs, us})
	judged("C03 no other is:", "aud", "audience-wrong", theirs, "", us+"/", us+" ", strings.ToUpper(us), us[:len(us)-1], us+","+theirs,
		[]string{}, []string{theirs}, []any{us, 5}, []any{us, nil}, []any{[]string{us}}, map[string]any{us: 1}, 5, true, null)
	for claim, code := range map[string]string{
		"iss": "claim-missing", "exp": "claim-missing", "sub": "claim-missing", "client_id": "claim-missing",
		"iat": "claim-missing", "jti": "claim-missing", "aud": "audience-wrong",
	} {
		rows = append(rows, row{"C08 a token has " + claim, me(r.claiming(authtest.Claims{claim: nil})), code})
	}
	for _, claim := range []string{"sub", "client_id", "jti"} {
		judged("C08 a required claim is a text:", claim, "claim-invalid", "", "a\x00b", 5, null, []string{"x"}, map[string]any{})
	}
	judged("C11 roles are texts:", "roles", "claim-invalid", 5, null, true, map[string]any{"admin": true}, []any{"admin", 5})
	judged("C13 acr is a text:", "acr", "claim-invalid", 5, null, []string{"gold"})
	judged("C13 auth_time is a date:", "auth_time", "claim-invalid", "1", null, -1, 1e30)
	r.run(t, rows)
}

// TestForeignKey is C02: two issuers whose keys have one name.
func TestForeignKey(t *testing.T) {
	t.Parallel()
	ours, theirs := newRig(t), newRig(t)
	key := rigKey("ES256")
	key.ID = ours.issuer.Key().ID
	theirs.issuer.Swap(key)
	ours.run(t, []row{
		{"C02 the key of another issuer signs nothing here", me(theirs.issuer.Token()), "signature-invalid"},
		{"C02 not even in our issuer's name", me(theirs.issuer.Token(authtest.Claims{"iss": ours.issuer.URL})), "signature-invalid"},
	})
}

func TestStart(t *testing.T) {
	t.Parallel()
	whole := auth.Config{Issuer: "https://login.example.com", Audience: []string{rigAudience}}
	for name, spoil := range map[string]func(*auth.Config){
		"without an issuer":                   func(c *auth.Config) { c.Issuer = "" },
		"with an issuer in the clear":         func(c *auth.Config) { c.Issuer = "http://login.example.com" },
		"without an audience":                 func(c *auth.Config) { c.Audience = nil },
		"with an empty audience":              func(c *auth.Config) { c.Audience = []string{rigAudience, ""} },
		"with a leeway of more than 60 s":     func(c *auth.Config) { c.Leeway = 61 * time.Second },
		"with an algorithm that is symmetric": func(c *auth.Config) { c.Algorithms = []string{"ES256", "HS256"} },
		"with the algorithm none":             func(c *auth.Config) { c.Algorithms = []string{"none"} },
	} {
		t.Run("C04 the API does not start "+name, func(t *testing.T) {
			c := whole
			spoil(&c)
			if _, err := auth.Connect(t.Context(), c); err == nil {
				t.Error("it starts")
			}
		})
	}
}

// TestDates is C05 to C07: numeric dates, and their limits to the second.
func TestDates(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	at := func(d time.Duration) int64 { return r.now().Add(d).Unix() }
	var rows []row
	judged := func(id, claim, code string, values ...any) {
		for _, v := range values {
			rows = append(rows, row{fmt.Sprintf("%s %s %s", id, claim, toJSON(v)), me(r.claiming(authtest.Claims{claim: v})), code})
		}
	}
	for id, claim := range map[string]string{"C05": "exp", "C06": "nbf", "C07": "iat"} {
		judged(id+" a date is a number within reason:", claim, "claim-invalid", "1", "", null, true, []int{}, map[string]any{},
			-1, -0.5, json.RawMessage("1e400"), json.RawMessage("-1e400"), 1e30, 1e300, json.RawMessage("9223372036854775808"),
			json.RawMessage("18446744073709551616"), 253402300800)
	}
	judged("C05 an old date is past:", "exp", "token-expired", 0, 0.5, json.RawMessage("-0"), 1, 1e3, json.RawMessage("1E3"))
	judged("C05 a date may have a fraction:", "exp", "", float64(at(time.Minute))+0.5)
	judged("C05 the last date is the end of the year 9999:", "exp", "", 253402300799)
	judged("C06 a distant date is not yet:", "nbf", "token-not-yet-valid", 253402300799)
	judged("C07 a distant date is not yet:", "iat", "token-not-yet-valid", 253402300799)
	r.run(t, append(rows, []row{
		{"C05 a token is good one second before its end", me(r.claiming(authtest.Claims{"exp": at(time.Second - rigLeeway)})), ""},
		{"C05 a token ends when exp and the leeway are over", me(r.claiming(authtest.Claims{"exp": at(-rigLeeway)})), "token-expired"},
		{"C05 and stays so", me(r.claiming(authtest.Claims{"exp": at(-rigLeeway - time.Second)})), "token-expired"},
		{"C05 a fraction counts", me(r.claiming(authtest.Claims{"exp": float64(at(-rigLeeway)) + 0.5})), ""},
		{"C06 a token need not have nbf", me(r.claiming(nil)), ""},
		{"C06 a token is good from nbf less the leeway", me(r.claiming(authtest.Claims{"nbf": at(rigLeeway)})), ""},
		{"C06 and not before", me(r.claiming(authtest.Claims{"nbf": at(rigLeeway + time.Second)})), "token-not-yet-valid"},
		{"C07 a token is good from iat less the leeway", me(r.claiming(authtest.Claims{"iat": at(rigLeeway)})), ""},
		{"C07 and not before", me(r.claiming(authtest.Claims{"iat": at(rigLeeway + time.Second)})), "token-not-yet-valid"},
		{"C07 an hour ahead is not yet", me(r.claiming(authtest.Claims{"iat": at(time.Hour)})), "token-not-yet-valid"},
		{"C07 a token may be old", me(r.claiming(authtest.Claims{"iat": at(-24 * time.Hour)})), ""},
	}...))
}

// TestKind is C09 and C10: the other JWTs of the same issuer and key.
func TestKind(t *testing.T) {
	t.Parallel()
	strict := newRig(t)
	lenient := newRig(t, func(_ *rig, c *auth.Config, _ *config.Config) { c.Profile = auth.PlainJWT() })
	kinds := map[string]authtest.Claims{
		"C09 nonce is an ID token's":              {"nonce": "n-0S6_WzA2Mj"},
		"C09 a nonce that is null is, too":        {"nonce": null},
		"C09 at_hash is an ID token's":            {"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"},
		"C09 c_hash is an ID token's":             {"c_hash": "LDktKdoQak3Pk0cnXxCltA"},
		"C09 s_hash is an ID token's":             {"s_hash": "77QmUPtjPfzWtF2AnpK9RQ"},
		"C09 token_use says that it is one":       {"token_use": "id"},
		"C09 typ says that it is one":             {"typ": "ID"},
		"C10 typ says that it is a refresh token": {"typ": "Refresh"},
		"C10 or one for offline use":              {"typ": "Offline"},
		"C10 or a logout token":                   {"typ": "Logout"},
		"C10 events are a logout token's":         {"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}},
		"C10 htm is a DPoP proof's":               {"htm": "GET", "htu": rigOrigin + "/me"},
	}
	for name, r := range map[string]*rig{"RFC 9068": strict, "plain JWT": lenient} {
		for what, claims := range kinds {
			t.Run(what+" ("+name+")", func(t *testing.T) { r.want(t, me(r.claiming(claims)), "token-type-wrong") })
		}
		r.run(t, []row{
			{"C09 an ID token is no access token (" + name + ")", me(r.issuer.IDToken()), "token-type-wrong"},
			{"C09 nor with a scope (" + name + ")", me(r.issuer.IDToken(authtest.Claims{"scope": "items:read"})), "token-type-wrong"},
			{"C09 nor for this API (" + name + ")", me(r.issuer.IDToken(authtest.Claims{"aud": rigAudience, "client_id": "docs", "jti": "1"})), "token-type-wrong"},
			{"C10 typ Bearer is an access token's (" + name + ")", me(r.claiming(authtest.Claims{"typ": "Bearer", "token_use": "access"})), ""},
		})
	}
	for what, typ := range map[string]string{
		"a logout token": "logout+jwt", "a security event": "secevent+jwt", "a DPoP proof": "dpop+jwt", "an answer of the authorization endpoint": "JWT",
		"a client's assertion": "client-authentication+jwt", "an introspection answer": "token-introspection+jwt", "a request object": "oauth-authz-req+jwt",
	} {
		t.Run("C10 "+what+" is no access token", func(t *testing.T) { strict.want(t, me(strict.headed(header{"typ": typ})), "token-type-wrong") })
	}
	lenient.run(t, []row{
		{"C08 the lenient profile does without typ and jti", me(lenient.issuer.Sign(header{}, lenient.issuer.Claims(authtest.Claims{"jti": nil}))), ""},
		{"C08 and takes the client from azp", me(lenient.claiming(authtest.Claims{"client_id": nil, "azp": "docs"})), ""},
		{"C08 but wants a client", me(lenient.claiming(authtest.Claims{"client_id": nil})), "claim-missing"},
		{"C10 and no typ that is no text", me(lenient.headed(header{"typ": 5})), "token-type-wrong"},
		{"C10 and no kind of another typ", me(lenient.headed(header{"typ": "logout+jwt"})), "token-type-wrong"},
		{"C11 and reads scp", get("/items", bearer(lenient.claiming(authtest.Claims{"scp": []string{"items:read"}}))), ""},
		{"C11 but not beside scope", get("/items", bearer(lenient.claiming(authtest.Claims{"scope": "x", "scp": []string{"items:read"}}))), "scope-insufficient read"},
		{"C11 and no scp of numbers", get("/items", bearer(lenient.claiming(authtest.Claims{"scp": []any{"items:read", 5}}))), "claim-invalid"},
	})
}

// TestAuthority is C11, C12, C14 and C15: what a verified caller may do.
func TestAuthority(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	list := func(claims authtest.Claims) call { return get("/items", bearer(r.claiming(claims))) }
	var rows []row
	for _, scope := range []any{"items:read", "openid items:read", "items:read  items:write", " items:read "} {
		rows = append(rows, row{"C11 scope " + toJSON(scope) + " grants items:read", list(authtest.Claims{"scope": scope}), ""})
	}
	for _, scope := range []any{nil, "", "items", "items:readonly", "items:read,items:write", "ITEMS:READ", "items:write", "items:*", "*", "items:read\titems:write"} {
		rows = append(rows, row{"C11 scope " + toJSON(scope) + " does not", list(authtest.Claims{"scope": scope}), "scope-insufficient read"})
	}
	for _, scope := range []any{5, true, null, []string{"items:read"}, map[string]any{"items:read": true}} {
		rows = append(rows, row{"C11 scope " + toJSON(scope) + " is none", list(authtest.Claims{"scope": scope}), "claim-invalid"})
	}
	admin := func(claims authtest.Claims) call { return get("/admin/items", bearer(r.claiming(claims))) }
	r.run(t, append(rows, []row{
		{"C11 scp is not read", list(authtest.Claims{"scp": []string{"items:read"}}), "scope-insufficient read"},
		{"C15 an administrator is let in", admin(authtest.Claims{"scope": "items:read", "roles": []string{"user", "admin"}}), ""},
		{"C15 a user is not", admin(authtest.Claims{"scope": "items:read", "roles": []string{"user"}}), "access-denied"},
		{"C15 a caller without roles is not", admin(authtest.Claims{"scope": "items:read"}), "access-denied"},
		{"C15 a role is compared whole", admin(authtest.Claims{"scope": "items:read", "roles": []string{"administrator", "ADMIN"}}), "access-denied"},
		{"C15 a scope is no role", admin(authtest.Claims{"scope": "items:read admin"}), "access-denied"},
		{"C15 a role does not replace the scope", admin(authtest.Claims{"roles": []string{"admin"}}), "scope-insufficient read"},
	}...))

	writer := authtest.Claims{"scope": "items:read items:write"}
	created := r.want(t, post("/items", named("Lantern"), bearer(r.claiming(writer)), "Content-Type: application/json"), "created")
	item := func(claims authtest.Claims) call {
		claims["scope"] = writer["scope"]
		return get("/items/"+created.member("id"), bearer(r.claiming(claims)))
	}
	r.run(t, []row{
		{"C15 a caller sees its own item", item(authtest.Claims{}), ""},
		{"C15 another does not", item(authtest.Claims{"sub": "bob"}), "not-found"},
		{"C15 an administrator does not, by this way", item(authtest.Claims{"sub": "bob", "roles": []string{"admin"}}), "not-found"},
		{"C12 the client does not matter", item(authtest.Claims{"client_id": "cli"}), ""},
		{"C12 a client of the user's name is not the user", item(authtest.Claims{"client_id": "alice"}), "not-found"},
		{"C12 an address is no identity", item(authtest.Claims{"sub": "eve", "email": "alice@example.com", "preferred_username": "alice"}), "not-found"},
		{"C12 a subject is compared byte for byte", item(authtest.Claims{"sub": "Alice"}), "not-found"},
	})
	for _, sub := range []string{"x\r\nX-Injected: 1", "' OR 1=1--", "../../etc/passwd", `"},"role":"admin`, "<script>", "\u2028"} {
		t.Run("C14 a subject of "+toJSON(sub)+" is a text like any other", func(t *testing.T) {
			lines := len(r.log.lines())
			got := r.want(t, me(r.claiming(authtest.Claims{"sub": sub})), "")
			if got.member("subject") != sub || got.header.Get("X-Injected") != "" || len(r.log.lines()) != lines+1 {
				t.Errorf("got %v %s", got.header, got.body)
			}
		})
	}
	for _, kid := range []string{"../../dev/null", "' OR 1=1--", "https://evil.example.com/key", "x\r\nX: 1", "\u202e", strings.Repeat("k", 257), "$(id)"} {
		t.Run(fmt.Sprintf("C14 a kid of %.20q is a key that is not known", kid), func(t *testing.T) {
			r.want(t, me(r.headed(header{"kid": kid})), "key-unknown")
		})
	}
}
