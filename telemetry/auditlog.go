package telemetry

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// An AuditLog writes who changed what: a record of each request to a route that is declared as audited, whether it was
// accepted or rejected. Records do not repeat what callers sent, are not suppressed, and do not depend on LOG_LEVEL.
type AuditLog struct {
	Handler slog.Handler // writes each record at once
	Log     *slog.Logger // receives an error of the Handler
}

// auditMessage is the message of every record of the audit log.
const auditMessage = "audit"

// What became of an audited request, if not the code of a problem.
const (
	outcomeSuccess = "success"
	outcomeUnknown = "unknown" // the caller closed the connection, or the handler did not end; the change may be made
)

// Middleware writes the record when the handler has returned, which is before the end of the response.
func (l *AuditLog) Middleware(c *gin.Context) {
	returned := false
	defer func() { // also when the connection is cut
		if route := ginauth.Declared(c); route.Audited {
			l.write(c, route, returned)
		}
	}()
	c.Next()
	returned = true
}

func (l *AuditLog) write(c *gin.Context, route ginauth.Route, returned bool) {
	record := slog.NewRecord(time.Now(), slog.LevelInfo, auditMessage, 0)
	record.AddAttrs(
		slog.String("request_id", RequestID(c)), otherInstance(c),
		slog.Any("actor", ginauth.Caller(c)), credential(c.Request), slog.String("client", c.ClientIP()),
		slog.String("action", route.Method+" "+route.Path), slog.String("resource", resourcePath(c)),
		slog.String("outcome", outcome(c, returned)), slog.Int("status", c.Writer.Status()))
	if err := l.Handler.Handle(c, record); err != nil {
		l.Log.ErrorContext(c, "audit record not written", "request_id", RequestID(c), "err", err)
	}
}

// credential returns the attribute that identifies what the caller authenticated with, or an empty one.
func credential(r *http.Request) slog.Attr {
	token, err := auth.BearerToken(r)
	if err != nil {
		return slog.Attr{}
	}
	return slog.Group("credential", slog.String("token", token.Fingerprint()))
}

// resourcePath returns the path of what was created, or else that of the request. It is that of a route, without the
// path of PUBLIC_URL.
func resourcePath(c *gin.Context) string {
	requested := path(c.Request.URL)
	location, err := url.Parse(c.Writer.Header().Get("Location"))
	if c.Writer.Status() != http.StatusCreated || err != nil || location.Path == "" {
		return requested
	}
	created := path(location)
	return created[max(strings.LastIndex(created, requested), 0):]
}

func outcome(c *gin.Context, returned bool) string {
	switch err := Error(c); {
	case err != nil:
		return problem.Of(err).Code
	case returned && c.Writer.Status() < http.StatusBadRequest:
		return outcomeSuccess
	}
	return outcomeUnknown
}
