package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// mustCallWithKey runs a client with an API key in place of a token.
func (box *sandbox) mustCallWithKey(s *app, name, command string) {
	box.t.Helper()
	box.call(s, name+" with a key", command, s.key, "401 credentials-not-accepted")
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
