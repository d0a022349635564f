package conformance

import (
	"encoding/json"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

// TestExtensions is section 1.6 of the requirements, as far as an API without DPoP,
// introspection and mutual TLS is concerned.
func TestExtensions(t *testing.T) {
	t.Parallel()
	r := newRig(t, documented)
	bound := func(cnf any) string { return r.issuer.Token(authtest.Claims{"cnf": cnf}) }
	thumbprint := map[string]any{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}
	r.run(t, []row{
		{"D13 a token bound to a DPoP key is no bearer token", me(bound(thumbprint)), "binding-invalid"},
		{"D14 an empty binding is not understood", me(bound(map[string]any{})), "binding-invalid"},
		{"D14 a binding of a wrong type is not understood", me(bound(5)), "binding-invalid"},
		{"D14 a binding that is null is not understood", me(bound(null)), "binding-invalid"},
		{"D14 a thumbprint of a wrong type is not understood", me(bound(map[string]any{"jkt": 5})), "binding-invalid"},
		{"D14 a binding of an unknown method is not understood", me(bound(map[string]any{"x": "y"})), "binding-invalid"},
		{"D14 a bound token does not pass under its own scheme", get("/me", "Authorization: DPoP "+bound(thumbprint), "DPoP: x"), "scheme-unsupported"},
		{"D15 a token that is not bound does not pass under DPoP", get("/me", "Authorization: DPoP "+r.issuer.Token()), "scheme-unsupported"},
		{"S01 a token bound to a certificate is no bearer token", me(bound(map[string]any{"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})), "binding-invalid"},
	})
	t.Run("P01 the metadata is for everybody and names this API", func(t *testing.T) { metadata(t, r, "Accept: */*") })
	for _, header := range []string{"Host: evil.example.com", "X-Forwarded-Host: evil.example.com", "Forwarded: host=evil.example.com"} {
		t.Run("P02 the metadata is that of the configuration, despite "+header, func(t *testing.T) { metadata(t, r, header) })
		t.Run("P02 so is the address in a challenge, despite "+header, func(t *testing.T) {
			r.want(t, get("/me", header), "credentials-missing")
		})
	}
	t.Run("P03 tokens are taken from the header alone, and no algorithm is none", func(t *testing.T) {
		got := string(r.want(t, get("/.well-known/oauth-protected-resource"), "").body)
		if !strings.Contains(got, `"bearer_methods_supported":["header"]`) || strings.Contains(got, "none") {
			t.Errorf("got %s", got)
		}
	})
	r.run(t, []row{
		{"P04 an audience with a slash more is another one", me(r.issuer.Token(authtest.Claims{"aud": rigAudience + "/"})), "audience-wrong"},
	})
	t.Run("R01 a problem has all its members, and no others", func(t *testing.T) {
		got := r.want(t, me("x"), "token-malformed")
		var members map[string]any
		json.Unmarshal(got.body, &members)
		id := got.header.Get("X-Request-Id")
		want := map[string]any{
			"type": rigOrigin + "/problems/token-malformed", "title": "Token malformed", "status": 401.0,
			"detail": "The access token is malformed.", "instance": "urn:uuid:" + id, "code": "token-malformed",
			"hint": "Send the access token exactly as the provider issued it. An opaque token is not a JWT and is not accepted.",
		}
		if !reflect.DeepEqual(members, want) || !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(id) {
			t.Errorf("got %v, want %v", members, want)
		}
	})
	write := []string{bearer(r.token("items:write")), "Content-Type: application/json"}
	r.run(t, []row{
		{"R01 a body that is too large is a problem", post("/items", `{"name":"`+strings.Repeat("x", 64<<10)+`"}`, write...), "body-too-large"},
		{"R01 a body that breaks a rule is a problem", post("/items", `{"name":""}`, write...), "validation-failed"},
		{"R01 a body of another type is a problem", post("/items", "x", write[0]), "media-type-unsupported"},
		{"R01 a body that is no JSON is a problem", post("/items", "x", write...), "body-malformed"},
		{"R01 a bad parameter is a problem", get("/items?limit=0", bearer(r.token("items:read"))), "parameter-invalid"},
		{"R01 what is not there is a problem", get("/nothing"), "not-found"},
		{"R01 a wrong method is a problem", post("/readyz", ""), "method-not-allowed"},
	})
	t.Run("R01 a problem of scope names the scopes", func(t *testing.T) {
		var p problem.Body
		json.Unmarshal(r.want(t, get("/items", bearer(r.issuer.Token())), "scope-insufficient read").body, &p)
		if !reflect.DeepEqual(p.RequiredScopes, []string{"items:read"}) {
			t.Errorf("got %v", p.RequiredScopes)
		}
	})
}

// metadata asks for the metadata with one more header (RFC 9728, section 2).
func metadata(t *testing.T, r *rig, header string) {
	got := r.want(t, get("/.well-known/oauth-protected-resource", header), "")
	var members map[string]any
	if err := json.Unmarshal(got.body, &members); err != nil || got.header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("got %s, %v", got.body, err)
	}
	scopes := []any{"items:read", "items:write", "openid"}
	slices.SortFunc(scopes, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	want := map[string]any{
		"resource": rigOrigin, "authorization_servers": []any{r.issuer.URL}, "resource_name": "Gatehouse",
		"scopes_supported": scopes, "bearer_methods_supported": []any{"header"},
		"resource_documentation": rigOrigin + "/docs/",
	}
	if !reflect.DeepEqual(members, want) {
		t.Errorf("got %v, want %v", members, want)
	}
}

// TestStepUp is about routes of a kind that this API has none of: they want a stronger
// or a fresher sign-in (RFC 9470).
func TestStepUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	log := slog.New(slog.NewJSONHandler(r.log, nil))
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: r.issuer.URL, Audience: []string{rigAudience}})
	if err != nil {
		t.Fatal(err)
	}
	challenger := &auth.Challenger{Realm: "gatehouse", Metadata: rigOrigin + "/.well-known/oauth-protected-resource"}
	problems := &handlers.Problems{PublicURL: rigOrigin, Challenger: challenger}
	engine := gin.New()
	engine.Use(telemetry.SetRequestID)
	routes := ginauth.New(engine, verifier, problems.Write).Require()
	answer := ginauth.Plain(func(c *gin.Context) { c.String(200, "ok") })
	routes.ACR("gold", "silver").GET("/strong", answer)
	routes.MaxAge(5*time.Minute).GET("/fresh", answer)
	r.addr = serveRig(t, engine, log)

	signedIn := func(path, acr string, ago time.Duration) call {
		return get(path, bearer(r.issuer.Token(authtest.Claims{"acr": acr, "auth_time": r.now().Add(-ago).Unix()})))
	}
	r.run(t, []row{
		{"U01 a sign-in of a wanted class is let in", signedIn("/strong", "silver", time.Hour), ""},
		{"U01 a sign-in of another class is not", signedIn("/strong", "bronze", 0), "step-up-required acr"},
		{"U01 a sign-in of no class is not", get("/strong", bearer(r.issuer.Token())), "step-up-required acr"},
		{"C13 a fresh sign-in is let in", signedIn("/fresh", "", time.Minute), ""},
		{"C13 an old sign-in is not", signedIn("/fresh", "", time.Hour), "step-up-required age"},
		{"C13 a sign-in of unknown age is not", get("/fresh", bearer(r.issuer.Token())), "step-up-required age"},
		{"U01 a stranger is not told to step up", get("/strong"), "credentials-missing"},
	})
	t.Run("U01 the problem repeats what the challenge asks for", func(t *testing.T) {
		var strong, fresh problem.Body
		json.Unmarshal(r.send(t, signedIn("/strong", "bronze", 0)).body, &strong)
		json.Unmarshal(r.send(t, signedIn("/fresh", "", time.Hour)).body, &fresh)
		if !reflect.DeepEqual(strong.ACRValues, []string{"gold", "silver"}) || fresh.MaxAge != 300 {
			t.Errorf("got %+v and %+v", strong, fresh)
		}
	})
}

// TestMinimal is rule 6 of the disclosure rules: the holder of a token is not told what
// is wrong with it, and status and error stay what they are.
func TestMinimal(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(_ *rig, _ *auth.Config, c *config.Config) { c.MinimalErrors = true })
	r.run(t, []row{
		{"a token that is no JWT is invalid", me("x"), "token-invalid"},
		{"an expired token is invalid", me(r.issuer.Token(authtest.Claims{"exp": 1})), "token-invalid"},
		{"a token for another audience is invalid", me(r.issuer.Token(authtest.Claims{"aud": "x"})), "token-invalid"},
		{"a stranger is told what is missing", get("/me"), "credentials-missing"},
		{"a malformed header is told", get("/me", "Authorization: Bearer"), "credentials-malformed"},
		{"a missing scope is told", get("/items", bearer(r.issuer.Token())), "scope-insufficient read"},
	})
}
