package docs_test

import (
	"strings"
	"testing"

	"example.com/gatehouse/auth/ginauth"
)

func TestMergeSaysWhatCommentsCannot(t *testing.T) {
	const commented = `{
		"parameters": [
			{"name": "code", "in": "path", "required": true, "schema": {"type": "string"}, "x-example": "token-expired"},
			{"name": "page", "in": "query", "schema": {"type": "string"}}
		],
		"responses": {
			"200": {"description": "OK", "content": {
				"application/json": {"schema": {"type": "object"}}, "text/html": {"schema": {"type": "object"}}}},
			"404": {"description": "Not Found", "content": {
				"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
				"text/html": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
		}
	}`
	c := config(t)
	c.Document = []byte(strings.Replace(document, `"paths": {`, `"paths": {"/problems/{code}": {"get": `+commented+`},`, 1))
	doc := merge(t, c, append(routes(), ginauth.Route{Method: "GET", Path: "/problems/{code}", Access: ginauth.Public}))
	operation := at(doc, "paths", "/problems/{code}", "get").(map[string]any)

	wantParameters := `[{"example":"token-expired","in":"path","name":"code","required":true,"schema":{"type":"string"}},` +
		`{"in":"query","name":"page","schema":{"type":"string"}}]`
	if got := text(t, operation["parameters"]); got != wantParameters {
		t.Errorf("got parameters\n%s, want\n%s", got, wantParameters)
	}
	wantContent := `{"application/json":{"schema":{"type":"object"}},"text/html":{"schema":{"type":"string"}}}`
	if got := text(t, at(operation, "responses", "200", "content")); got != wantContent {
		t.Errorf("got content\n%s, want\n%s", got, wantContent)
	}
	refusal := at(operation, "responses", "404", "content").(map[string]any)
	if len(refusal) != 1 || refusal["application/problem+json"] == nil {
		t.Errorf("got content %s, want a problem alone", text(t, refusal))
	}
}

func TestEveryRefusalIsDescribed(t *testing.T) {
	doc := merge(t, config(t), routes())
	for status, want := range map[string]string{
		"400": "The credentials are malformed.",
		"401": "The credentials are missing or not accepted.",
		"429": "Too many requests from this address were refused.",
		"500": "Something went wrong in the API.",
		"503": "The credentials cannot be judged at the moment.",
	} {
		if got := at(doc, "paths", "/me", "get", "responses", status, "description"); got != want {
			t.Errorf("%s: got description %v, want %s", status, got, want)
		}
	}
}
