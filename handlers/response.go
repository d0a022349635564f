package handlers

import "github.com/gin-gonic/gin"

// writeJSON responds with a value as JSON, which is always UTF-8: its media type has no parameter (RFC 8259,
// section 11).
func writeJSON(c *gin.Context, status int, v any) {
	c.Header("Content-Type", "application/json")
	c.JSON(status, v)
}

// setHeader sets a header with its name as the RFCs write it, such as ETag. net/http would write Etag, which is
// the same name (RFC 9110, section 5.1), but not for every client.
func setHeader(c *gin.Context, name, value string) { c.Writer.Header()[name] = []string{value} }
