package handlers_test

import (
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
)

func TestAProtectedDocumentRequiresAToken(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=protected"))
	const document = "GET /openapi.json"
	api.Call(t, "", document, "").WantProblem(t, problem.CredentialsMissing)
	api.Call(t, api.Issuer.Token(authtest.Claims{"exp": 1}), document, "").WantProblem(t, problem.TokenExpired)
	r := api.Call(t, api.Token("alice", ""), document, "")
	if r.Status != http.StatusOK || !strings.Contains(r.Body, `"operationId":"listItems"`) {
		t.Errorf("got %d %s", r.Status, r.Body)
	}
}

// Generators that use all alternatives of an operation at once need a document with one.
func TestABearerDocumentHasOneWayToAuthenticate(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=on"))
	api.Call(t, api.Token("alice", ""), "GET /me", "") // from now on the provider's endpoints are known
	type document struct {
		Components struct{ SecuritySchemes map[string]any }
		Paths      map[string]map[string]struct{ Security []map[string][]string }
	}
	whole := apitest.Decode[document](t, api.Call(t, "", "GET /openapi.json", ""))
	bearer := apitest.Decode[document](t, api.Call(t, "", "GET /openapi.json?security=bearer", ""))
	if got := slices.Sorted(maps.Keys(bearer.Components.SecuritySchemes)); !slices.Equal(got, []string{"bearer"}) {
		t.Errorf("the schemes are %q", got)
	}
	for path, operations := range whole.Paths {
		for method, operation := range operations {
			want := slices.DeleteFunc(operation.Security, func(way map[string][]string) bool { return len(way) > 0 && way["bearer"] == nil })
			if got := bearer.Paths[path][method].Security; !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s: got %v, want %v", method, path, got, want)
			}
		}
	}
	for query, message := range map[string]string{
		"security=": "must be bearer", "security=oauth2": "must be bearer", "security=bearer&security=bearer": "must not be repeated",
	} {
		api.Call(t, "", "GET /openapi.json?"+query, "").WantProblem(t, problem.ParameterInvalid,
			`"errors":[{"parameter":"security","message":"`+message+`"}]`)
	}
}

func TestThePageOfAProtectedDocumentIsPublic(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=protected"))
	for path, kind := range map[string]string{
		"/docs/": "text/html", "/docs/init.js": "text/javascript", "/docs/operations.css": "text/css",
		"/docs/oauth2-redirect.html": "text/html", "/docs/sign-in.json": "application/json",
	} {
		r := api.Call(t, "", "GET "+path, "")
		if r.Status != http.StatusOK || !strings.HasPrefix(r.Header.Get("Content-Type"), kind) {
			t.Errorf("%s: an anonymous caller gets %d %s", path, r.Status, r.Header.Get("Content-Type"))
		}
	}
	type document struct {
		Components struct{ SecuritySchemes map[string]any }
		Paths      map[string]any
	}
	whole := apitest.Decode[document](t, api.Call(t, api.Token("alice", ""), "GET /openapi.json", ""))
	signIn := apitest.Decode[document](t, api.Call(t, "", "GET /docs/sign-in.json", ""))
	schemes := slices.Sorted(maps.Keys(signIn.Components.SecuritySchemes))
	if want := []string{"bearer", "oauth2", "openIdConnect"}; !slices.Equal(schemes, want) {
		t.Errorf("got schemes %q, want %q", schemes, want)
	}
	if len(signIn.Paths) != 0 || len(whole.Paths) == 0 {
		t.Errorf("an anonymous caller gets %d paths, and a caller %d", len(signIn.Paths), len(whole.Paths))
	}
}

// TestPublicPagesHideAProtectedDocument reads everything that is public, and looks for operations that require
// a token. Swagger UI and its licence are left out: they are what was published, and say /items and /licenses.
func TestPublicPagesHideAProtectedDocument(t *testing.T) {
	api := apitest.New(t, apitest.Env("DOCS=protected"))
	document := api.Call(t, api.Token("alice", ""), "GET /openapi.json", "")
	words := operationWords(t, api, document)
	if found := findAll(words, document.Body); len(found) < 20 {
		t.Fatalf("only %q are in the document", found)
	}
	for _, path := range publicPaths(api) {
		for _, accept := range []string{"text/html", "application/json"} {
			r := api.Call(t, "", "GET "+path, "", "Accept: "+accept)
			if r.Status != http.StatusOK && r.Status != http.StatusPermanentRedirect {
				t.Errorf("%s returns %d %s", path, r.Status, r.Body)
			}
			if found := findAll(words, r.Body); len(found) > 0 {
				t.Errorf("%s as %s contains %q", path, accept, found)
			}
		}
	}
}

// operationWords matches path, name and summary of every operation that requires a token. The keys are the words themselves.
func operationWords(t *testing.T, api *apitest.API, document *apitest.Response) map[string]*regexp.Regexp {
	t.Helper()
	doc := apitest.Decode[struct {
		Paths map[string]map[string]struct{ OperationID, Summary string }
	}](t, document)
	words := map[string]*regexp.Regexp{}
	for _, route := range api.Table() {
		if route.Access != ginauth.Protected || route.Hidden {
			continue
		}
		operation := doc.Paths[route.Path][strings.ToLower(route.Method)]
		for _, word := range []string{route.Path, operation.OperationID, operation.Summary} {
			words[word] = regexp.MustCompile(`(^|[^/])` + regexp.QuoteMeta(word) + `\b`)
		}
	}
	return words
}

// findAll returns what a text has of the words.
func findAll(words map[string]*regexp.Regexp, text string) (found []string) {
	for word, pattern := range words {
		if strings.Contains(text, word) { // which is faster than the pattern, in scripts of a megabyte
			found = append(found, pattern.FindAllString(text, 1)...)
		}
	}
	return found
}

// publicPaths returns the paths that an anonymous caller may get, with the page of every problem type.
func publicPaths(api *apitest.API) (paths []string) {
	for _, route := range api.Table() {
		switch {
		case route.Access != ginauth.Public || route.Method != http.MethodGet || strings.HasPrefix(route.Path, "/docs/swagger-ui") || route.Path == "/docs/LICENSE":
		case route.Path == "/problems/{code}":
			for _, t := range problem.Types() {
				paths = append(paths, "/problems/"+t.Code)
			}
		default:
			paths = append(paths, route.Path)
		}
	}
	return paths
}

func TestWithoutDocumentationItsPathsAreNotFound(t *testing.T) {
	api := apitest.Start(t, apitest.Env("DOCS=off"))
	for _, path := range []string{"/docs/", "/openapi.json", "/docs/inspect"} {
		api.Call(t, "", "GET "+path, "").WantProblem(t, problem.NotFound)
	}
}

// TestAConfigWithoutADocsModeHasNoDocumentation is about a Config that was not read from variables.
func TestAConfigWithoutADocsModeHasNoDocumentation(t *testing.T) {
	issuer := authtest.New("https://id.example.com", apitest.PublicURL)
	verifier, err := auth.Connect(t.Context(), auth.Config{Issuer: issuer.URL, Audience: []string{apitest.PublicURL}, Transport: issuer})
	if err != nil {
		t.Fatal(err)
	}
	api, err := handlers.New(&config.Config{PublicURL: apitest.PublicURL, Issuer: issuer.URL}, handlers.Parts{Verifier: verifier, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/docs/", "/openapi.json"} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s returns %d", path, w.Code)
		}
	}
}
