package handlers_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/handlers/apitest"
)

func TestTheAPIIsAsItsDocumentSays(t *testing.T) {
	for name, variables := range map[string][]string{
		"public documentation":    {"DOCS=on"},
		"protected documentation": {"DOCS=protected"},
		"minimal errors":          {"DOCS=on", "ERROR_DETAIL=minimal"},
		"a low failure limit":     {"DOCS=on", "FAILURE_LIMIT=1"},
		"a path":                  {"DOCS=on", "PUBLIC_URL=https://example.com/base"},
	} {
		t.Run(name, func(t *testing.T) {
			api := apitest.New(t, apitest.Env(variables...))
			docstest.Audit(t, api, api.Issuer)
		})
	}
}

// TestAuditReportsDifferences changes what the API does, or what its document says, in one operation.
func TestAuditReportsDifferences(t *testing.T) {
	type (
		object   = map[string]any
		list     = []any
		recorder = httptest.ResponseRecorder
	)
	header := func(status int, name string, change func(string) string) func(*recorder) {
		return func(r *recorder) {
			if r.Code == status {
				r.Header().Set(name, change(r.Header().Get(name)))
			}
		}
	}
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(s, old, new) }
	}
	body := func(status int, old, new string) func(*recorder) {
		return func(r *recorder) {
			if r.Code == status {
				r.Body = bytes.NewBufferString(strings.ReplaceAll(r.Body.String(), old, new))
			}
		}
	}
	api := apitest.New(t, apitest.Env("DOCS=on", "PUBLIC_URL=https://example.com/base")) // the harder case
	_, item := api.Example(t, "", "POST /items")
	for _, test := range []struct {
		name   string
		mutant mutant
		want   string // follows the operation
	}{
		{"a document of another version", mutant{line: "GET /openapi.json",
			document: func(doc, _ object) { doc["openapi"] = "3.0.3" }}, `got OpenAPI "3.0.3", want 3.1`},
		{"no document", mutant{line: "GET /openapi.json",
			response: func(r *recorder) { r.Code = 404 }}, "got status 404, want 200"},
		{"a document without paths", mutant{line: "GET /openapi.json",
			document: func(doc, _ object) { remove(doc, "paths") }}, "got no operations, want those that are served"},
		{"a document without flows", mutant{line: "GET /openapi.json",
			document: func(doc, _ object) { remove(doc, "components", "securitySchemes", "oauth2") }}, "got no scopes of an OAuth 2.0 flow, want those that operations ask for"},
		{"a parameter without an example", mutant{line: "GET /problems/{code}",
			document: func(_, op object) { remove(op["parameters"].(list)[0], "example") }}, "request: got no example of the parameter code, want one"},
		{"a body without an example", mutant{line: "POST /items",
			document: func(_, op object) { op["requestBody"] = object{"content": object{"application/json": object{}}} }}, "request: got no example of a JSON body, want one"},

		{"a route made public", mutant{line: "GET /me", request: authorize}, "no credentials: status: got 200, want 401"},
		{"a route that accepts any token", mutant{line: "GET /me", request: authorize}, "expired token: status: got 200, want 401"},
		{"a route documented as public", mutant{line: "GET /me",
			document: func(_, op object) { op["security"] = list{} }}, "no credentials: status: got 401 credentials-missing, want the caller let in"},
		{"a route documented as one for anonymous callers", mutant{line: "GET /me",
			document: func(_, op object) { op["security"] = append(op["security"].(list), object{}) }}, "no credentials: status: got 401 credentials-missing, want the caller let in"},
		{"a route for anonymous callers documented as one for callers", mutant{line: "GET /",
			document: func(_, op object) { op["security"] = op["security"].(list)[1:] }}, "no credentials: status: got 200, want 401"},
		{"a scope that is not required", mutant{line: "POST /items", request: authorize}, "without the scope items:write: status: got 201, want 403"},
		{"a scope that is not documented", mutant{line: "POST /items",
			document: func(_, op object) { op["security"] = list{object{"oauth2": list{}}} }}, "complete: status: got 403 scope-insufficient, want the caller let in"},
		{"another scope than documented", mutant{line: "GET /items",
			document: func(_, op object) { op["security"] = list{object{"oauth2": list{"items:write"}}} }}, "complete: status: got 403 scope-insufficient, want the caller let in"},
		{"a role that is not required", mutant{line: "GET /admin/items", request: authorize}, "without the role admin: status: got 200, want 403"},
		{"a role that is not documented", mutant{line: "GET /admin/items",
			document: func(_, op object) { op["security"] = op["security"].(list)[:1] }}, "complete: status: got 403 access-denied, want the caller let in"},

		{"an alternative that requires less", mutant{line: "GET /items",
			document: func(_, op object) {
				op["security"] = list{object{"oauth2": list{"items:read"}}, object{"bearer": list{}}}
			}}, `security: scopes of bearer: got [], want ["items:read"] as in the first alternative`},
		{"an alternative that requires more", mutant{line: "GET /admin/items",
			document: func(_, op object) {
				op["security"] = list{object{"oauth2": list{}}, object{"bearer": list{"items:read", "admin"}}}
			}}, `security: scopes of bearer: got ["items:read"], want [] as in the first alternative`},
		{"a role where scopes belong", mutant{line: "GET /admin/items",
			document: func(_, op object) {
				op["security"] = list{object{"oauth2": list{"items:read", "admin"}}}
			}}, `security: scope of oauth2: got "admin", want one of a flow`},
		{"a role where scopes of OpenID Connect belong", mutant{line: "GET /admin/items",
			document: func(_, op object) {
				op["security"] = list{object{"openIdConnect": list{"items:read", "admin"}}}
			}}, `security: scope of openIdConnect: got "admin", want one of a flow`},
		{"a scheme that is not described", mutant{line: "GET /me",
			document: func(_, op object) { op["security"] = append(op["security"].(list), object{"digest": list{}}) }}, "security: scheme digest: got none, want one of components.securitySchemes"},
		{"a token in the query that is accepted", mutant{line: "GET /me",
			request: func(_ *apitest.API, r *http.Request) {
				if token := r.URL.Query().Get("access_token"); token != "" {
					r.URL.RawQuery = ""
					r.Header.Set("Authorization", "Bearer "+token)
				}
			}}, "token in the query: status: got 200, want 401"},

		{"a route that is not documented", mutant{line: "GET /me",
			document: func(doc, _ object) { remove(doc, "paths", "/me") }}, "document: got nothing, want what is served"},
		{"a method that is not documented, of a path that is", mutant{line: "PUT /items/{id}",
			document: func(doc, _ object) { remove(doc, "paths", "/items/{id}", "put") }}, "document: got nothing, want what is served"},
		{"a path that is documented and not served", mutant{line: "GET /ghosts/{id}",
			document: func(doc, _ object) {
				paths := doc["paths"].(object)
				paths["/ghosts/{id}"] = object{"get": member(paths, "/items/{id}", "get")}
			}}, "route: got none, want one for what the document describes"},
		{"a method that is documented and not served", mutant{line: "DELETE /me",
			document: func(doc, _ object) { me := member(doc, "paths", "/me").(object); me["delete"] = me["get"] }}, "route: got none, want one for what the document describes"},
		{"a status that is not documented", mutant{line: "GET /items/{id}",
			document: func(_, op object) { remove(op, "responses", "404") }}, "complete: status: got 404, want one of 200, "},
		{"a rejection that is not documented", mutant{line: "GET /me",
			document: func(_, op object) { remove(op, "responses", "401") }}, "no credentials: status: got 401, want one of 200, "},
		{"a code that is not documented", mutant{line: "POST /items",
			document: func(_, op object) {
				remove(op, "responses", "415", "content", "application/problem+json", "examples", "media-type-unsupported")
			}}, "complete, with a body of another media type: code: got media-type-unsupported, want one of "},
		{"an invalid body, rejected with a status that is not documented", mutant{line: "POST /items",
			document: func(_, op object) { remove(op, "responses", "422") }}, "complete, with an empty object: status: got 422, want one of "},
		{"an invalid body that is accepted", mutant{line: "POST /items",
			request: func(_ *apitest.API, r *http.Request) {
				if r.ContentLength == 2 {
					r.Body = io.NopCloser(strings.NewReader(item))
				}
			}}, "complete, with an empty object: status: got 201, want 400 or 422"},
		{"a large body, rejected with a status that is not documented", mutant{line: "POST /items",
			document: func(_, op object) { remove(op, "responses", "413") }}, "complete, with a large body: status: got 413, want one of "},
		{"a large body, rejected as malformed", mutant{line: "POST /items",
			response: func(r *recorder) {
				if r.Code == 413 {
					r.Code = 400
				}
			}}, "complete, with a large body: status: got 400 body-too-large, want 201 or 413"},
		{"a large body for a created item, rejected with a status that is not documented", mutant{line: "PUT /items/{id}", besides: "/items",
			document: func(_, op object) { remove(op, "responses", "413") }}, "complete, with a large body: status: got 413, want one of "},
		{"another media type that is accepted", mutant{line: "POST /items",
			request: func(_ *apitest.API, r *http.Request) { r.Header.Set("Content-Type", "application/json") }}, "complete, with a body of another media type: status: got 201, want 415"},
		{"a condition, rejected with a status that is not documented", mutant{line: "PUT /items/{id}", besides: "/items",
			document: func(_, op object) { remove(op, "responses", "412") }}, "complete, with an If-Match that names no version: status: got 412, want one of "},
		{"a condition that is ignored", mutant{line: "DELETE /items/{id}", besides: "/items",
			request: func(_ *apitest.API, r *http.Request) { r.Header.Del("If-Match") }}, "complete, with an If-Match that names no version: status: got 204, want 412"},
		{"an unmodified item, with a status that is not documented", mutant{line: "GET /items/{id}", besides: "/items",
			document: func(_, op object) { remove(op, "responses", "304") }}, "complete, with what was created, with its ETag: status: got 304, want one of "},
		{"an ETag that is ignored in If-None-Match", mutant{line: "GET /items/{id}", besides: "/items",
			request: func(_ *apitest.API, r *http.Request) { r.Header.Del("If-None-Match") }}, "complete, with what was created, with its ETag: status: got 200, want 304"},
		{"no Location of a created item", mutant{line: "POST /items",
			response: func(r *recorder) { r.Header().Del("Location") }}, "complete: header Location: got none, want what is documented"},
		{"no ETag of a created item", mutant{line: "POST /items",
			response: func(r *recorder) { r.Header().Del("ETag") }}, "complete: header ETag: got none, want what is documented"},
		{"a rejection without an X-Request-Id", mutant{line: "GET /me",
			response: func(r *recorder) { r.Header().Del("X-Request-Id") }}, "no credentials: header X-Request-Id: got none, want what is documented"},
		{"an example that is rejected", mutant{line: "POST /items",
			document: func(_, op object) {
				member(op, "requestBody", "content", "application/json").(object)["example"] = list{}
			}}, "complete: status: got 400 member-type-wrong, want the example accepted"},
		{"a body that is ignored", mutant{line: "POST /items",
			request: func(_ *apitest.API, r *http.Request) {
				r.Body = io.NopCloser(strings.NewReader(item))
			}}, "complete, with a broken body: status: got 201, want 400 or 422"},
		{"a failure", mutant{line: "GET /items", response: func(r *recorder) { r.Code = 500 }}, "complete: status: got 500, want the caller let in"},
		{"a body that breaks its schema", mutant{line: "GET /items",
			response: body(200, `"items":[`, `"itens":[`)}, "complete: body: got - at '': missing property 'items', want one by its schema"},
		{"a created item that breaks its schema", mutant{line: "GET /items/{id}", besides: "/items",
			response: body(200, `"created_at"`, `"made_at"`)}, "complete, with what was created: body: got - at '': missing property 'created_at', want one by its schema"},
		{"a body that breaks a format", mutant{line: "GET /me",
			response: body(200, `"expires_at":"2`, `"expires_at":"x`)}, "complete: body: got - at '/expires_at': "},
		{"a body that is not JSON", mutant{line: "GET /me", response: body(200, "{", "")}, "complete: body: got "},
		{"a problem that breaks its schema", mutant{line: "GET /me", response: body(401, `"title"`, `"titel"`)}, "no credentials: body: got - at '': missing property 'title', want one by its schema"},
		{"a problem with another status", mutant{line: "GET /me",
			response: body(401, `"status":401`, `"status":403`)}, "no credentials: status of the problem: got 403, want 401"},
		{"a problem of another request", mutant{line: "GET /me",
			response: header(401, "X-Request-Id", func(string) string { return "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90" })}, "no credentials: instance of the problem: got urn:uuid:"},
		{"a body that is not documented", mutant{line: "GET /me",
			document: func(_, op object) { remove(op, "responses", "200", "content") }}, "complete: body: got "},
		{"another media type", mutant{line: "GET /healthz",
			response: header(200, "Content-Type", replace("json", "yaml"))}, `no credentials: media type: got "application/yaml", want application/json`},
		{"a media type other than the accepted one", mutant{line: "GET /problems",
			request: func(_ *apitest.API, r *http.Request) { r.Header.Del("Accept") }}, "complete, asking for text/html: media type: got application/json, want text/html"},
		{"another code", mutant{line: "GET /me",
			response: body(401, "token-expired", "token-malformed")}, "expired token: code: got token-malformed, want token-expired"},
		{"no challenge", mutant{line: "GET /me",
			response: func(r *recorder) { r.Header().Del("WWW-Authenticate") }}, `no credentials: challenge: got [], want one of the form Bearer realm="..."`},
		{"a challenge that does not parse", mutant{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, "gatehouse"))}, `no credentials: challenge: got [Bearer realm=gatehouse, `},
		{"a challenge without a realm", mutant{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, `""`))}, `no credentials: challenge: got [Bearer realm="", `},
		{"a challenge that repeats a parameter", mutant{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`realm=`, `realm="twice", realm=`))}, `no credentials: challenge: got [Bearer realm="twice", realm="gatehouse", `},
		{"a challenge with an error for a request without credentials", mutant{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, `"gatehouse", error="invalid_token"`))}, "no credentials: error of the challenge: got invalid_token, want "},
		{"a challenge with another error", mutant{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace("invalid_token", "invalid_request"))}, "expired token: error of the challenge: got invalid_request, want invalid_token"},
		{"a challenge with another scope", mutant{line: "GET /items",
			response: header(403, "WWW-Authenticate", replace("items:read", "items:write"))}, "without the scope items:read: scope of the challenge: got items:write, want items:read"},
		{"a challenge that is not documented", mutant{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, `"henhouse"`))}, `no credentials: challenge: got Bearer realm="henhouse", `},
		{"a challenge where there must be none", mutant{line: "GET /admin/items",
			response: header(403, "WWW-Authenticate", func(string) string { return `Bearer realm="gatehouse"` })}, `without the role admin: challenge: got [Bearer realm="gatehouse"], want none`},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := test.mutant
			m.API = api
			lines := audit(t, &m)
			want := m.line + ": " + test.want
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, want) }) {
				t.Errorf("reports\n%s\nwant a line\n%s", strings.Join(lines, "\n"), want)
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, m.line+": ") || strings.Contains(line, "\n") {
					t.Errorf("reports %q, which is not a line about %s", line, m.line)
				}
			}
		})
	}
}

