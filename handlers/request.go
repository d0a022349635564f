package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// requestIDKey is where the request's identifier stands in gin's context.
type requestIDKey struct{}

// RequestID returns the identifier of a request: a UUID that its response, its log records and its
// problem share.
func RequestID(c *gin.Context) string {
	found, _ := c.Get(requestIDKey{})
	id, _ := found.(string)
	return id
}

// identify gives every request an identifier of ours. A caller's own is not taken: it would stand
// in the log.
func identify(c *gin.Context) {
	id := uuid.NewString()
	c.Set(requestIDKey{}, id)
	c.Header("X-Request-Id", id)
}

// secure sets the headers that keep a browser from making more of a response than it is, and from
// leaving https where the API has it (RFC 6797). Handlers of pages replace them.
func secure(origin string) gin.HandlerFunc {
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

// access logs every request when it is done: its route, and neither query nor headers, where
// secrets stand.
func access(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		defer func() { // also when the connection is cut
			if !log.Enabled(c, slog.LevelInfo) {
				return
			}
			log.LogAttrs(c, slog.LevelInfo, "request",
				slog.String("request_id", RequestID(c)), traceID(c), slog.String("method", method(c.Request)),
				slog.String("path", path(c.Request.URL)), slog.String("route", c.FullPath()),
				slog.Int("status", c.Writer.Status()), code(c), slog.Int("bytes", max(c.Writer.Size(), 0)),
				slog.Duration("took", time.Since(start)), slog.String("client", c.ClientIP()),
				slog.Any("caller", ginauth.Caller(c)))
		}()
		c.Next()
	}
}

// codeKey is where the code of a problem stands in gin's context. The record of a request names it as
// well, because of refusals that repeat not every one has a record of its own.
type codeKey struct{}

// code returns the attribute of a log record that names the problem, or an empty one, which is left out.
func code(c *gin.Context) slog.Attr {
	if found, refused := c.Get(codeKey{}); refused {
		return slog.Any("code", found)
	}
	return slog.Attr{}
}

// Limits of what a caller can write into a log record: a name that this API gives is shorter.
const (
	maxSegment = 64
	maxPath    = 256
)

// path returns the path of an address for the log. A segment that is longer than any identifier here may
// be a token that somebody pasted into an address, and is cut out.
func path(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		if len(segment) > maxSegment {
			segments[i] = "..."
		}
	}
	text := strings.Join(segments, "/")
	if len(text) > maxPath {
		text = text[:maxPath] + "..."
	}
	return text
}

// methods are those that a route can have. Any other is a caller's invention.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// method returns the method of a request for logs and metrics.
func method(r *http.Request) string {
	if slices.Contains(methods, r.Method) {
		return r.Method
	}
	return "other"
}

// rescue answers a panic with a problem and logs it once, with the stack and without the request's
// headers. Where a part of the answer is on its way already, the connection is cut, so that nobody takes
// it for the whole.
func rescue(problems *Problems) gin.HandlerFunc {
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
