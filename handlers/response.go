package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// writeJSON responds with a value as JSON, which is always UTF-8: its media type has no parameter (RFC 8259,
// section 11). It returns nil, as a handler does that has responded.
func writeJSON(c *gin.Context, status int, v any) error {
	c.Header("Content-Type", "application/json")
	c.JSON(status, v)
	return nil
}

// noContent responds to a request that succeeded and has nothing to return.
func noContent(c *gin.Context) error {
	c.Status(http.StatusNoContent)
	return nil
}

// setHeader sets a header with its name as the RFCs write it, such as ETag. net/http would write Etag, which is
// the same name (RFC 9110, section 5.1), but not for every client.
func setHeader(c *gin.Context, name, value string) { c.Writer.Header()[name] = []string{value} }
