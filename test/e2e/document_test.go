package e2e

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// quiet keeps redocly from asking anybody for anything but its verdict.
var quiet = []string{"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"}

// TestLinters has every linter read the document as it is served in production. None may say anything
// against it, not even a hint, and each must find what is wrong with a broken one.
func TestLinters(t *testing.T) {
	s := start(t, "PUBLIC_URL=https://api.gatehouse.example")
	good := s.document(t)
	bad := bytes.Replace(good, []byte(`"in":"path"`), []byte(`"in":"nowhere"`), 1)
	w := openWorkshop(t, "lint")
	w.install()
	w.write("good.json", good)
	w.write("bad.json", bad)
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
			if out, err := w.run(append(linter.command, "good.json"), quiet...); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if out, err := w.run(append(linter.command, "bad.json"), quiet...); err == nil {
				t.Errorf("finds nothing wrong with a parameter that is nowhere\n%s", out)
			}
		})
	}
}

// document returns the OpenAPI document of the running API, complete with the provider's addresses.
func (s *stack) document(t *testing.T) []byte {
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
