package openapi_test

import (
	"time"

	"example.com/gatehouse/auth/ginauth"

	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/docs/openapi"
	"example.com/gatehouse/problem"
)

// examples returns the codes of a response's examples, in their order.
func examples(t *testing.T, document []byte, path, method, status string) []string {
	t.Helper()
	type response struct {
		Ref     string `json:"$ref"`
		Content map[string]struct{ Examples json.RawMessage }
	}
	var doc struct {
		Paths      map[string]map[string]struct{ Responses map[string]response }
		Components struct{ Responses map[string]response }
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	r := doc.Paths[path][method].Responses[status]
	if r.Ref != "" {
		r = doc.Components.Responses[r.Ref[strings.LastIndex(r.Ref, "/")+1:]]
	}
	return members(t, r.Content["application/problem+json"].Examples)
}

// members returns the names of an object's members, in their order.
func members(t *testing.T, object json.RawMessage) (names []string) {
	t.Helper()
	if object == nil {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name.(string))
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// codes returns the codes of the problems about the caller that pass, in their order.
func codes(pass func(*problem.Type) bool) (codes []string) {
	for _, r := range problem.Auth() {
		if pass(r) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

func TestOperationsNameTheProblemsTheyCanHave(t *testing.T) {
	malformed := codes(func(r *problem.Type) bool { return r.Status == 400 })
	// All but step-up-required, the code that replaces the others in minimal mode, and those of other schemes.
	unauthorized := codes(func(r *problem.Type) bool {
		return r.Status == 401 && r != problem.StepUpRequired && r != problem.TokenInvalid && !r.Particular
	})
	tests := []struct {
		name, path, method, status string
		want                       []string
	}{
		{"a public operation asks for no credentials", "/healthz", "get", "401", nil},
		{"a public operation reads none", "/healthz", "get", "400", nil},
		{"a public operation needs no provider", "/healthz", "get", "503", nil},
		{"a public operation can break", "/healthz", "get", "500", []string{"internal"}},
		{"an anonymous caller lacks nothing", "/", "get", "401", unauthorized[1:]},
		{"optional credentials may be malformed", "/", "get", "400", malformed},
		{"any token: the credentials may be missing", "/me", "get", "401", unauthorized},
		{"any token: the credentials may be malformed", "/me", "get", "400", malformed},
		{"any token is allowed", "/me", "get", "403", nil},
		{"any token: the provider may be down", "/me", "get", "503", []string{"auth-unavailable"}},
		{"a scope may be missing", "/items", "get", "403", []string{"scope-insufficient"}},
		{"a scope or a role may be missing", "/admin", "get", "403", []string{"scope-insufficient", "access-denied"}},
		{"a sign-in may be too weak", "/transfers", "post", "401", append(slices.Clone(unauthorized), "step-up-required")},
		{"a query may be wrong, and no body", "/items", "get", "400", append(slices.Clone(malformed), "parameter-invalid")},
		{"a body may be wrong, and no query", "/items", "post", "400", append(slices.Clone(malformed), "body-malformed", "member-unknown", "member-type-wrong")},
		{"a route without a limit has failures only", "/me", "get", "429", []string{"too-many-failures"}},
		{"a route with a limit", "/items", "get", "429", []string{"too-many-failures", "rate-limited"}},
		{"what the comments name", "/items/{id}", "get", "404", []string{"not-found"}},
		{"what the comments do not name", "/items", "get", "404", nil},
	}
	table := routes()
	table[3].Limit = ginauth.RateLimit{Name: "default", Requests: 60, Per: time.Minute}
	document, err := openapi.Build(config(t), table, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := examples(t, document, tt.path, tt.method, tt.status); !slices.Equal(got, tt.want) {
				t.Errorf("%s %s, %s: got\n%q, want\n%q", tt.method, tt.path, tt.status, got, tt.want)
			}
		})
	}
}

func TestMinimalDetailNamesNoCloserCode(t *testing.T) {
	c := config(t)
	c.Minimal = true
	document, err := openapi.Build(c, routes(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"credentials-missing", "scheme-unsupported", "token-invalid"}
	if got := examples(t, document, "/me", "get", "401"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExamplesAreWhatTheAPISends(t *testing.T) {
	const metadata = `, resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"`
	tests := []struct {
		path, method, status, code string
		body, challenge            string
	}{
		{
			"/me", "get", "401", "token-expired",
			`"status":401,"detail":"The access token expired at 2026-11-23T09:05:00Z, 60 seconds ago.","instance":"urn:uuid:`,
			`Bearer realm="fixture", error="invalid_token", error_description="The access token expired at 2026-11-23T09:05:00Z, 60 seconds ago."` + metadata,
		},
		{"/me", "get", "401", "credentials-missing", `"status":401`, `Bearer realm="fixture"` + metadata},
		{"/items", "post", "401", "credentials-missing", `"status":401`, `Bearer realm="fixture", scope="items:read items:write"` + metadata},
		{"/items/{id}", "get", "401", "credentials-missing", `"status":401`, `Bearer realm="fixture", scope="items:read"` + metadata},
		{
			"/items", "post", "403", "scope-insufficient", `"required_scopes":["items:read","items:write"]}`,
			`Bearer realm="fixture", error="insufficient_scope", error_description="The token has no scopes, and this operation requires items:read items:write.", ` +
				`scope="items:read items:write"` + metadata,
		},
		{"/admin", "get", "403", "access-denied", `"status":403`, ""},
		{
			"/transfers", "post", "401", "step-up-required", `"acr_values":["2"],"max_age":300}`,
			`Bearer realm="fixture", error="insufficient_user_authentication", ` +
				`error_description="The sign-in is of another class (acr) than this operation requires.", acr_values="2", max_age="300"` + metadata,
		},
		{"/me", "get", "429", "too-many-failures", `"retry_after":5}`, ""},
		{"/me", "get", "503", "auth-unavailable", `"retry_after":5}`, ""},
		{"/items/{id}", "get", "503", "database-unavailable", `"code":"database-unavailable"`, ""},
		{"/items/{id}", "get", "404", "not-found", `"code":"not-found"`, ""},
	}
	b, err := openapi.Build(config(t), routes(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	doc := build(t, config(t), routes(), endpoint)
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			response := []string{"paths", tt.path, tt.method, "responses", tt.status}
			body := at(doc, append(response, "content", "application/problem+json", "examples", tt.code, "value")...)
			if got := at(body.(map[string]any), "type"); got != "https://api.example.com/problems/"+tt.code {
				t.Errorf("got type %v", got)
			}
			if sent := `"code":"` + tt.code + `"`; !strings.Contains(string(b), sent) || !strings.Contains(string(b), tt.body) {
				t.Errorf("no %s and %s in the document, in the order in which they are sent", sent, tt.body)
			}
			header, _ := at(doc, append(response, "headers", "WWW-Authenticate", "examples", tt.code, "value")...).(string)
			if header != tt.challenge {
				t.Errorf("got challenge %s, want %s", header, tt.challenge)
			}
			if schema := at(doc, append(response, "content", "application/problem+json", "schema")...); text(t, schema) != `{"type":"object"}` {
				t.Errorf("got schema %v, want Problem", schema)
			}
			if at(doc, append(response, "headers", "X-Request-Id", "schema")...) == nil {
				t.Error("no header X-Request-Id")
			}
			later := tt.status == "429" || tt.status == "503"
			if retry := at(doc, append(response, "headers", "Retry-After", "schema")...); (retry != nil) != later {
				t.Errorf("got header Retry-After %v", retry)
			}
		})
	}
}

func TestDocumentedResponsesStay(t *testing.T) {
	doc := build(t, config(t), routes(), endpoint)
	if got := at(doc, "paths", "/items", "get", "responses", "400", "description"); got != "Bad Request" {
		t.Errorf("got description %v, want that of the comment", got)
	}
	want := `{"content":{"application/json":{"schema":{"type":"object"}}},"description":"Not healthy",` +
		`"headers":{"X-Request-Id":{"$ref":"#/components/headers/X-Request-Id"}}}`
	if got := text(t, at(doc, "paths", "/healthz", "get", "responses", "503")); got != want {
		t.Errorf("got %s, want the response of a public operation as it was, with its id", got)
	}
}

func TestEveryResponseHasARequestID(t *testing.T) {
	c, table := committed(t)
	for _, doc := range []map[string]any{build(t, config(t), routes(), endpoint), build(t, c, table, endpoint)} {
		for path, item := range doc["paths"].(map[string]any) {
			for method := range item.(map[string]any) {
				for status := range at(doc, "paths", path, method, "responses").(map[string]any) {
					if at(doc, "paths", path, method, "responses", status, "headers", "X-Request-Id", "schema") == nil {
						t.Errorf("%s %s, %s: no header X-Request-Id", method, path, status)
					}
				}
			}
		}
	}
}