// TestAuditSendsNoReadOnlyMembers has one schema for requests and responses.
func TestAuditSendsNoReadOnlyMembers(t *testing.T) {
	api := apitest.New(t, apitest.Env("DOCS=on"))
	m := &mutant{API: api, line: "POST /items", document: func(_, op map[string]any) {
		media := member(op, "requestBody", "content", "application/json").(map[string]any)
		media["schema"] = map[string]any{"$ref": "#/components/schemas/Item"}
	}}
	if lines := audit(t, m); lines != nil {
		t.Errorf("reports\n%s", strings.Join(lines, "\n"))
	}
}

// TestAuditAcceptsAnAbsentOptionalHeader has a document with "required": false, which must be explicit because it
// is the default.
func TestAuditAcceptsAnAbsentOptionalHeader(t *testing.T) {
	api := apitest.New(t, apitest.Env("DOCS=on"))
	m := &mutant{API: api, line: "POST /items",
		document: func(_, op map[string]any) {
			member(op, "responses", "201", "headers", "ETag").(map[string]any)["required"] = false
		},
		response: func(r *httptest.ResponseRecorder) { r.Header().Del("ETag") },
	}
	if lines := audit(t, m); lines != nil {
		t.Errorf("reports\n%s", strings.Join(lines, "\n"))
	}
}
