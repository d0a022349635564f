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
)

// errorKey is the key of the request's error in gin's context. It is not gin's own list of errors: see cut.
type errorKey struct{}

// SetError leaves the error of a request in its context, for the logs, the metrics and the span.
func SetError(c *gin.Context, err error) { c.Set(errorKey{}, err) }

// Error returns the error that SetError left, or nil.
func Error(c *gin.Context) error {
	found, _ := c.Get(errorKey{})
	err, _ := found.(error)
	return err
}

// textsKey is the key of detail and hint in gin's context.
type textsKey struct{}

// SetTexts leaves detail and hint of a problem for the rejection log, as callers get them without ERROR_DETAIL=minimal.
func SetTexts(c *gin.Context, detail, hint string) { c.Set(textsKey{}, [2]string{detail, hint}) }

// requestTexts returns detail and hint that SetTexts left, or those of the type.
func requestTexts(c *gin.Context, t *problem.Type) (detail, hint string) {
	found, _ := c.Get(textsKey{})
	if texts, ok := found.([2]string); ok {
		return texts[0], texts[1]
	}
	return t.Detail, t.Hint
}

// RequestLog returns middleware that logs every request when it is done: its route, but neither query nor
// headers, which may contain secrets. Probes are for debugging only.
func RequestLog(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		defer func() { // also when the connection is cut
			level := slog.LevelInfo
			if IsProbe(c) {
				level = slog.LevelDebug
			}
			if !log.Enabled(c, level) {
				return
			}
			log.LogAttrs(c, level, "request",
				slog.String("request_id", RequestID(c)), slog.String("method", Method(c.Request)),
				slog.String("path", path(c.Request.URL)), slog.String("route", c.FullPath()),
				slog.Int("status", c.Writer.Status()), code(c), cut(c), slog.Int("bytes", max(c.Writer.Size(), 0)),
				slog.Duration("took", time.Since(start)), slog.String("client", c.ClientIP()),
				slog.Any("caller", ginauth.Caller(c)))
		}()
		c.Next()
	}
}

// IsProbe reports whether a request is one that load balancers and orchestrators send every few seconds. Some of
// them ask for OPTIONS / by default, which is not the preflight of a script.
func IsProbe(c *gin.Context) bool {
	switch c.FullPath() {
	case "/healthz", "/readyz":
		return true
	}
	return c.Request.Method == http.MethodOptions && c.Request.URL.Path == "/" &&
		c.GetHeader("Access-Control-Request-Method") == ""
}

// code returns the attribute that names the problem, or an empty one, which a logger leaves out. The request
// log names it as well as the rejection log, which does not have an entry for every rejection.
func code(c *gin.Context) slog.Attr {
	if err := Error(c); err != nil {
		return slog.String("code", problem.Of(err).Code)
	}
	return slog.Attr{}
}

// cut returns the attribute that says why a response ended before it was complete, or an empty one. Gin's list of
// errors has failures to write a response, and why a stream ended.
func cut(c *gin.Context) slog.Attr {
	if err := c.Errors.Last(); err != nil {
		return slog.String("cut", err.Error())
	}
	return slog.Attr{}
}

// Limits of what a caller can write into a log entry. The names that this API gives are shorter.
const (
	maxSegment = 64
	maxPath    = 256
)

// path returns the path of a URL for the log. A segment that is longer than any identifier of this API may be
// a token that was pasted into the URL, and is left out.
func path(u *url.URL) string {
	text := u.EscapedPath()
	if len(text) <= maxSegment {
		return text
	}
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		if len(segment) > maxSegment {
			segments[i] = "..."
		}
	}
	if text = strings.Join(segments, "/"); len(text) > maxPath {
		text = text[:maxPath] + "..."
	}
	return text
}

// methods are the methods that a route can have.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// KnownMethod reports whether a route can have a method.
func KnownMethod(method string) bool { return slices.Contains(methods, method) }

// Method returns the method of a request for logs and metrics, where a caller must not choose the value.
func Method(r *http.Request) string {
	if KnownMethod(r.Method) {
		return r.Method
	}
	return "other"
}
