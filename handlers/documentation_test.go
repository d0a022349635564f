package handlers_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/auth/authtest"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/problem"
)

func protectedDocs(c *handlers.Config) { c.Docs = handlers.DocsProtected }

func TestAProtectedDocumentAsksForATokenLikeAnyRoute(t *testing.T) {
	s := serve(t, protectedDocs)
	resource := `resource_metadata="` + origin + `/.well-known/oauth-protected-resource"`
	for _, test := range []struct {
		name, token string
		reason      *problem.Type
		challenge   string
	}{
		{"no token", "", problem.CredentialsMissing, `Bearer realm="gatehouse", ` + resource},
		{"an expired token", s.issuer.Token(authtest.Claims{"exp": 1}), problem.TokenExpired,
			`Bearer realm="gatehouse", error="invalid_token", error_description="The access token expired.", ` + resource},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := s.call(t, test.token, "GET /openapi.json", "")
			got.wantProblem(t, test.reason, "")
			if challenge := got.header.Get("WWW-Authenticate"); challenge != test.challenge {
				t.Errorf("got challenge %s, want %s", challenge, test.challenge)
			}
		})
	}
	t.Run("any token is enough", func(t *testing.T) {
		got := s.call(t, s.token("alice", ""), "GET /openapi.json", "")
		if got.status != http.StatusOK || !strings.Contains(got.body, `"operationId":"listItems"`) {
			t.Errorf("answers %d %s", got.status, got.body)
		}
	})
}

func TestThePageOfAProtectedDocumentIsWhereOneSignsIn(t *testing.T) {
	s := serve(t, protectedDocs)
	for path, kind := range map[string]string{
		"/docs/": "text/html", "/docs/init.js": "text/javascript", "/docs/operations.css": "text/css",
		"/docs/oauth2-redirect.html": "text/html", "/docs/sign-in.json": "application/json",
	} {
		got := s.call(t, "", "GET "+path, "")
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), kind) {
			t.Errorf("%s: a stranger gets %d %s", path, got.status, got.header.Get("Content-Type"))
		}
	}
	type document struct {
		Components struct{ SecuritySchemes map[string]any }
		Paths      map[string]any
	}
	whole := decode[document](t, s.call(t, s.user("alice"), "GET /openapi.json", "").body)
	signIn := decode[document](t, s.call(t, "", "GET /docs/sign-in.json", "").body)
	schemes := slices.Sorted(maps.Keys(signIn.Components.SecuritySchemes))
	if want := slices.Sorted(maps.Keys(whole.Components.SecuritySchemes)); !slices.Equal(schemes, want) || len(schemes) != 3 {
		t.Errorf("got schemes %q, want %q", schemes, want)
	}
	if len(signIn.Paths) != 0 || len(whole.Paths) == 0 {
		t.Errorf("a stranger is told of %d paths, and a caller of %d", len(signIn.Paths), len(whole.Paths))
	}
}

// TestAProtectedDocumentIsNotToldByOtherMeans reads all that is public, and looks for the operations that ask for a
// token. Swagger UI itself is left out: it is what was published, and says /items of schemas.
func TestAProtectedDocumentIsNotToldByOtherMeans(t *testing.T) {
	api, issuer := newAudited(t, protectedDocs)
	document := ask(t, api, "/openapi.json", "Authorization", "Bearer "+issuer.Token())
	told := operationsForCallers(t, api, document)
	if found := told.FindAllString(document, -1); len(found) < 20 {
		t.Fatalf("%s finds only %q in the document", told, found)
	}
	for _, path := range publicPaths(api) {
		for _, accept := range []string{"text/html", "application/json"} {
			if found := told.FindString(ask(t, api, path, "Accept", accept)); found != "" {
				t.Errorf("%s as %s tells of %q", path, accept, found)
			}
		}
	}
}

// operationsForCallers matches path, name and summary of every operation that asks for a token.
func operationsForCallers(t *testing.T, api audited, document string) *regexp.Regexp {
	t.Helper()
	doc := decode[struct {
		Paths map[string]map[string]struct{ OperationID, Summary string }
	}](t, document)
	var words []string
	for _, route := range api.Table() {
		if route.Access != ginauth.Protected || route.Hidden {
			continue
		}
		operation := doc.Paths[route.Path][strings.ToLower(route.Method)]
		for _, word := range []string{route.Path, operation.OperationID, operation.Summary} {
			words = append(words, regexp.QuoteMeta(word))
		}
	}
	return regexp.MustCompile(`(?:` + strings.Join(words, "|") + `)\b`)
}

// publicPaths returns what anybody may get, with every problem.
func publicPaths(api audited) (paths []string) {
	for _, route := range api.Table() {
		switch {
		case route.Access != ginauth.Public || route.Method != http.MethodGet || strings.HasPrefix(route.Path, "/docs/swagger-ui"):
		case route.Path == "/problems/{code}":
			for _, reason := range problem.Types() {
				paths = append(paths, "/problems/"+reason.Code)
			}
		default:
			paths = append(paths, route.Path)
		}
	}
	return paths
}

// ask returns what is at a path, for a request with a header.
func ask(t *testing.T, api audited, path, header, value string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(t.Context())
	r.Header.Set(header, value)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	if w.Code != http.StatusOK && w.Code != http.StatusPermanentRedirect {
		t.Fatalf("%s: answers %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestADocumentationThatNobodyAskedForIsOff(t *testing.T) {
	s := serve(t, func(c *handlers.Config) { c.Docs = "" })
	for _, path := range []string{"/docs/", "/openapi.json", "/docs/inspect"} {
		s.call(t, "", "GET "+path, "").wantProblem(t, problem.NotFound, "")
	}
}
