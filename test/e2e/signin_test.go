package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
)

// signIn returns an access token and an ID token of alice, who signs in with the device flow (RFC 8628).
func (s *app) signIn(t *testing.T) (access, id string) {
	t.Helper()
	var device struct {
		Code string `json:"device_code"`
		User string `json:"user_code"`
	}
	scopes := "openid items:read items:write"
	scopes += " keys:read keys:write" // part:keys
	s.post(t, "/device_authorization", url.Values{"client_id": {"cli"}, "scope": {scopes}}, &device)
	s.post(t, "/device", url.Values{"user_code": {device.User}, "user": {"alice"}}, nil)
	var granted struct {
		AccessToken string `json:"access_token"`
		IDToken     string `json:"id_token"`
	}
	grant := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {"cli"}, "device_code": {device.Code}}
	s.post(t, "/token", grant, &granted)
	if granted.AccessToken == "" || granted.IDToken == "" {
		t.Fatal("the provider returns no tokens")
	}
	return granted.AccessToken, granted.IDToken
}

// post sends a form to the provider, and decodes the response unless it is a page.
func (s *app) post(t *testing.T, path string, form url.Values, body any) {
	t.Helper()
	response, err := http.PostForm(s.provider+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body != nil {
		err = json.NewDecoder(response.Body).Decode(body)
	}
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the provider returns %s, %v", response.Status, err)
	}
}
