package e2e

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// quiet turns off the network requests of redocly.
var quiet = []string{"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"}

// TestLintersAcceptTheDocument checks the document as it is served in production. Every linter must accept it
// without a hint, and reject a broken one.
func TestLintersAcceptTheDocument(t *testing.T) {
	s := start(t, "PUBLIC_URL=https://api.gatehouse.example")
	good := s.document(t)
	bad := bytes.Replace(good, []byte(`"in":"path"`), []byte(`"in":"nowhere"`), 1)
	box := newSandbox(t, "lint")
	box.install()
	box.write("good.json", good)
	box.write("bad.json", bad)
	for _, linter := range []struct {
		name    string
		command []string
	}{
		{"redocly", []string{"redocly", "lint", "--config", "redocly.yaml"}},
		{"spectral", []string{"spectral", "lint", "--fail-severity", "hint"}},
		{"swagger-parser", []string{"node", "validate.js", "swagger-parser"}},
		{"openapi-schema-validator", []string{"node", "validate.js", "openapi-schema-validator"}},
	} {
		t.Run(linter.name, func(t *testing.T) {
			if out, err := box.run(append(linter.command, "good.json"), quiet...); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if out, err := box.run(append(linter.command, "bad.json"), quiet...); err == nil {
				t.Errorf("the linter accepts an invalid parameter\n%s", out)
			}
		})
	}
}

// document returns the OpenAPI document of the running API.
func (s *app) document(t *testing.T) []byte {
	t.Helper()
	response, err := http.Get(s.api + "/openapi.json")
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
