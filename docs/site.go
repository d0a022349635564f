package docs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs/openapi"
)

// A Site is the documentation to be served. Its handlers serve GET and HEAD, are safe for concurrent use, and
// are mounted one by one: none has a wildcard.
type Site struct {
	config    Config
	assets    []Asset
	routes    []ginauth.Route
	snapshots sync.Map // by which of the providers' endpoints are known

	// What few requests ask for is made by the first.
	bearer func() *content         // the document with one way to authenticate
	pages  func() map[string]*page // by the code of the problem; that of the index is empty
}

// A snapshot is what changes once for each provider, when its endpoints become known. The first request for it makes it.
type snapshot struct {
	document *content
	signIn   *content // what anonymous callers get where the document is protected
	policy   string   // Content-Security-Policy of Swagger UI
}

// New returns the documentation of an API.
func New(c Config) (*Site, error) {
	if c.Document == nil {
		c.Document = committed
	}
	var doc struct {
		Info struct{ Title, Version string }
	}
	if err := json.Unmarshal(c.Document, &doc); err != nil {
		return nil, fmt.Errorf("docs/openapi.json: %w", err)
	}
	c.Title, c.Version = cmp.Or(c.Title, doc.Info.Title), cmp.Or(c.Version, doc.Info.Version)
	s := &Site{config: c}
	var err error
	s.assets, err = s.loadAssets()
	return s, err
}

// Describe completes the documentation with what every route asks of its caller. It is called once, when all
// routes are declared and before any is served. Its error names every difference between the routes and the
// document: a program that gets one must not serve.
func (s *Site) Describe(routes []ginauth.Route) error {
	s.routes = routes
	s.bearer = sync.OnceValue(func() *content {
		bearer := s.config.Config
		bearer.BearerOnly = true
		document, _ := openapi.Build(bearer, routes) // Check had no error, so this has none
		return newContent(typeJSON, document)
	})
	s.pages = sync.OnceValue(func() map[string]*page { return s.config.problemPages(routes) })
	return openapi.Check(s.config.Config, routes)
}

func (s *Site) current() *snapshot {
	endpoints, known := s.config.endpoints()
	if made, ok := s.snapshots.Load(known); ok {
		return made.(*snapshot)
	}
	document, _ := openapi.Build(s.config.Config, s.routes, endpoints...) // Check had no error, so these have none
	signIn, _ := openapi.SignIn(s.config.Config, endpoints...)
	made := &snapshot{newContent(typeJSON, document), newContent(typeJSON, signIn), s.config.policy(endpoints)}
	first, _ := s.snapshots.LoadOrStore(known, made)
	return first.(*snapshot)
}

// Document returns the handler of /openapi.json. It asks for no token: where the document is protected, the
// route must. With ?security=bearer a bearer token is the only way to authenticate, for generators whose clients send the
// credentials of every way at once.
func (s *Site) Document() http.Handler {
	return serve(func(r *http.Request) *content {
		if r.URL.Query().Get("security") == "bearer" {
			return s.bearer()
		}
		return s.current().document
	})
}

// serve returns a handler that chooses a content when a request arrives.
func serve(choose func(*http.Request) *content) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		choose(r).ServeHTTP(w, r)
	})
}
