package devidp

import (
	"net/http"
	"net/url"
)

// crossOrigin names the endpoints that a client in a browser calls from its own origin.
var crossOrigin = map[string]bool{
	"/.well-known/openid-configuration":       true,
	"/.well-known/oauth-authorization-server": true,
	"/jwks": true, "/token": true, "/revoke": true, "/userinfo": true, "/device_authorization": true,
}

// origins returns the origins of the registered redirect URIs of public clients. The loopback
// redirects of a program are no origins: it does not run in a browser.
func (c Config) origins() map[string]bool {
	origins := map[string]bool{}
	for _, client := range c.Clients {
		for _, uri := range client.RedirectURIs {
			if u, err := url.Parse(uri); err == nil && client.public() {
				origins[u.Scheme+"://"+u.Host] = true
			}
		}
	}
	return origins
}

// cors lets the pages of those origins, and of no other, read the answers of these endpoints.
// Credentials are not allowed: none of them looks at a cookie.
func (p *Provider) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !crossOrigin[r.URL.Path] {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if !p.origins[origin] {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, x-requested-with")
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}
