package docs

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"

	"example.com/gatehouse/problem"
)

//go:embed pages
var pages embed.FS

// An entry is a reason as programs read it.
type entry struct {
	Type     string   `json:"type"`
	Code     string   `json:"code"`
	Status   int      `json:"status"`
	OAuth    string   `json:"error,omitempty"` // RFC 6750, section 3.1
	Title    string   `json:"title"`
	Detail   string   `json:"detail"`
	Hint     string   `json:"hint"`
	Causes   []string `json:"causes,omitempty"`
	Operator string   `json:"operator,omitempty"`
}

func (c *Config) entry(r *problem.Type) entry {
	return entry{c.problemType(r), r.Code, r.Status, r.OAuth, r.Title, r.Detail, r.Hint, r.Causes, r.Operator}
}

// A page is something that is served to people and to programs.
type page struct {
	html, json *content
	policy     string
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w, p.policy)
	w.Header().Add("Vary", "Accept")
	if prefersHTML(r) {
		p.html.ServeHTTP(w, r)
		return
	}
	p.json.ServeHTTP(w, r)
}

// Index answers with the list of all problems: a page for who asks for HTML, JSON for anybody else.
func (s *Site) Index(w http.ResponseWriter, r *http.Request) { s.pages[""].ServeHTTP(w, r) }

// Problem answers with what a code means and how to mend it. It reports false, and answers nothing,
// if there is no such code.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, code string) bool {
	p, ok := s.pages[code]
	if !ok || code == "" {
		return false
	}
	p.ServeHTTP(w, r)
	return true
}

// render makes the page of every reason, and the index, whose code is empty.
func (s *Site) render() (map[string]*page, error) {
	p, err := s.newPrinter()
	if err != nil {
		return nil, err
	}
	entries, all := []entry{}, map[string]*page{}
	for _, r := range s.config.Types {
		e := s.config.entry(r)
		entries = append(entries, e)
		if all[r.Code], err = p.page("problem.html", e, s.view(r)); err != nil {
			return nil, err
		}
	}
	all[""], err = p.page("index.html", object{"problems": entries}, s.overview())
	return all, err
}

// overview returns what the index shows.
func (s *Site) overview() object {
	c := &s.config
	return object{
		"Steps": c.steps(), "Reasons": c.Types, "Minimal": c.Minimal,
		"PublicURL": c.PublicURL, "Issuer": c.Issuer, "Audience": c.audience(), "Discovery": c.discovery(),
		"AnyRequest": s.curl("-i", problem.TokenMalformed), "ScopedRequest": s.curl("-si", problem.ScopeInsufficient),
	}
}

// view returns what the page of a reason shows.
func (s *Site) view(r *problem.Type) object {
	return object{
		"Reason": r, "StatusText": http.StatusText(r.Status), "Causes": r.Causes, "Operator": r.Operator, "Minimal": s.config.Minimal,
		"Request": s.curl("-i", r), "Response": s.sent(r), "Step": step(r),
	}
}

// A printer makes pages in one style.
type printer struct {
	site      *Site
	style     template.HTML
	policy    string
	templates map[string]*template.Template // that were parsed
}

func (s *Site) newPrinter() (*printer, error) {
	shared, err := ui.ReadFile("ui/gatehouse.css")
	if err != nil {
		return nil, err
	}
	own, err := pages.ReadFile("pages/style.css")
	style := string(shared) + string(own)
	sheet := template.HTML("<style>" + style + "</style>")
	return &printer{s, sheet, stylePolicy(style), map[string]*template.Template{}}, err
}

// page makes a page of a template and what it shows, with data as its JSON.
func (p *printer) page(name string, data any, view object) (*page, error) {
	html, err := p.html(name, view)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(data)
	return &page{newContent(kinds[".html"], html), newContent("application/json", append(b, '\n')), p.policy}, err
}

// html fills a template in.
func (p *printer) html(name string, view object) ([]byte, error) {
	t, err := p.template(name)
	if err != nil {
		return nil, err
	}
	view["Title"], view["Version"] = p.site.info.Title, p.site.info.Version
	c := &p.site.config
	view["Style"], view["UI"], view["Document"] = p.style, !c.NoUI, !c.NoUI && !c.Protected
	var html bytes.Buffer
	err = t.Execute(&html, view)
	return html.Bytes(), err
}

// template parses a template when it is first asked for.
func (p *printer) template(name string) (*template.Template, error) {
	if t, ok := p.templates[name]; ok {
		return t, nil
	}
	t, err := template.ParseFS(pages, "pages/layout.html", "pages/"+name)
	p.templates[name] = t
	return t, err
}
