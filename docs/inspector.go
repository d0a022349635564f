package docs

import "net/http"

// inspector returns the page that asks the API about tokens and refusals. Its script is the one in
// ui/inspect.js, and speaks to the API that served it and to nobody else.
func (s *Site) inspector() (Asset, error) {
	p, err := s.newPrinter()
	if err != nil {
		return Asset{}, err
	}
	html, err := p.html("inspect.html", object{})
	if err != nil {
		return Asset{}, err
	}
	page, policy := newContent(kinds[".html"], html), "script-src 'self'; connect-src 'self'; "+p.policy
	return Asset{"/docs/inspect", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w, policy)
		page.ServeHTTP(w, r)
	})}, nil
}
