package telemetry

import (
	"cmp"
	"log/slog"
	"regexp"

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

// receivedKey is the key of an identifier in gin's context that a proxy sent.
type receivedKey struct{}

// plain is an identifier of 1 to 64 letters, digits and marks, as UUIDs and the identifiers of common proxies are.
var plain = regexp.MustCompile(`^[0-9A-Za-z._~+/=:-]{1,64}$`)

// ReceiveRequestID takes the header X-Request-Id of a request from a trusted proxy. The identifier is used if it is alone,
// short and plain.
func ReceiveRequestID(c *gin.Context, header []string) {
	if len(header) == 1 && plain.MatchString(header[0]) {
		c.Set(receivedKey{}, header[0])
	}
}

// SetRequestID is middleware that gives every request an identifier: the one that was received, or a new one. One that a
// caller sends is ignored, because it would stand in the log.
func SetRequestID(c *gin.Context) {
	id := requestID{instance: uuid.NewString()}
	if received, ok := c.Get(receivedKey{}); ok {
		id.id = received.(string)
		if parsed, err := uuid.Parse(id.id); err == nil {
			id.instance = parsed.String()
		}
	}
	id.id = cmp.Or(id.id, id.instance)
	c.Set(requestIDKey{}, id)
	c.Header("X-Request-Id", id.id)
}
