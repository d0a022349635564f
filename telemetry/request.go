package telemetry

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
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

// SetRequestID is middleware that gives every request an identifier of ours. A caller's own is not taken:
// it would stand in the log.
func SetRequestID(c *gin.Context) {
	id := uuid.NewString()
	c.Set(requestIDKey{}, id)
	c.Header("X-Request-Id", id)
}

// RequestLog is middleware that logs every request when it is done: its route, and neither query nor
// headers, where secrets stand.
func RequestLog(log *slog.Logger) gin.HandlerFunc {
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

// failure returns the error that a request was answered with, or nil. Who writes a problem leaves its error
// in the context ([gin.Context.Error]); the logs, the metrics and the span read it when the request is done.
func failure(c *gin.Context) error {
	if last := c.Errors.Last(); last != nil {
		return last.Err
	}
	return nil
}

// code returns the attribute of a log entry that names the problem, or an empty one, which is left out. The
// entry of a request names it too, because of rejections that repeat not every one has an entry of its own.
func code(c *gin.Context) slog.Attr {
	if err := failure(c); err != nil {
		return slog.String("code", problem.Of(err).Code)
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
