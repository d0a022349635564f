package ginauth

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// A PublicHandler handles a request without a caller. Its error becomes a problem.
type PublicHandler func(c *gin.Context) error

// PublicRoutes makes routes for all callers.
type PublicRoutes struct {
	table  *table
	group  *gin.RouterGroup
	hidden bool
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
	route := Route{Method: method, Access: Public, Hidden: p.hidden}
	p.table.add(p.group, route, path, h == nil, func(c *gin.Context) {
		if err := h(c); err != nil {
			p.table.reject(c, err)
		}
	})
}
