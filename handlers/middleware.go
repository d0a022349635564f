package handlers

import (
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
)

// securityHeaders returns middleware that sets the headers which restrict what a browser does with a response
// and, where the API has https, keep it there (RFC 6797). Handlers of pages replace them. All responses share the
// values, because five lists for each request would be a fifth of what it allocates.
func securityHeaders(publicURL string) gin.HandlerFunc {
	shared := http.Header{
		"Cache-Control":           {"no-store"},
		"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
		"Referrer-Policy":         {"no-referrer"},
		"X-Content-Type-Options":  {"nosniff"},
	}
	if strings.HasPrefix(publicURL, "https://") {
		shared.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return func(c *gin.Context) { maps.Copy(c.Writer.Header(), shared) }
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
