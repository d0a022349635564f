package devidp

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed pages
var files embed.FS

// parsePages reads every page together with the layout that surrounds it.
func parsePages() (map[string]*template.Template, error) {
	pages := map[string]*template.Template{}
	for _, name := range []string{"index.html", "login.html", "code.html", "note.html"} {
		page, err := template.ParseFS(files, "pages/layout.html", "pages/"+name)
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		pages[name] = page
	}
	return pages, nil
}

// secure sets the headers that every response has, whether or not it is a page.
//
// There is no form-action: Chromium applies it to the redirect that answers a form as well, and a
// login ends with a redirect to the client. Cross-Origin-Opener-Policy is missing too, because the
// page that a login popup returns to has to reach its opener. The referrer stays within this origin:
// with no-referrer browsers would post the forms with the origin null, which looks cross-site.
func secure(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; "+
		"base-uri 'none'; frame-ancestors 'none'")
}

// page writes a page, whole or not at all.
func (p *Provider) page(w http.ResponseWriter, status int, name string, data any) {
	var body bytes.Buffer
	if err := p.pages[name].ExecuteTemplate(&body, "layout.html", data); err != nil {
		p.log.Error("page failed", "page", name, "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	body.WriteTo(w) // fails only when the caller has gone
}

// A notePage says one thing.
type notePage struct {
	Title, Text string
}

// fail shows an error to a user, when there is no client to be told of it.
func (p *Provider) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := p.asRefusal(r, err)
	p.page(w, e.status, "note.html", notePage{"This request cannot be answered", e.description})
}

// index introduces the provider to whoever opens its address.
func (p *Provider) index(w http.ResponseWriter, r *http.Request) {
	p.page(w, http.StatusOK, "index.html", p.cfg)
}

func (p *Provider) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, files, "pages/style.css")
}

// noIcon answers the browser that asks for an icon with nothing, instead of an error in its console.
func noIcon(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }
