package docs

import (
	"net/http"
	"sync"
)

// inspector returns the page that asks the API about tokens and rejections. Its script is ui/inspect.js.
func (s *Site) inspector() http.Handler {
	page := sync.OnceValue(func() *content { return s.config.html(parse("pages/layout.html", "pages/inspect.html"), nil) })
	policy := "script-src 'self'; connect-src 'self'; " + stylePolicy(sharedStyle+pageStyle)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w, policy)
		page().ServeHTTP(w, r)
	})
}
