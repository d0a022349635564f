package docs

import (
	"cmp"
	"net/http"
	"strings"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
)

// A ProblemType is a type of problem, with the address of its page.
type ProblemType struct {
	URL string `json:"type" format:"uri" example:"http://localhost:8080/problems/token-expired"` // its page
	*problem.Type
	Variants []Variant `json:"variants,omitempty"` // what else it says, by what was observed
}

// ProblemTypes are all types of problems.
type ProblemTypes struct {
	Problems []ProblemType `json:"problems"`
}

// Index serves the list of all problems.
func (s *Site) Index(w http.ResponseWriter, r *http.Request) { s.pages()[""].ServeHTTP(w, r) }

// Problem serves the page of a code. It reports false, and writes nothing, if there is no such code.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, code string) bool {
	p, ok := s.pages()[code]
	if !ok || code == "" {
		return false
	}
	p.ServeHTTP(w, r)
	return true
}

// problemPages renders the page of every problem, and the index, whose code is empty.
func (c *Config) problemPages(routes []ginauth.Route) map[string]*page {
	t, url := parse("pages/layout.html", "pages/problem.html"), c.exampleURL(routes)
	all, types := map[string]*page{}, []ProblemType{}
	for _, p := range problem.Types() {
		entry := ProblemType{p.URL(c.PublicURL), p, c.variantsOf(p)}
		types = append(types, entry)
		all[p.Code] = c.page(t, c.viewOf(p, url), entry)
	}
	index := indexView{steps(), types, url, cmp.Or(strings.Join(c.Audience, " or "), "this API")}
	all[""] = c.page(parse("pages/layout.html", "pages/index.html"), index, ProblemTypes{types})
	return all
}

// An indexView is what the index shows.
type indexView struct {
	Steps          [5][]*problem.Type
	Types          []ProblemType
	URL, Audiences string
}
