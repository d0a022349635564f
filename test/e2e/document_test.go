package e2e

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// quiet turns off the network requests of redocly.
var quiet = []string{"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"}

// TestLintersAcceptTheDocument checks the document as it is served in production. Every linter must accept it
// without a hint, and reject a broken one.
func TestLintersAcceptTheDocument(t *testing.T) {
	s := start(t, "PUBLIC_URL=https://api.gatehouse.example")
	good := s.document(t, "")
	bad := bytes.Replace(good, []byte(`"in":"path"`), []byte(`"in":"nowhere"`), 1)
	box := newSandbox(t, "lint")
	box.install("package-lock.json", "npm ci")
	box.write("good.json", good)
	box.write("bad.json", bad)
	for _, linter := range []struct {
		name    string
		command string
	}{
		{"redocly", "redocly lint --config redocly.yaml "},
		{"spectral", "spectral lint --fail-severity hint "},
		{"swagger-parser", "node validate.js swagger-parser "},
		{"openapi-schema-validator", "node validate.js openapi-schema-validator "},
	} {
		t.Run(linter.name, func(t *testing.T) {
			if out, err := box.run(linter.command+"good.json", quiet...); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if out, err := box.run(linter.command+"bad.json", quiet...); err == nil {
				t.Errorf("the linter accepts an invalid parameter\n%s", out)
			}
		})
	}
}

// TestSchemathesisFindsNothing sends requests that schemathesis makes from the document, valid and not, as alice, who
// may call every operation. Each response must be what the document says.
func TestSchemathesisFindsNothing(t *testing.T) {
	s := start(t, "FAILURE_LIMIT=0") // many of the requests have wrong credentials
	box := newSandbox(t, "fuzz")
	box.installPython()
	access, _ := s.signIn(t)
	out, err := box.run("schemathesis --no-color run --checks all --max-examples 30 --seed 1 --header \"Authorization: Bearer $TOKEN\" "+s.api+"/openapi.json", "TOKEN="+access)
	if err != nil || !strings.Contains(out, "No issues found") {
		t.Errorf("%v\n%s", err, out)
	}
}

// document returns the OpenAPI document of the running API, for a query.
func (s *app) document(t *testing.T, query string) []byte {
	t.Helper()
	response, err := http.Get(s.api + "/openapi.json" + query)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	document, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET /openapi.json: %s, %v", response.Status, err)
	}
	return document
}
