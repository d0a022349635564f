package docs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/docs/openapi"
	"golang.org/x/oauth2"
)

// A Site is the documentation to be served. Its handlers serve GET and HEAD, are safe for concurrent use, and
// are mounted one by one: none has a wildcard.
type Site struct {
	config  Config
	assets  []Asset
	pages   map[string]*page // by the code of the problem; that of the index is empty
	current func() *snapshot
}

// A snapshot is what changes once, when the provider's endpoints become known.
type snapshot struct {
	document *content
	bearer   *content // the document with one way to authenticate
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
	endpoint, known := s.config.Endpoint()
	first, err := s.snapshot(routes, endpoint)
	if err != nil {
		return err
	}
	complete := sync.OnceValue(func() *snapshot {
		endpoint, _ := s.config.Endpoint()
		later, _ := s.snapshot(routes, endpoint) // the first had no error, so this has none
		return later
	})
	s.current = func() *snapshot {
		if _, now := s.config.Endpoint(); now && !known {
			return complete()
		}
		return first
	}
	s.pages = s.config.problemPages(routes)
	return nil
}

func (s *Site) snapshot(routes []ginauth.Route, endpoint oauth2.Endpoint) (*snapshot, error) {
	document, err := openapi.Build(s.config.Config, routes, endpoint)
	if err != nil {
		return nil, err
	}
	bearer, _ := openapi.Build(s.config.Config, routes, oauth2.Endpoint{}) // as above: there is no error
	signIn, err := openapi.SignIn(s.config.Config, endpoint)
	return &snapshot{
		newContent(typeJSON, document), newContent(typeJSON, bearer), newContent(typeJSON, signIn),
		s.config.policy(endpoint),
	}, err
}

// Document returns the handler of /openapi.json. It asks for no token: where the document is protected, the
// route must.
func (s *Site) Document() http.Handler {
	return s.serve(func(now *snapshot) *content { return now.document })
}

// BearerDocument returns the handler of /openapi.json?security=bearer: the document in which a bearer token is the
// only way to authenticate, for generators whose clients send the credentials of every way at once.
func (s *Site) BearerDocument() http.Handler {
	return s.serve(func(now *snapshot) *content { return now.bearer })
}

// serve returns a handler of a content of the current snapshot.
func (s *Site) serve(of func(*snapshot) *content) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		of(s.current()).ServeHTTP(w, r)
	})
}
