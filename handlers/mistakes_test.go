package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

// TestHeadersGetTheirOwnCause has headers that are near the one that the page of a variant shows, or near another one.
func TestHeadersGetTheirOwnCause(t *testing.T) {
	api := apitest.Start(t, apitest.Env("FAILURE_LIMIT=0"))
	token := api.Token("alice", "items:read")
	api.Call(t, token, "GET /me", "").WantStatus(t, http.StatusOK)
	for _, test := range []struct {
		sent   string // {token} stands for an access token
		want   *problem.Variant
		logged string // a part of the entry
	}{
		{"\ufeffBearer {token}", problem.NotASCII, "byte 1 is U+FEFF"},
		{"Bearer \ufeff{token}", problem.NotASCII, "byte 1 is U+FEFF"},
		{"Bearer\u00a0{token}", problem.NotASCII, "byte 1 is U+00A0"},
		{"Bearer\xa0{token}", problem.NotASCII, "byte 1 is U+FFFD"},
		{"Bearer “{token}”", problem.NotASCII, "byte 1 is U+201C"},
		{"“Bearer {token}”", problem.NotASCII, ""},
		{"Ｂｅａｒｅｒ {token}", problem.NotASCII, "a letter outside ASCII"},
		{"Bearer eyJhbGci…", problem.NotASCII, "byte 9 is U+2026"},
		{"Bearer {token};", problem.OddCharacter, "is U+003B"},
		{"Bearer {token},", problem.OddCharacter, ""},
		{"Bearer \t{token}", problem.OddCharacter, ""},
		{"Bearer {token}, Basic eDp5", problem.Joined, ""},
		{"Basic eDp5, Bearer {token}", problem.SchemeOther, ""},
		{"Bearer Token {token}", problem.ParameterSent, ""},
		{"Bearer token: {token}", problem.ParameterSent, ""},
		{"Bearer = {token}", problem.ParameterSent, ""},
		{"Bearer alice:{token}", problem.ParameterSent, ""},
		{"Bearer Basic eDp5", problem.SchemeBasic, ""},
		{"Basic {token}", problem.SchemeOther, "the scheme Basic"},
		{"Basic Bearer {token}", problem.SchemeOther, ""},
		{"BearerToken {token}", problem.SchemeOther, ""},
		{"access_token: {token}", problem.SchemeOther, ""},
		{`-H "Authorization: Bearer {token}"`, problem.SchemeHeaderName, ""},
		{"'Bearer {token}'", problem.Quoted, ""},
		{"`Bearer {token}`", problem.Quoted, ""},
		{`{"Authorization":"Bearer {token}"}`, problem.ResponseSent, ""},
		{"<Bearer {token}>", problem.Bracketed, ""},
		{`Bearer ["{token}"]`, problem.Bracketed, ""},
		{"Bearer **{token}**", problem.Bracketed, ""},
		{"Bearer <coroutine object get_token at 0x7f>", problem.ObjectSent, ""},
		{"$TOKEN", problem.SchemeWord, ""},
		{"{{token}}", problem.Bracketed, ""},
		{"Bearer ********", problem.Placeholder, ""},
		{"Bearer (null)", problem.Placeholder, ""},
		{"Bearer @token.txt", problem.Placeholder, ""},
		{"Bearer Undefined", problem.WordSent, ""},
		{"Bearer NONE", problem.WordSent, ""},
		{"Bearer REDACTED", problem.SampleSent, ""},
		{"Bearer QmVhcmVyIGV5SmhiR2NpT2lKRlV6STFOaUo5", problem.EncodedTwice, ""},
	} {
		t.Run(test.sent, func(t *testing.T) {
			r := api.Request(t, "", "GET /me", nil)
			r.Header.Set("Authorization", strings.ReplaceAll(test.sent, "{token}", token))
			got := api.Send(t, r)
			got.WantProblem(t, test.want)
			wantNoPart(t, token, got.Body+api.Log.String())
			if !strings.Contains(api.Log.String(), test.logged) {
				t.Errorf("the log does not say %q", test.logged)
			}
		})
	}
}

// TestTokensElsewhereAreFound sends a token in other places than the header.
func TestTokensElsewhereAreFound(t *testing.T) {
	api := apitest.Start(t)
	token := api.Token("alice", "items:read")
	for _, test := range []struct {
		line, header string // {token} stands for an access token
		want         *problem.Variant
	}{
		{"GET /me", "Authorisation: Bearer opaque", problem.OtherHeader},
		{"GET /me", "X-Forwarded-Authorization: bearer {token}", problem.OtherHeader},
		{"GET /me", "X-Token: {token}", problem.OtherHeader},
		{"GET /me", "Sec-WebSocket-Protocol: access_token, {token}", problem.OtherHeader},
		{"GET /me", "Apikey: abc", problem.OtherHeader},
		{"GET /me", "X-Csrf-Token: abc", problem.HeaderAbsent},
		{"GET /me", "DPoP: {token}", problem.HeaderAbsent},
		{"GET /me", "Cookie: access_token={token}", problem.OnlyCookie},
		{"GET /me?jwt={token}", "X-Token: {token}", problem.OnlyQuery},
		{"GET /me?Authorization=Bearer%20{token}", "Accept: */*", problem.OnlyQuery},
		{"GET /me?token=abc", "Accept: */*", problem.HeaderAbsent},
	} {
		t.Run(test.line+" "+test.header, func(t *testing.T) {
			fill := func(text string) string { return strings.ReplaceAll(text, "{token}", token) }
			got := api.Call(t, "", fill(test.line), "", fill(test.header))
			got.WantProblem(t, test.want)
			wantNoPart(t, token, got.Body+api.Log.String())
		})
	}
	if entry := "no header, and a token in Authorisation"; !strings.Contains(api.Log.String(), entry) {
		t.Errorf("the log does not say %q", entry)
	}
}

