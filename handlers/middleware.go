package handlers

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
)

// securityHeaders returns middleware that sets the headers which restrict what a browser does with a response
// and, where the API has https, keep it there (RFC 6797). Handlers of pages replace them.
func securityHeaders(publicURL string) gin.HandlerFunc {
	https := strings.HasPrefix(publicURL, "https://")
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
	}
}

// recoverPanics returns middleware that responds to a panic with a problem, whose error has the stack and no
// header of the request. After a partial response it closes the connection, so that the caller does not take
// the part for the whole.
func recoverPanics(problems *Problems) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			switch found := recover(); found {
			case nil:
			case http.ErrAbortHandler:
				panic(found)
			default:
				c.Abort()
				partial := c.Writer.Written()
				problems.Write(c, fmt.Errorf("panic: %v\n%s", found, debug.Stack()))
				if partial {
					panic(http.ErrAbortHandler)
				}
			}
		}()
		c.Next()
	}
}
