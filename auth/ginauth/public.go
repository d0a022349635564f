package ginauth

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// A PublicHandler handles a request without a caller. Its error becomes a problem.
type PublicHandler func(c *gin.Context) error

// PublicRoutes makes routes for all callers.
type PublicRoutes struct {
	table  *table
	group  *gin.RouterGroup
	limit  RateLimit
	hidden bool
}

// Limit returns PublicRoutes of which each accepts so many requests of a network in a time: see [Routes.Limit].
func (p PublicRoutes) Limit(requests int, per time.Duration) *PublicRoutes {
	p.limit = RateLimit{Requests: requests, Per: per}
	return &p
}

// Hidden returns PublicRoutes that are left out of the OpenAPI document.
func (p PublicRoutes) Hidden() *PublicRoutes {
	p.hidden = true
	return &p
}

// GET declares a route for GET and HEAD.
func (p *PublicRoutes) GET(path string, h PublicHandler) { p.handle(http.MethodGet, path, h) }

// POST declares a route.
func (p *PublicRoutes) POST(path string, h PublicHandler) { p.handle(http.MethodPost, path, h) }

// PUT declares a route.
func (p *PublicRoutes) PUT(path string, h PublicHandler) { p.handle(http.MethodPut, path, h) }

// PATCH declares a route.
func (p *PublicRoutes) PATCH(path string, h PublicHandler) { p.handle(http.MethodPatch, path, h) }

// DELETE declares a route.
func (p *PublicRoutes) DELETE(path string, h PublicHandler) { p.handle(http.MethodDelete, path, h) }

func (p *PublicRoutes) handle(method, path string, h PublicHandler) {
	route := Route{Method: method, Path: pathIn(p.group, path), Access: Public, Hidden: p.hidden}
	route.Limit = p.limit.of(route.Method, route.Path)
	p.table.add(p.group, route, path, h == nil, func(c *gin.Context) {
		err := p.table.limit(c, route.Limit, nil)
		if err == nil {
			err = h(c)
		}
		if err != nil {
			p.table.reject(c, err)
		}
	})
}
