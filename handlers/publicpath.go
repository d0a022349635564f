package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/config"
)

// removePublicPath returns a handler that passes requests on with the paths of routes, whether or not the proxy has
// removed the path of PUBLIC_URL. What follows it, such as limits, logs and metrics, knows the paths of routes alone.
func (a *API) removePublicPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived := r.URL.EscapedPath()
		if path := a.config.RoutePath(arrived); path != arrived {
			inner, u := *r, *r.URL
			u.Path, _ = url.PathUnescape(path) // net/http has parsed it
			if u.RawPath != "" {
				u.RawPath = path
			}
			inner.URL = &u
			r = &inner
		}
		next.ServeHTTP(w, r)
	})
}

// checkPublicPath reports a path of PUBLIC_URL that may be the path of a route: a request does not say which it is.
func checkPublicPath(cfg *config.Config, table []ginauth.Route) error {
	base := cfg.BasePath()
	if base == "" || cfg.PublicPath != "" {
		return nil
	}
	first := firstSegment(base)
	for _, route := range table {
		if segment := firstSegment(route.Path); segment == first || strings.HasPrefix(segment, "{") {
			return fmt.Errorf("PUBLIC_PATH: not set: the path of PUBLIC_URL begins like the route %s %s. "+
				"Set it to kept if the proxy passes %s on, and to stripped if the proxy removes it", route.Method, route.Path, base)
		}
	}
	return nil
}

func firstSegment(path string) string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return segment
}
