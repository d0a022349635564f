package docs

import (
	"net/http"
	"sync"
	"sync/atomic"

	"example.com/gatehouse/auth/ginauth"
	"golang.org/x/oauth2"
)

// A Site is the documentation to be served. Its handlers answer GET and HEAD, are safe for
// concurrent use, and are mounted one by one: there is no wildcard.
type Site struct {
	config Config
	info   info
	assets []Asset
	doc    object // as it was before Merge
	routes []ginauth.Route
	pages  map[string]*page

	mu     sync.Mutex // held to make an edition
	latest atomic.Pointer[edition]
}

// An edition is what changes once, when the provider's endpoints become known.
type edition struct {
	document *content
	signIn   *content // what strangers get where the document is protected
	policy   string   // Content-Security-Policy of Swagger UI
	complete bool     // whether the endpoints are known
}

// info is what every page says of the API.
type info struct {
	Title, Version string
}

// New returns the documentation of an API. Its error says all that is wrong with the configuration.
func New(c Config) (*Site, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	doc, err := decode(c.Document)
	if err != nil {
		return nil, err
	}
	s := &Site{config: c, info: c.info(doc), doc: doc}
	s.latest.Store(&edition{policy: c.policy(oauth2.Endpoint{})})
	s.assets, err = s.load()
	return s, err
}

// info returns the title and the version that the configuration gives, or else the document.
func (c *Config) info(doc object) info {
	i := info{c.Title, c.Version}
	if i.Title == "" {
		i.Title, _ = child(doc, "info")["title"].(string)
	}
	if i.Version == "" {
		i.Version, _ = child(doc, "info")["version"].(string)
	}
	return i
}

// Describe completes the documentation with what every route asks of its caller. It is called once,
// when all routes are declared and before any is served. Its error names every difference between
// routes and document: a program that gets one must not serve.
func (s *Site) Describe(routes []ginauth.Route) error {
	s.routes = routes
	e, err := s.edit()
	if err != nil {
		return err
	}
	s.latest.Store(e)
	s.pages, err = s.render()
	return err
}

// Document returns the handler of /openapi.json. Where the document is protected, mount it so: it asks
// for no token of its own.
func (s *Site) Document() http.Handler {
	return s.current(func(e *edition) *content { return e.document })
}

// current serves a content of the current edition.
func (s *Site) current(of func(*edition) *content) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if c := of(s.edition()); c != nil {
			c.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable) // Describe was not called
	})
}

// edition returns the current edition, and makes the complete one as soon as that is possible.
func (s *Site) edition() *edition {
	e := s.latest.Load()
	if e.complete || e.document == nil {
		return e
	}
	if _, known := s.config.Endpoint(); !known {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.latest.Load(); e.complete {
		return e
	}
	if next, err := s.edit(); err == nil {
		s.latest.Store(next)
	}
	return s.latest.Load()
}

// edit makes an edition of what is known now.
func (s *Site) edit() (*edition, error) {
	endpoint, known := s.config.Endpoint()
	c := s.config
	c.Endpoint = func() (oauth2.Endpoint, bool) { return endpoint, known }
	document, err := Merge(c, s.routes)
	if err != nil {
		return nil, err
	}
	signIn, err := c.signIn()
	if err != nil {
		return nil, err
	}
	const kind = "application/json"
	return &edition{newContent(kind, document), newContent(kind, signIn), c.policy(endpoint), known}, nil
}
