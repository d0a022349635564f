package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What both clients say when they create an item, list it, and are refused as a stranger, for want of a role
// and for an empty name. The client called service has no user, and no role.
const (
	created = "created Lantern\nlisted Lantern "
	refused = "\nrefused 401 credentials-missing\nrefused 403 access-denied\nrefused 422 validation-failed /name\n"
)

func TestTypeScriptClient(t *testing.T) {
	s := start(t)
	w := openWorkshop(t, "clients/ts")
	w.install()
	w.write("openapi.json", s.document(t))
	w.mustRun("openapi-typescript", "openapi.json", "--output", "api.d.ts")
	w.mustRun("tsc", "--project", ".")
	got, err := w.run([]string{"node", "main.js"}, "API="+s.api, "TOKEN="+s.token(t))
	if want := created + "null" + refused; err != nil || got != want {
		t.Errorf("says %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestGoClient(t *testing.T) {
	s := start(t)
	w := openWorkshop(t, "clients/go")
	w.write("openapi.json", s.document(t))
	w.mustRun("go", "tool", "oapi-codegen", "-generate", "types,client", "-package", "main", "-o", "client.go", "openapi.json")
	got, err := w.run([]string{"go", "run", "-tags", "client", "."}, "API="+s.api, "TOKEN="+s.token(t))
	if want := created + "<nil>" + refused; err != nil || got != want {
		t.Errorf("says %v\n%s\nwant\n%s", err, got, want)
	}
}

// token returns an access token of the client called service (RFC 6749, section 4.4).
func (s *stack) token(t *testing.T) string {
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
		t.Fatalf("the provider answers %s, %v", response.Status, err)
	}
	return granted.AccessToken
}
