package conformance

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
)

func TestBoundTokensAreNotBearerTokens(t *testing.T) {
	t.Parallel()
	a := start(t)
	bound := func(cnf any) string { return a.withClaims(authtest.Claims{"cnf": cnf}) }
	thumbprint := map[string]any{"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}
	a.run(t, []row{
		{"D13 cnf with a DPoP key", me(bound(thumbprint)), "binding-invalid"},
		{"D14 cnf is empty", me(bound(map[string]any{})), "binding-invalid"},
		{"D14 cnf is a number", me(bound(5)), "binding-invalid"},
		{"D14 cnf is null", me(bound(null)), "binding-invalid"},
		{"D14 jkt is a number", me(bound(map[string]any{"jkt": 5})), "binding-invalid"},
		{"D14 cnf of an unknown method", me(bound(map[string]any{"x": "y"})), "binding-invalid"},
		{"D14 a bound token under the scheme DPoP", get("/me", "Authorization: DPoP "+bound(thumbprint), "DPoP: x"), "scheme-unsupported"},
		{"D15 a bearer token under the scheme DPoP", get("/me", "Authorization: DPoP "+a.Issuer.Token()), "scheme-unsupported"},
		{"S01 cnf with a certificate", me(bound(map[string]any{"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})), "binding-invalid"},
	})
}

// supportedScopes returns the scopes that routes require, as they are in JSON.
func (a *testAPI) supportedScopes() (all []any) {
	var scopes []string
	for _, route := range a.Table() {
		scopes = append(scopes, route.Requirement.Scopes...)
	}
	slices.Sort(scopes)
	for _, scope := range slices.Compact(scopes) {
		all = append(all, scope)
	}
	return all
}

const metadataPath = "/.well-known/oauth-protected-resource"

func TestMetadataComesFromTheConfiguration(t *testing.T) {
	t.Parallel()
	a := start(t, apitest.Env("DOCS=on"))
	want := map[string]any{
		"resource": publicURL, "authorization_servers": []any{a.Issuer.URL}, "resource_name": "Gatehouse",
		"scopes_supported": a.supportedScopes(), "bearer_methods_supported": []any{"header"},
		"resource_documentation": publicURL + "/docs/",
	}
	check := func(t *testing.T, header string) {
		t.Helper()
		got := a.want(t, get(metadataPath, header), "")
		var members map[string]any
		if err := json.Unmarshal(got.body, &members); err != nil || got.header.Get("Content-Type") != "application/json" {
			t.Fatalf("got %s, %v", got.body, err)
		}
		if !reflect.DeepEqual(members, want) {
			t.Errorf("got %v, want %v", members, want)
		}
	}
	t.Run("P01 the metadata is public", func(t *testing.T) { check(t, "Accept: */*") })
	for _, header := range []string{"Host: evil.example.com", "X-Forwarded-Host: evil.example.com", "Forwarded: host=evil.example.com"} {
		t.Run("P02 metadata, "+header, func(t *testing.T) { check(t, header) })
		t.Run("P02 challenge, "+header, func(t *testing.T) { a.want(t, get("/me", header), "credentials-missing") })
	}
	t.Run("P03 tokens come by header, signed", func(t *testing.T) {
		got := string(a.want(t, get(metadataPath), "").body)
		if !strings.Contains(got, `"bearer_methods_supported":["header"]`) || strings.Contains(got, "none") {
			t.Errorf("got %s", got)
		}
	})
	a.run(t, []row{
		{"P04 an audience with a slash more", me(a.withClaims(authtest.Claims{"aud": audience + "/"})), "audience-wrong"},
	})
}

// TestStepUpRequirements adds routes of a kind that the API has none of (RFC 9470).
func TestStepUpRequirements(t *testing.T) {
	t.Parallel()
	a := start(t)
	log := a.Log.Logger()
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: a.Issuer.URL, Audience: []string{audience}})
	if err != nil {
		t.Fatal(err)
	}
	problems := &handlers.Problems{PublicURL: publicURL, Challenger: &auth.Challenger{Realm: "gatehouse", Metadata: publicURL + metadataPath}}
	engine := gin.New()
	engine.Use(telemetry.SetRequestID)
	routes := ginauth.New(engine, verifier, problems.Write).Require()
	ok := ginauth.Plain(func(c *gin.Context) { c.String(200, "ok") })
	routes.ACR("gold", "silver").GET("/strong", ok)
	routes.MaxAge(5*time.Minute).GET("/fresh", ok)
	a.addr = serve(t, engine, log)

	signedIn := func(path, acr string, ago time.Duration) request {
		return get(path, bearer(a.withClaims(authtest.Claims{"acr": acr, "auth_time": a.now().Add(-ago).Unix()})))
	}
	a.run(t, []row{
		{"U01 a sign-in of a required class", signedIn("/strong", "silver", time.Hour), ""},
		{"U01 a sign-in of another class", signedIn("/strong", "bronze", 0), "step-up-required acr"},
		{"U01 a sign-in without a class", get("/strong", bearer(a.Issuer.Token())), "step-up-required acr"},
		{"U01 an anonymous caller is not asked to step up", get("/strong"), "credentials-missing"},
		{"C13 a recent sign-in", signedIn("/fresh", "", time.Minute), ""},
		{"C13 an old sign-in", signedIn("/fresh", "", time.Hour), "step-up-required age"},
		{"C13 a sign-in of unknown age", get("/fresh", bearer(a.Issuer.Token())), "step-up-required age"},
	})
	t.Run("U01 problem and challenge name the same", func(t *testing.T) {
		var strong, fresh problem.Body
		json.Unmarshal(a.send(t, signedIn("/strong", "bronze", 0)).body, &strong)
		json.Unmarshal(a.send(t, signedIn("/fresh", "", time.Hour)).body, &fresh)
		if !reflect.DeepEqual(strong.ACRValues, []string{"gold", "silver"}) || fresh.MaxAge != 300 {
			t.Errorf("got %+v and %+v", strong, fresh)
		}
	})
}
