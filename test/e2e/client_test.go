package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The output of both clients: they create an item, list it, and are rejected without a token, without a role
// and for an empty name. The client called service has no user and no role.
const (
	created  = "created Lantern\nlisted Lantern "
	rejected = "\nrejected 401 credentials-missing\nrejected 403 access-denied\nrejected 422 validation-failed /name\n"
)

func TestGeneratedTypeScriptClient(t *testing.T) {
	s := start(t)
	box := newSandbox(t, "clients/ts")
	box.install()
	box.write("openapi.json", s.document(t))
	box.mustRun("openapi-typescript", "openapi.json", "--output", "api.d.ts")
	box.mustRun("tsc", "--project", ".")
	got, err := box.run([]string{"node", "main.js"}, "API="+s.api, "TOKEN="+s.token(t))
	if want := created + "null" + rejected; err != nil || got != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestGeneratedGoClient(t *testing.T) {
	s := start(t)
	box := newSandbox(t, "clients/go")
	box.write("openapi.json", s.document(t))
	box.mustRun("go", "tool", "oapi-codegen", "-generate", "types,client", "-package", "main", "-o", "client.go", "openapi.json")
	got, err := box.run([]string{"go", "run", "-tags", "client", "."}, "API="+s.api, "TOKEN="+s.token(t))
	if want := created + "<nil>" + rejected; err != nil || got != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

// token returns an access token of the client called service (RFC 6749, section 4.4).
func (s *app) token(t *testing.T) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"items:read items:write"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.provider+"/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("service", "service-secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&granted); err != nil || granted.AccessToken == "" {
		t.Fatalf("the provider returns %s, %v", response.Status, err)
	}
	return granted.AccessToken
}
