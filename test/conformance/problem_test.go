package conformance

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestErrorsAreProblems(t *testing.T) {
	t.Parallel()
	a := start(t)
	t.Run("R01 a problem has these members and no others", func(t *testing.T) {
		got := a.want(t, me("x"), "token-malformed")
		var members map[string]any
		json.Unmarshal(got.body, &members)
		id := got.header.Get("X-Request-Id")
		want := map[string]any{
			"type": publicURL + "/problems/token-malformed", "title": "Token malformed", "status": 401.0,
			"detail": problem.Opaque.Detail, "instance": "urn:uuid:" + id, "code": "token-malformed",
			"hint": strings.ReplaceAll(problem.Opaque.Hint, "{audience}", publicURL), "at_fault": "client",
		}
		if !reflect.DeepEqual(members, want) || !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(id) {
			t.Errorf("got %v, want %v", members, want)
		}
	})
	write := bearer(a.withScopes("items:write"))
	a.run(t, []row{
		{"R01 a body that is too large", post("/items", `{"name":"`+strings.Repeat("x", 64<<10)+`"}`, write, jsonType), "body-too-large"},
		{"R01 a body that violates a rule", post("/items", `{}`, write, jsonType), "validation-failed"},
		{"R01 a body without a type", post("/items", "x", write), "media-type-unsupported"},
		{"R01 a body that is no JSON", post("/items", "x", write, jsonType), "body-malformed"},
		{"R01 an invalid parameter", get("/items?limit=0", bearer(a.withScopes("items:read"))), "parameter-invalid"},
		{"R01 an unknown path", get("/nothing"), "not-found"},
		{"R01 a wrong method", post("/readyz", ""), "method-not-allowed"},
	})
	t.Run("R01 a missing scope is named", func(t *testing.T) {
		var body problem.Body
		json.Unmarshal(a.want(t, get("/items", bearer(a.Issuer.Token())), "scope-insufficient read").body, &body)
		if !reflect.DeepEqual(body.RequiredScopes, []string{"items:read"}) {
			t.Errorf("got %v", body.RequiredScopes)
		}
	})
}

func TestMinimalErrorsHideTheReason(t *testing.T) {
	t.Parallel()
	a := start(t, apitest.Env("ERROR_DETAIL=minimal"))
	a.run(t, []row{
		{"R02 minimal: a text that is no JWT", me("x"), "token-invalid"},
		{"R02 minimal: an expired token", me(a.withClaims(authtest.Claims{"exp": 1})), "token-invalid"},
		{"R02 minimal: a token for another audience", me(a.withClaims(authtest.Claims{"aud": "x"})), "token-invalid"},
		{"R02 minimal: no credentials", get("/me"), "credentials-missing"},
		{"R02 minimal: a malformed header", get("/me", "Authorization: Bearer"), "credentials-malformed"},
		{"R02 minimal: a missing scope", get("/items", bearer(a.Issuer.Token())), "scope-insufficient read"},
	})
}
