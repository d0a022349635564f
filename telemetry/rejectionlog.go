package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
)

// Limits of a RejectionLog.
const (
	maxEntries        = 300         // that Find can return
	maxRepeats        = 10          // that are logged of one kind in a window
	maxCounters       = 10_000      // of a window
	suppressionWindow = time.Minute // after which suppressed entries are summarized
)

// A RejectionLog logs every rejection once and in full, and stores the latest entries for the inspector.
// Entries that repeat are counted and summarized, so that a flood of requests does not flood the log. It is
// safe for concurrent use.
type RejectionLog struct {
	Log      *slog.Logger
	Verifier *auth.Verifier // explains tokens; nil to leave them out

	mu       sync.Mutex
	entries  []Rejection            // the latest is the last
	counters map[suppressionKey]int // of this window; nil before its first rejection
}

// A suppressionKey is one kind of rejection: a code, and the network that it was sent to.
type suppressionKey struct{ code, client string }

// suppressionKind returns the kind of a rejection, and whether entries of this kind repeat each other. An outage has
// one cause for all clients. Any other server error may have a cause of its own.
func suppressionKind(c *gin.Context, t *problem.Type) (key suppressionKey, repeats bool) {
	switch {
	case t.Status == http.StatusServiceUnavailable:
		return suppressionKey{t.Code, "all"}, true
	case ServerError(t.Status):
		return suppressionKey{}, false
	}
	return suppressionKey{t.Code, ginauth.Network(c.ClientIP())}, true
}

// Middleware logs the problem of a request when the request is done.
func (l *RejectionLog) Middleware(c *gin.Context) {
	defer func() { // also when the connection is cut
		if err := Error(c); err != nil {
			l.log(c, problem.Of(err), err)
		}
	}()
	c.Next()
}

func (l *RejectionLog) log(c *gin.Context, t *problem.Type, err error) {
	level := slog.LevelInfo
	if ServerError(t.Status) {
		level = slog.LevelError
	}
	if key, repeats := suppressionKind(c, t); repeats && l.suppress(key) {
		return
	}
	r := newRejection(c, t, err, l.Verifier)
	l.append(r)
	attrs := []slog.Attr{
		slog.String("code", r.Code), slog.Int("status", r.Status), slog.String("request_id", RequestID(c)), otherInstance(c),
		slog.String("method", r.Method), slog.String("route", r.Route), slog.Any("caller", ginauth.Caller(c)),
	}
	attrs = append(attrs, r.attrs()...)
	l.Log.LogAttrs(c, level, "request rejected", append(attrs, slog.String("err", r.Err))...)
}

// ServerError reports whether a status is about a failure of the server. 501 is about a method that the client
// invented.
func ServerError(status int) bool {
	return status >= http.StatusInternalServerError && status != http.StatusNotImplemented
}

// append stores an entry, and drops the oldest of too many.
func (l *RejectionLog) append(r Rejection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries[max(0, len(l.entries)-maxEntries+1):], r)
}

// Find returns the entry of an instance, if it is among the latest.
func (l *RejectionLog) Find(instance string) (Rejection, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.entries, func(r Rejection) bool { return r.Instance == instance })
	if i < 0 {
		return Rejection{}, false
	}
	return l.entries[i], true
}

// suppress counts a rejection, and reports whether it is one too many for the log. The first rejection of a
// window starts its timer.
func (l *RejectionLog) suppress(key suppressionKey) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counters == nil {
		l.counters = map[suppressionKey]int{}
		time.AfterFunc(suppressionWindow, l.Flush)
	}
	if _, known := l.counters[key]; !known && len(l.counters) >= maxCounters {
		key.client = "others"
	}
	l.counters[key]++
	return l.counters[key] > maxRepeats
}

// Flush logs how many entries were suppressed, and ends the window. Call it at the end of the program.
func (l *RejectionLog) Flush() {
	l.mu.Lock()
	counters := l.counters
	l.counters = nil
	l.mu.Unlock()
	for key, n := range counters {
		if n > maxRepeats {
			l.Log.LogAttrs(context.Background(), slog.LevelWarn, "requests rejected repeatedly",
				slog.String("code", key.code), slog.String("client", key.client), slog.Int("more", n-maxRepeats))
		}
	}
}
