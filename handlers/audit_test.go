package handlers_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/docs/docstest"
	"example.com/gatehouse/handlers"
)

// An audited API is one that a liar can stand before.
type audited struct{ *handlers.API }

func TestAudit(t *testing.T) {
	for name, change := range map[string]func(*handlers.Config){
		"with documentation for everybody":  func(*handlers.Config) {},
		"with documentation for callers":    func(c *handlers.Config) { c.Docs = handlers.DocsProtected },
		"with reasons that are kept":        func(c *handlers.Config) { c.Minimal = true },
		"with few failures for one address": func(c *handlers.Config) { c.FailureLimit = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			api, issuer := newAudited(t, change)
			docstest.Audit(t, api, issuer)
		})
	}
}

func newAudited(t *testing.T, changes ...func(*handlers.Config)) (audited, *authtest.Issuer) {
	t.Helper()
	issuer := authtest.Start(t, origin)
	verifier := connect(t, auth.Config{Issuer: issuer.URL, Audience: []string{origin}})
	documented := func(c *handlers.Config) { c.Docs = handlers.DocsOn }
	return audited{newAPI(t, verifier, issuer, io.Discard, append([]func(*handlers.Config){documented}, changes...)...)}, issuer
}

// The mutations of the behaviour and of the document that an audit must notice.
func TestAuditNotices(t *testing.T) {
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
	api, issuer := newAudited(t)
	for _, test := range []struct {
		name string
		liar liar
		want string // follows the operation
	}{
		{"a document of another version", liar{line: "GET /openapi.json",
			document: func(doc, _ object) { doc["openapi"] = "3.0.3" }}, `got OpenAPI "3.0.3", want 3.1`},
		{"no document", liar{line: "GET /openapi.json",
			response: func(r *recorder) { r.Code = 404 }}, "got status 404, want 200"},
		{"a document of nothing", liar{line: "GET /openapi.json",
			document: func(doc, _ object) { drop(doc, "paths") }}, "got no operations, want those that are served"},
		{"a document without flows", liar{line: "GET /openapi.json",
			document: func(doc, _ object) { drop(doc, "components", "securitySchemes", "oauth2") }}, "got no scopes of an OAuth 2.0 flow, want those that operations ask for"},
		{"a parameter without an example", liar{line: "GET /problems/{code}",
			document: func(_, op object) { drop(op["parameters"].(list)[0], "example") }}, "request: got no example of the parameter code, want one"},
		{"a body without an example", liar{line: "POST /items",
			document: func(_, op object) { op["requestBody"] = object{"content": object{"application/json": object{}}} }}, "request: got no example of a JSON body, want one"},

		{"a route made public", liar{line: "GET /me", request: allow}, "no credentials: status: got 200, want 401"},
		{"a route that takes any token", liar{line: "GET /me", request: allow}, "expired token: status: got 200, want 401"},
		{"a route documented as public", liar{line: "GET /me",
			document: func(_, op object) { op["security"] = list{} }}, "no credentials: status: got 401 credentials-missing, want the caller let in"},
		{"a route documented as one for strangers", liar{line: "GET /me",
			document: func(_, op object) { op["security"] = append(op["security"].(list), object{}) }}, "no credentials: status: got 401 credentials-missing, want the caller let in"},
		{"a route for strangers documented as one for callers", liar{line: "GET /",
			document: func(_, op object) { op["security"] = op["security"].(list)[1:] }}, "no credentials: status: got 200, want 401"},
		{"a scope that is not asked for", liar{line: "POST /items", request: allow}, "without the scope items:write: status: got 201, want 403"},
		{"a scope that is not documented", liar{line: "POST /items",
			document: func(_, op object) { op["security"] = list{object{"oauth2": list{}}} }}, "complete: status: got 403 scope-insufficient, want the caller let in"},
		{"another scope than documented", liar{line: "GET /items",
			document: func(_, op object) { op["security"] = list{object{"oauth2": list{"items:write"}}} }}, "complete: status: got 403 scope-insufficient, want the caller let in"},
		{"a role that is not asked for", liar{line: "GET /admin/items", request: allow}, "without the role admin: status: got 200, want 403"},
		{"a role that is not documented", liar{line: "GET /admin/items",
			document: func(_, op object) { op["security"] = op["security"].(list)[:1] }}, "complete: status: got 403 access-denied, want the caller let in"},

		{"an alternative that asks for less", liar{line: "GET /items",
			document: func(_, op object) {
				op["security"] = list{object{"oauth2": list{"items:read"}}, object{"bearer": list{}}}
			}}, `security: scopes of bearer: got [], want ["items:read"] as in the first alternative`},
		{"an alternative that asks for more", liar{line: "GET /admin/items",
			document: func(_, op object) {
				op["security"] = list{object{"oauth2": list{}}, object{"bearer": list{"items:read", "admin"}}}
			}}, `security: scopes of bearer: got ["items:read"], want [] as in the first alternative`},
		{"a role where scopes belong", liar{line: "GET /admin/items",
			document: func(_, op object) {
				op["security"] = list{object{"oauth2": list{"items:read", "admin"}}}
			}}, `security: scope of oauth2: got "admin", want one of a flow`},
		{"a role where scopes of OpenID Connect belong", liar{line: "GET /admin/items",
			document: func(_, op object) {
				op["security"] = list{object{"openIdConnect": list{"items:read", "admin"}}}
			}}, `security: scope of openIdConnect: got "admin", want one of a flow`},
		{"a scheme that is not described", liar{line: "GET /me",
			document: func(_, op object) { op["security"] = append(op["security"].(list), object{"apiKey": list{}}) }}, "security: scheme apiKey: got none, want one of components.securitySchemes"},
		{"a token that is read from the query", liar{line: "GET /me",
			request: func(_ *liar, r *http.Request) {
				if token := r.URL.Query().Get("access_token"); token != "" {
					r.URL.RawQuery = ""
					r.Header.Set("Authorization", "Bearer "+token)
				}
			}}, "token in the query: status: got 200, want 401"},

		{"a route that is not documented", liar{line: "GET /me",
			document: func(doc, _ object) { drop(doc, "paths", "/me") }}, "document: got nothing, want what is served"},
		{"a method that is not documented, of a path that is", liar{line: "PUT /items/{id}",
			document: func(doc, _ object) { drop(doc, "paths", "/items/{id}", "put") }}, "document: got nothing, want what is served"},
		{"a path that is documented and not served", liar{line: "GET /ghosts/{id}",
			document: func(doc, _ object) {
				paths := doc["paths"].(object)
				paths["/ghosts/{id}"] = object{"get": dig(paths, "/items/{id}", "get")}
			}}, "route: got none, want one for what the document describes"},
		{"a method that is documented and not served", liar{line: "DELETE /me",
			document: func(doc, _ object) { me := dig(doc, "paths", "/me").(object); me["delete"] = me["get"] }}, "route: got none, want one for what the document describes"},
		{"a status that is not documented", liar{line: "GET /items/{id}",
			document: func(_, op object) { drop(op, "responses", "404") }}, "complete: status: got 404, want one of 200, "},
		{"a refusal that is not documented", liar{line: "GET /me",
			document: func(_, op object) { drop(op, "responses", "401") }}, "no credentials: status: got 401, want one of 200, "},
		{"a code that is not documented", liar{line: "POST /items",
			document: func(_, op object) {
				drop(op, "responses", "415", "content", "application/problem+json", "examples", "media-type-unsupported")
			}}, "complete, with a body of another media type: code: got media-type-unsupported, want one of "},
		{"a body that breaks a rule, refused by a status that is not documented", liar{line: "POST /items",
			document: func(_, op object) { drop(op, "responses", "422") }}, "complete, with an empty object: status: got 422, want one of "},
		{"a body that breaks a rule and is accepted", liar{line: "POST /items",
			request: func(_ *liar, r *http.Request) {
				if r.ContentLength == 2 {
					r.Body = io.NopCloser(strings.NewReader(named("Lantern")))
				}
			}}, "complete, with an empty object: status: got 201, want 400 or 422"},
		{"a large body, refused by a status that is not documented", liar{line: "POST /items",
			document: func(_, op object) { drop(op, "responses", "413") }}, "complete, with a large body: status: got 413, want one of "},
		{"a large body, refused as if it were malformed", liar{line: "POST /items",
			response: func(r *recorder) {
				if r.Code == 413 {
					r.Code = 400
				}
			}}, "complete, with a large body: status: got 400 body-too-large, want 201 or 413"},
		{"a large body for what was created, refused by a status that is not documented", liar{line: "PUT /items/{id}", besides: "/items",
			document: func(_, op object) { drop(op, "responses", "413") }}, "complete, with a large body: status: got 413, want one of "},
		{"another media type that is accepted", liar{line: "POST /items",
			request: func(_ *liar, r *http.Request) { r.Header.Set("Content-Type", "application/json") }}, "complete, with a body of another media type: status: got 201, want 415"},
		{"a condition, refused by a status that is not documented", liar{line: "PUT /items/{id}", besides: "/items",
			document: func(_, op object) { drop(op, "responses", "412") }}, "complete, with an If-Match that names no version: status: got 412, want one of "},
		{"a condition that is not looked at", liar{line: "DELETE /items/{id}", besides: "/items",
			request: func(_ *liar, r *http.Request) { r.Header.Del("If-Match") }}, "complete, with an If-Match that names no version: status: got 204, want 412"},
		{"what was not modified, by a status that is not documented", liar{line: "GET /items/{id}", besides: "/items",
			document: func(_, op object) { drop(op, "responses", "304") }}, "complete, with what was created, with its ETag: status: got 304, want one of "},
		{"an ETag that is not known when it comes back", liar{line: "GET /items/{id}", besides: "/items",
			request: func(_ *liar, r *http.Request) { r.Header.Del("If-None-Match") }}, "complete, with what was created, with its ETag: status: got 200, want 304"},
		{"no Location of what was created", liar{line: "POST /items",
			response: func(r *recorder) { r.Header().Del("Location") }}, "complete: header Location: got none, want what is documented"},
		{"no ETag of what was created", liar{line: "POST /items",
			response: func(r *recorder) { r.Header().Del("ETag") }}, "complete: header ETag: got none, want what is documented"},
		{"a refusal without an X-Request-Id", liar{line: "GET /me",
			response: func(r *recorder) { r.Header().Del("X-Request-Id") }}, "no credentials: header X-Request-Id: got none, want what is documented"},
		{"an example that is refused", liar{line: "POST /items",
			document: func(doc, _ object) {
				dig(doc, "components", "schemas", "Draft", "properties", "name").(object)["examples"] = list{""}
			}}, "complete: status: got 422 validation-failed, want the example accepted"},
		{"a body that is not looked at", liar{line: "POST /items",
			request: func(_ *liar, r *http.Request) {
				r.Body = io.NopCloser(strings.NewReader(named("Lantern")))
			}}, "complete, with a broken body: status: got 201, want 400 or 422"},
		{"a failure", liar{line: "GET /items", response: func(r *recorder) { r.Code = 500 }}, "complete: status: got 500, want the caller let in"},
		{"a body that breaks its schema", liar{line: "GET /items",
			response: body(200, `"items":[`, `"itens":[`)}, "complete: body: got - at '': missing property 'items', want one by its schema"},
		{"what was created breaks its schema", liar{line: "GET /items/{id}", besides: "/items",
			response: body(200, `"name"`, `"nom"`)}, "complete, with what was created: body: got - at '': missing property 'name', want one by its schema"},
		{"a body that breaks a format", liar{line: "GET /me",
			response: body(200, `"expires_at":"2`, `"expires_at":"x`)}, "complete: body: got - at '/expires_at': "},
		{"a body that is no JSON", liar{line: "GET /me", response: body(200, "{", "")}, "complete: body: got "},
		{"a problem that breaks its schema", liar{line: "GET /me", response: body(401, `"title"`, `"titel"`)}, "no credentials: body: got - at '': missing property 'title', want one by its schema"},
		{"a problem with another status", liar{line: "GET /me",
			response: body(401, `"status":401`, `"status":403`)}, "no credentials: status of the problem: got 403, want 401"},
		{"a problem of another request", liar{line: "GET /me",
			response: header(401, "X-Request-Id", func(string) string { return "8d7e6c1c-3f0e-4f5e-9d53-4f0a3c1b2a90" })}, "no credentials: instance of the problem: got urn:uuid:"},
		{"a body that is not documented", liar{line: "GET /me",
			document: func(_, op object) { drop(op, "responses", "200", "content") }}, "complete: body: got "},
		{"another media type", liar{line: "GET /healthz",
			response: header(200, "Content-Type", replace("json", "yaml"))}, `no credentials: media type: got "application/yaml", want application/json`},
		{"a media type that is not the one asked for", liar{line: "GET /problems",
			request: func(_ *liar, r *http.Request) { r.Header.Del("Accept") }}, "complete, asking for text/html: media type: got application/json, want text/html"},
		{"another code", liar{line: "GET /me",
			response: body(401, "token-expired", "token-malformed")}, "expired token: code: got token-malformed, want token-expired"},
		{"no challenge", liar{line: "GET /me",
			response: func(r *recorder) { r.Header().Del("WWW-Authenticate") }}, `no credentials: challenge: got [], want one of the form Bearer realm="..."`},
		{"a challenge that does not parse", liar{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, "gatehouse"))}, `no credentials: challenge: got [Bearer realm=gatehouse, `},
		{"a challenge without a realm", liar{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, `""`))}, `no credentials: challenge: got [Bearer realm="", `},
		{"a challenge that repeats a parameter", liar{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`realm=`, `realm="twice", realm=`))}, `no credentials: challenge: got [Bearer realm="twice", realm="gatehouse", `},
		{"a challenge with an error for who sent nothing", liar{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, `"gatehouse", error="invalid_token"`))}, "no credentials: error of the challenge: got invalid_token, want "},
		{"a challenge with another error", liar{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace("invalid_token", "invalid_request"))}, "expired token: error of the challenge: got invalid_request, want invalid_token"},
		{"a challenge with another scope", liar{line: "GET /items",
			response: header(403, "WWW-Authenticate", replace("items:read", "items:write"))}, "without the scope items:read: scope of the challenge: got items:write, want items:read"},
		{"a challenge that is not documented", liar{line: "GET /me",
			response: header(401, "WWW-Authenticate", replace(`"gatehouse"`, `"henhouse"`))}, `no credentials: challenge: got Bearer realm="henhouse", `},
		{"a challenge where none belongs", liar{line: "GET /admin/items",
			response: header(403, "WWW-Authenticate", func(string) string { return `Bearer realm="gatehouse"` })}, `without the role admin: challenge: got [Bearer realm="gatehouse"], want none`},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := test.liar
			l.audited, l.issuer = api, issuer
			lines := watch(t, &l, issuer)
			want := l.line + ": " + test.want
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, want) }) {
				t.Errorf("reports\n%s\nwant a line\n%s", strings.Join(lines, "\n"), want)
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, l.line+": ") || strings.Contains(line, "\n") {
					t.Errorf("reports %q, which is not a line about %s", line, l.line)
				}
			}
		})
	}
}

// A schema of what is sent and answered alike has members that the API alone writes.
func TestAuditSendsNothingThatIsReadOnly(t *testing.T) {
	api, issuer := newAudited(t)
	l := &liar{audited: api, issuer: issuer, line: "POST /items", document: func(_, op map[string]any) {
		media := dig(op, "requestBody", "content", "application/json").(map[string]any)
		media["schema"] = map[string]any{"$ref": "#/components/schemas/Item"}
	}}
	if lines := watch(t, l, issuer); lines != nil {
		t.Errorf("reports\n%s", strings.Join(lines, "\n"))
	}
}

// Only what a document says in so many words lets a header be absent: false is the default of required.
func TestAuditAcceptsThatAnOptionalHeaderIsAbsent(t *testing.T) {
	api, issuer := newAudited(t)
	l := &liar{audited: api, issuer: issuer, line: "POST /items",
		document: func(_, op map[string]any) {
			dig(op, "responses", "201", "headers", "ETag").(map[string]any)["required"] = false
		},
		response: func(r *httptest.ResponseRecorder) { r.Header().Del("ETag") },
	}
	if lines := watch(t, l, issuer); lines != nil {
		t.Errorf("reports\n%s", strings.Join(lines, "\n"))
	}
}
