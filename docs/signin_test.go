package docs_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/gatehouse/docs"
	"golang.org/x/oauth2"
)

// protected serves the fixture as an API does whose document is for callers.
func protected(t *testing.T, changes ...func(*docs.Config)) (address string) {
	t.Helper()
	c := config(t)
	c.Protected = true
	for _, change := range changes {
		change(&c)
	}
	return serve(t, c).URL
}

func TestStrangersAreToldHowToSignInAndNothingElse(t *testing.T) {
	response, body := get(t, "GET", protected(t, func(c *docs.Config) { c.Title = "Mine" })+"/docs/sign-in.json")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json" || response.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %d with %v", response.StatusCode, response.Header)
	}
	var got, want map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	whole := merge(t, config(t), routes())
	want = map[string]any{
		"openapi":    whole["openapi"],
		"info":       map[string]any{"title": "Mine", "version": "1.2.3", "description": "Sign in to see the operations."},
		"servers":    whole["servers"],
		"paths":      map[string]any{},
		"components": map[string]any{"securitySchemes": at(whole, "components", "securitySchemes")},
	}
	if text(t, got) != text(t, want) {
		t.Errorf("got\n%s, want\n%s", text(t, got), text(t, want))
	}
}

func TestStrangersLearnTheEndpointsWhenTheProviderIsUp(t *testing.T) {
	var up atomic.Bool
	address := protected(t, func(c *docs.Config) {
		c.Endpoint = func() (oauth2.Endpoint, bool) {
			if up.Load() {
				return known()
			}
			return unknown()
		}
	}) + "/docs/sign-in.json"
	if _, body := get(t, "GET", address); strings.Contains(string(body), "oauth2") {
		t.Errorf("got %s, which invents addresses", body)
	}
	up.Store(true)
	if _, body := get(t, "GET", address); !strings.Contains(string(body), `"authorizationUrl":"https://id.example.com/authorize"`) {
		t.Errorf("got %s, want the addresses", body)
	}
}

func TestADocumentForEverybodyNeedsNoSignIn(t *testing.T) {
	response, _ := get(t, "GET", serve(t, config(t)).URL+"/docs/sign-in.json")
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("got %d, want nothing there", response.StatusCode)
	}
}

func TestNoPageLeadsToAProtectedDocument(t *testing.T) {
	for address, want := range map[string]bool{serve(t, config(t)).URL: true, protected(t): false} {
		for _, path := range []string{"/docs/", "/docs/inspect", "/problems", "/problems/token-expired"} {
			_, body := get(t, "GET", address+path, "Accept", browser)
			if got := strings.Contains(string(body), `openapi.json">`); got != want {
				t.Errorf("%s has a link: got %v, want %v", path, got, want)
			}
		}
	}
}

func TestProblemPagesTellStrangersOfNoOperation(t *testing.T) {
	address := protected(t)
	for code, want := range map[string]string{
		"token-expired":      "curl -i https://api.example.com/openapi.json ",
		"scope-insufficient": "curl -i https://api.example.com/... ",
		"step-up-required":   "curl -i https://api.example.com/... ",
	} {
		if _, body := get(t, "GET", address+"/problems/"+code, "Accept", browser); !strings.Contains(string(body), want) {
			t.Errorf("%s: no %q", code, want)
		}
	}
}
