package telemetry

import (
	"context"
	"log/slog"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// A requestID identifies a request in the log.
type requestID struct {
	id       string // the header X-Request-Id
	instance string // the UUID of its problem: id, unless a proxy sent something else
}

// requestIDKey is the key of the requestID in gin's context.
type requestIDKey struct{}

func findRequestID(c *gin.Context) requestID {
	found, _ := c.Get(requestIDKey{})
	id, _ := found.(requestID)
	return id
}

// RequestID returns the identifier of a request, which its response and its log entries share: a UUID, or what a
// trusted proxy sent.
func RequestID(c *gin.Context) string { return findRequestID(c).id }

// Instance returns the UUID of a request, which its problem and its entry in the rejection log share.
func Instance(c *gin.Context) string { return findRequestID(c).instance }

// otherInstance returns the attribute that leads from a problem to the log if the identifier does not.
func otherInstance(c *gin.Context) slog.Attr {
	if id := findRequestID(c); id.instance != id.id {
		return slog.String("instance", id.instance)
	}
	return slog.Attr{}
}

// receivedKey is the key of an identifier in the context of a request.
type receivedKey struct{}

// WithRequestID returns the context of a request whose header X-Request-Id a trusted proxy sent. The identifier is
// used if it is alone, short and plain.
func WithRequestID(ctx context.Context, header []string) context.Context {
	if len(header) != 1 || !plain(header[0]) {
		return ctx
	}
	return context.WithValue(ctx, receivedKey{}, header[0])
}

// plain reports whether an identifier has 1 to 64 letters, digits and marks, as UUIDs and the identifiers of common
// proxies have.
func plain(id string) bool {
	return id != "" && len(id) <= maxSegment && strings.IndexFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune("-._~+/=:", r)
	}) < 0
}

// SetRequestID is middleware that gives every request an identifier. One that a caller sends is ignored, because it
// would stand in the log.
func SetRequestID(c *gin.Context) {
	id := newRequestID(c.Request.Context())
	c.Set(requestIDKey{}, id)
	c.Header("X-Request-Id", id.id)
}

// newRequestID returns the identifier that a trusted proxy sent, or a new one.
func newRequestID(ctx context.Context) requestID {
	received, ok := ctx.Value(receivedKey{}).(string)
	if !ok {
		id := uuid.NewString()
		return requestID{id, id}
	}
	if parsed, err := uuid.Parse(received); err == nil {
		return requestID{received, parsed.String()}
	}
	return requestID{received, uuid.NewString()}
}
