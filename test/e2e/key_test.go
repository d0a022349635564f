package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mustCallWithKey runs a client with an API key in place of a token.
func (box *sandbox) mustCallWithKey(s *app, name, command string) {
	box.t.Helper()
	box.call(s, name+" with a key", command, s.key, "401 credentials-not-accepted")
}

// mustCallWithBasic generates a client from the document of an API whose items accept Basic as well, and runs it with the
// id and the secret of a key, and a colon between them.
func (box *sandbox) mustCallWithBasic(name, generate, command, rejected string) {
	box.t.Helper()
	s := start(box.t, acceptBasic(box.t))
	box.write("openapi.json", s.document(box.t, ""))
	box.mustRun(generate)
	box.call(s, name+" with Basic", command, s.pair, rejected)
}

// acceptBasic returns a variable with which the API is built from another route table, in which items accept Basic.
func acceptBasic(t *testing.T) string {
	t.Helper()
	const declared, table = "r.Accept(auth.Token, auth.Key)", "../../handlers/routes.go"
	source, err := os.ReadFile(table)
	if err != nil || !strings.Contains(string(source), declared) {
		t.Fatalf("%s does not have %s, %v", table, declared, err)
	}
	folder, path := t.TempDir(), absolute(t, table)
	routes, overlay := filepath.Join(folder, "routes.go"), filepath.Join(folder, "overlay.json")
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {path: routes}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		routes: strings.Replace(string(source), declared, "r.Accept(auth.Token, auth.Key, auth.Basic)", 1), overlay: string(replaced),
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// pair returns the id and the secret of an API key.
func (s *app) pair(t *testing.T) string {
	t.Helper()
	_, rest, _ := strings.Cut(s.key(t), "_")
	return strings.Replace(rest, "_", ":", 1)
}

// key returns an API key of bob, who signs in for it.
func (s *app) key(t *testing.T) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.api+"/keys", strings.NewReader(`{"name":"e2e","scopes":["items:read","items:write"]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.userToken(t, "bob", "items:read items:write keys:write"))
	r.Header.Set("Content-Type", "application/json")
	var made struct{ Key string }
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&made); err != nil || made.Key == "" {
		t.Fatalf("making a key returns %s, %v", response.Status, err)
	}
	return made.Key
}

// userToken returns an access token of a user, who signs in with the device flow (RFC 8628).
func (s *app) userToken(t *testing.T, user, scope string) string {
	t.Helper()
	var device struct {
		Code string `json:"device_code"`
		User string `json:"user_code"`
	}
	post := func(path string, form url.Values, v any) {
		t.Helper()
		response, err := http.PostForm(s.provider+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(v); err != nil && v != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	post("/device_authorization", url.Values{"client_id": {"cli"}, "scope": {scope}}, &device)
	post("/device", url.Values{"user_code": {device.User}, "user": {user}}, nil) // a page
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	post("/token", url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {"cli"}, "device_code": {device.Code}}, &granted)
	return granted.AccessToken
}
