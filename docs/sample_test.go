package docs_test

import (
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/handlers"
)

// An api is the one that is documented, as it is served.
type api struct {
	*httptest.Server
	token string // that lets in everywhere
}

func serveAPI(t *testing.T) api {
	t.Helper()
	issuer := authtest.Start(t, publicURL)
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{publicURL}})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := handlers.New(handlers.Config{
		Name: "Fixture", Origin: publicURL, Issuer: issuer.URL, Verifier: verifier, Store: handlers.NewMemory(),
		Docs: handlers.DocsOn, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return api{server, issuer.Token(authtest.Claims{"scope": "items:read items:write"})}
}

// send returns the answer to a request with a token, and the JSON in it.
func (a api) send(t *testing.T, line, body string) (*http.Response, map[string]any) {
	t.Helper()
	method, path, _ := strings.Cut(line, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, a.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := a.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return response, answer
}

// page returns the text of the page of a problem.
func (a api) page(t *testing.T, code string) string {
	t.Helper()
	_, body := get(t, "GET", a.URL+"/problems/"+code, "Accept", browser)
	return html.UnescapeString(string(body))
}

func TestExamplesPointToWhatIsWrongAsTheAPIDoes(t *testing.T) {
	a := serveAPI(t)
	_, doc := a.send(t, "GET /openapi.json", "")
	for code, request := range map[string]struct{ line, body string }{
		"body-malformed":    {"POST /items", `{"name": "a}`},
		"member-unknown":    {"POST /items", `{"Name": "a"}`},
		"member-type-wrong": {"POST /items", `{"name": 5}`},
		"validation-failed": {"POST /items", `{}`},
		"parameter-invalid": {"GET /items?limit=0", ""},
	} {
		t.Run(code, func(t *testing.T) {
			_, want := a.send(t, request.line, request.body)
			if want["code"] != code || want["errors"] == nil {
				t.Fatalf("the API answers %v", want)
			}
			if got := at(doc, "components", "examples", code, "value", "errors"); !reflect.DeepEqual(got, want["errors"]) {
				t.Errorf("the example has errors %v, and the API sends %v", got, want["errors"])
			}
			if !strings.Contains(a.page(t, code), `"errors": [`) {
				t.Error("the page has no errors")
			}
		})
	}
}

func TestPageShowsARequestThatMendsTheProblem(t *testing.T) {
	a := serveAPI(t)
	const (
		draft = "  -H \"Content-Type: application/json\" \\\n  -d '{\"description\":\"Hangs over the gate.\",\"name\":\"Lantern\"}'"
		post  = "curl -i -X POST " + publicURL + "/items \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n" + draft
		item  = publicURL + "/items/01938f4e-7c1a-7d2e-9b6f-2f1c0a9d8e77 \\\n  -H \"Authorization: Bearer $TOKEN\""
		put   = "curl -i -X PUT " + item + " \\\n  -H 'If-Match: \"1\"' \\\n" + draft
	)
	for code, want := range map[string]string{
		"token-expired":          "curl -i " + publicURL + "/me ",
		"internal":               "curl -i " + publicURL + "/me ",
		"parameter-invalid":      "curl -i " + publicURL + "/items ",
		"database-unavailable":   "curl -i " + publicURL + "/items ",
		"not-found":              "curl -i " + item,
		"body-malformed":         post,
		"member-unknown":         post,
		"member-type-wrong":      post,
		"validation-failed":      post,
		"media-type-unsupported": post,
		"body-too-large":         post,
		"request-timeout":        post,
		"limit-reached":          post,
		"precondition-failed":    put,
		"precondition-required":  put,
	} {
		if page := a.page(t, code); !strings.Contains(page, want) {
			_, request, _ := strings.Cut(page, "A request as it should be")
			t.Errorf("%s: no\n%s in\n%s", code, want, request)
		}
	}
}

func TestTheBodyOfTheSampleIsAccepted(t *testing.T) {
	a := serveAPI(t)
	_, body, _ := strings.Cut(a.page(t, "validation-failed"), "-d '")
	body, _, _ = strings.Cut(body, "'</pre>")
	if response, answer := a.send(t, "POST /items", body); response.StatusCode != http.StatusCreated {
		t.Errorf("%s is answered with %v", body, answer)
	}
}

func TestSampleHasWhatItsHintNames(t *testing.T) {
	a := serveAPI(t)
	for code, wants := range map[string][]string{
		"method-not-allowed": {"\nAllow: GET, HEAD\n"},
		"step-up-required":   {`, max_age="300"`, `"max_age": 300`},
	} {
		for _, want := range wants {
			if !strings.Contains(a.page(t, code), want) {
				t.Errorf("%s: no %q", code, want)
			}
		}
	}
	if response, _ := a.send(t, "DELETE /me", ""); response.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("the API sends Allow: %s", response.Header.Get("Allow"))
	}
}

func TestARouteThatAsksForAStepUpIsTheSample(t *testing.T) {
	_, body := get(t, "GET", serve(t, config(t)).URL+"/problems/step-up-required", "Accept", browser)
	page := html.UnescapeString(string(body))
	for _, want := range []string{"curl -i -X POST https://api.example.com/transfers ", `acr_values="2", max_age="300"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}
