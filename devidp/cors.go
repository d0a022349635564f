package devidp

import (
	"net/http"
	"net/url"
)

// crossOrigin has the endpoints that a client in a browser calls from its own origin.
var crossOrigin = map[string]bool{
	"/.well-known/openid-configuration":       true,
	"/.well-known/oauth-authorization-server": true,
	"/jwks": true, "/token": true, "/revoke": true, "/userinfo": true, "/device_authorization": true,
}

// origins returns the origins of the redirect URIs of public clients. Loopback redirects do not count:
// such a client does not run in a browser.
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

// cors lets the pages of those origins read the responses of these endpoints. Credentials are not allowed,
// since no endpoint reads cookies.
func (p *Provider) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !crossOrigin[r.URL.Path] {
			next.ServeHTTP(w, r)
			return
		}
		header, origin := w.Header(), r.Header.Get("Origin")
		header.Add("Vary", "Origin")
		allowed := p.origins[origin]
		if allowed {
			header.Set("Access-Control-Allow-Origin", origin)
		}
		if !allowed || r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		header.Set("Access-Control-Allow-Methods", "GET, POST")
		header.Set("Access-Control-Allow-Headers", "authorization, content-type, x-requested-with")
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}