// TestClaimsGetTheirOwnCause has claims that are near those that the page of a variant shows.
func TestClaimsGetTheirOwnCause(t *testing.T) {
	api := apitest.Start(t)
	now := time.Now().Unix()
	for _, test := range []struct {
		name, line string
		claims     authtest.Claims
		want       *problem.Variant
	}{
		{"exp in microseconds", "GET /me", authtest.Claims{"exp": now * 1e6}, problem.Milliseconds},
		{"exp in nanoseconds", "GET /me", authtest.Claims{"exp": now * 1e9}, problem.Milliseconds},
		{"exp as a text", "GET /me", authtest.Claims{"exp": "soon"}, problem.ClaimForm},
		{"audiences with a comma", "GET /me", authtest.Claims{"aud": "other," + apitest.PublicURL}, problem.AudienceNoText},
		{"audiences as the text of a list", "GET /me", authtest.Claims{"aud": `["` + apitest.PublicURL + `"]`}, problem.AudienceNoText},
		{"other audiences with a comma", "GET /me", authtest.Claims{"aud": "a,b"}, problem.AudienceOther},
		{"another authorization server", "GET /me", authtest.Claims{"iss": api.Issuer.URL + "/oauth2/default"}, problem.IssuerTenant},
		{"the name of a container", "GET /me", authtest.Claims{"iss": strings.Replace(api.Issuer.URL, "127.0.0.1", "keycloak", 1)}, problem.IssuerLoopback},
		{"another host", "GET /me", authtest.Claims{"iss": strings.Replace(api.Issuer.URL, "127.0.0.1", "id.example.com", 1)}, problem.IssuerOther},
		{"scopes with plus signs", "GET /items", authtest.Claims{"scope": "items:read+items:write"}, problem.ScopesJoined},
		{"scopes in quotes", "GET /items", authtest.Claims{"scope": `"items:read"`}, problem.ScopesJoined},
		{"a part of a scope", "GET /items", authtest.Claims{"scope": "items:read-all"}, problem.ScopesLacking},
		{"ROLE_ADMIN", "GET /admin/items", authtest.Claims{"scope": "items:read", "roles": []string{"ROLE_ADMIN"}}, problem.RolesCase},
		{"the path of a group", "GET /admin/items", authtest.Claims{"scope": "items:read", "roles": []string{"/admin"}}, problem.RolesCase},
		{"roles with a comma", "GET /admin/items", authtest.Claims{"scope": "items:read", "roles": []string{"user,admin"}}, problem.RolesCase},
		{"a longer role", "GET /admin/items", authtest.Claims{"scope": "items:read", "roles": []string{"superadmin"}}, problem.RolesLacking},
	} {
		t.Run(test.name, func(t *testing.T) {
			var body problem.Body
			r := api.Call(t, api.Issuer.Token(test.claims), test.line, "")
			if body = apitest.Decode[problem.Body](t, r); test.want.Type.Find(body.Detail, body.Hint) != test.want {
				t.Errorf("got %d %s, want %v", r.Status, r.Body, test.want)
			}
		})
	}
	// part:keys:begin
	machine := api.Issuer.Token(authtest.Claims{"sub": "batch", "client_id": "batch", "scope": "keys:write"})
	r := api.Call(t, machine, "POST /keys", `{"name":"a","scopes":[]}`)
	if r.Status != http.StatusUnauthorized || !strings.Contains(r.Body, "a client on its own behalf") {
		t.Errorf("a machine gets %d %s", r.Status, r.Body)
	}
	// part:keys:end
}

// TestAnEmptyAlgorithmIsNone has a header whose alg is an empty text.
func TestAnEmptyAlgorithmIsNone(t *testing.T) {
	api := apitest.Start(t)
	token := api.Issuer.Sign(map[string]any{"typ": "at+jwt", "alg": ""}, api.Issuer.Claims())
	api.Call(t, token, "GET /me", "").WantProblem(t, problem.AlgorithmAbsent)
}

// TestBodiesGetTheirOwnCause has bodies that are near those that the page of a variant shows.
func TestBodiesGetTheirOwnCause(t *testing.T) {
	api := apitest.Start(t)
	token := api.Token("alice", "items:write")
	for body, want := range map[string]*problem.Variant{
		"<item/>":                problem.BodyForm,
		"{name: 1}":              problem.BodyQuotes,
		"{“name”: “a”}":          problem.BodyQuotes,
		`{\"name\":\"a\"}`:       problem.BodyQuotes,
		"\xff\xfe{\x00}\x00":     problem.BodyMark,
		"{ }}":                   problem.BodyMore,
		`{"name":"a",/**/}`:      nil,
		`{/* a */ "name": "a"}`:  nil,
		`{"name":NaN}`:           nil,
		"{\"name\":\"caf\xe9\"}": nil,
	} {
		t.Run(body, func(t *testing.T) {
			r := api.Call(t, token, "POST /items", body)
			got := apitest.Decode[problem.Body](t, r)
			if want != nil && !want.Matches(got.Detail, got.Hint) || r.Status != http.StatusBadRequest {
				t.Errorf("got %d %s", r.Status, r.Body)
			}
			if placed := strings.Contains(r.Body, "is not well formed at byte "); placed != (want == nil) {
				t.Errorf("got %s", r.Body)
			}
		})
	}
	patch := api.Request(t, token, "PATCH "+newItem(t, api, token), strings.NewReader("{}"))
	api.Send(t, patch).WantProblem(t, problem.ContentTypeAbsent)
}
