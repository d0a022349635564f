package docs

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
)

//go:embed pages/*.html
var pages embed.FS

// The styles of the pages that have them inside.
var (
	//go:embed ui/gatehouse.css
	sharedStyle string
	//go:embed pages/style.css
	pageStyle string
)

// A view is what a template shows.
type view struct {
	*Config
	Style     template.HTML
	Inspector bool // whether there is a link to it
	Page      any
}

// html renders a template of the folder pages. The templates are embedded, so that a test finds any mistake in them.
func (c *Config) html(t *template.Template, page any) *content {
	var b bytes.Buffer
	style := template.HTML("<style>" + sharedStyle + pageStyle + "</style>")
	if err := t.Execute(&b, view{c, style, c.hasInspector(), page}); err != nil {
		panic(err)
	}
	return newContent(typeHTML, b.Bytes())
}

// hasInspector reports whether the site has an inspector, which is a part that a product can leave out.
func (c *Config) hasInspector() bool {
	_, err := pages.Open("pages/inspect.html")
	return err == nil && !c.NoUI
}

// parse returns the template of files in the folder pages.
func parse(names ...string) *template.Template {
	return template.Must(template.ParseFS(pages, names...))
}

// A page is served as HTML to people and as JSON to programs.
type page struct {
	html, json *content
	policy     string
}

// page renders a page, with data as its JSON.
func (c *Config) page(t *template.Template, shown, data any) *page {
	b, _ := json.Marshal(data) // of strings and numbers: there is no error
	return &page{c.html(t, shown), newContent(typeJSON, append(b, '\n')), stylePolicy(sharedStyle + pageStyle)}
}

// ServeHTTP serves the form that the client prefers.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w, p.policy)
	w.Header().Add("Vary", "Accept")
	if prefersHTML(r) {
		p.html.ServeHTTP(w, r)
		return
	}
	p.json.ServeHTTP(w, r)
}
