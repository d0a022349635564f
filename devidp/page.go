package devidp

import (
	"bytes"
	"embed"
	"net/http"
	"net/url"
)

//go:embed pages
var files embed.FS

// securityHeaders sets the headers of every response, also of those that are no pages.
//
// There is no form-action, because Chromium applies it to redirects that follow a form, and a login ends
// with a redirect to the client. There is no Cross-Origin-Opener-Policy, because the page that a login
// popup returns to must reach its opener. The referrer policy is same-origin, because with no-referrer
// browsers post forms with the origin null, which looks like another site.
func securityHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; "+
		"base-uri 'none'; frame-ancestors 'none'")
}

// browser returns the handler of an endpoint that the user's browser visits. It shows the errors of the
// endpoint to the user.
func (p *Provider) browser(read func(*http.Request) (url.Values, error), endpoint func(http.ResponseWriter, url.Values) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, err := read(r)
		if err == nil {
			err = endpoint(w, q)
		}
		if err != nil {
			e := p.report(err)
			p.page(w, e.status, "message.html", messagePage{"This request failed", e.description})
		}
	})
}

// A messagePage shows one message.
type messagePage struct {
	Title, Text string
}

// page writes a page, whole or not at all.
func (p *Provider) page(w http.ResponseWriter, status int, name string, data any) {
	var body bytes.Buffer
	if err := p.pages.ExecuteTemplate(&body, name, data); err != nil {
		p.log.Error("page failed", "page", name, "err", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	body.WriteTo(w) // fails only when the client has gone
}
