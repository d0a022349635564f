package docs_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/gatehouse/docs"
	"example.com/gatehouse/docs/openapi"
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

func TestAnonymousCallersGetTheSignInDocument(t *testing.T) {
	response, body := get(t, "GET", protected(t, func(c *docs.Config) { c.Title = "Mine" })+"/docs/sign-in.json")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json" || response.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %d with %v", response.StatusCode, response.Header)
	}
	c := config(t)
	c.Title = "Mine"
	endpoint, _ := known()
	want, err := openapi.SignIn(c.Config, endpoint)
	if err != nil || string(body) != string(want) {
		t.Errorf("got\n%s, want\n%s (%v)", body, want, err)
	}
}

func TestSignInDocumentLearnsTheEndpoints(t *testing.T) {
	var up atomic.Bool
	address := protected(t, func(c *docs.Config) {
		c.Issuers[0].Endpoint = func() (oauth2.Endpoint, bool) {
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

func TestPublicDocumentHasNoSignInDocument(t *testing.T) {
	response, _ := get(t, "GET", serve(t, config(t)).URL+"/docs/sign-in.json")
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("got %d, want 404", response.StatusCode)
	}
}

func TestNoPageLinksToAProtectedDocument(t *testing.T) {
	paths := []string{"/docs/", "/problems", "/problems/token-expired"}
	paths = append(paths, "/docs/inspect") // part:inspector
	for address, want := range map[string]bool{serve(t, config(t)).URL: true, protected(t): false} {
		for _, path := range paths {
			_, body := get(t, "GET", address+path, "Accept", browser)
			if got := strings.Contains(string(body), `openapi.json">`); got != want {
				t.Errorf("%s has a link: got %v, want %v", path, got, want)
			}
		}
	}
}

func TestProblemPagesOfAProtectedAPINameNoOperation(t *testing.T) {
	address := protected(t)
	for code, want := range map[string]string{
		"token-expired":      "curl -i https://api.example.com/... ",
		"scope-insufficient": "curl -i https://api.example.com/... ",
		"validation-failed":  "curl -i https://api.example.com/... ",
		"step-up-required":   "curl -i https://api.example.com/... ",
	} {
		if _, body := get(t, "GET", address+"/problems/"+code, "Accept", browser); !strings.Contains(string(body), want) {
			t.Errorf("%s: no %q", code, want)
		}
	}
}
