package handlers

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
)

// securityHeaders sets the headers that keep a browser from making more of a response than it is, and from
// leaving https where the API has it (RFC 6797). Handlers of pages replace them.
func securityHeaders(origin string) gin.HandlerFunc {
	https := strings.HasPrefix(origin, "https://")
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

// recoverPanics answers a panic with a problem and logs it once, with the stack and without the request's
// headers. Where a part of the answer is on its way already, the connection is cut, so that nobody takes
// it for the whole.
func recoverPanics(problems *Problems) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			switch found := recover(); found {
			case nil:
			case http.ErrAbortHandler:
				panic(found)
			default:
				c.Abort()
				begun := c.Writer.Written()
				problems.Write(c, fmt.Errorf("panic: %v\n%s", found, debug.Stack()))
				if begun {
					panic(http.ErrAbortHandler)
				}
			}
		}()
		c.Next()
	}
}
