package handlers

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/gatehouse/auth"
	"example.com/gatehouse/config"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
	"github.com/rs/cors"
	"golang.org/x/time/rate"
)

// What scripts of other origins may use: the methods of routes, the headers that the API reads, and those of its
// responses that explain a rejection or prevent one.
var (
	scriptMethods  = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	requestHeaders = []string{"Authorization", "Content-Type", "If-Match", "If-None-Match", "Traceparent", "Tracestate"}
	exposedHeaders = []string{"ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"} // one text, which cors leaves as it is
)

// A crossOrigin lets scripts of CORS_ORIGINS call the API. It responds to preflights, which have no credentials and
// need none (Fetch, section 3.2). A script does not learn why one was rejected, so the log has the reason.
type crossOrigin struct {
	policy           *cors.Cors
	origins, headers []string // that are allowed; headers are in lower case
	log              *slog.Logger
	limit            rate.Sometimes // of log entries, which any client can cause
}

// newCrossOrigin returns the policy of an API. Credentials are the headers that it reads them from, beside Authorization.
func newCrossOrigin(cfg *config.Config, credentials []string, log *slog.Logger) *crossOrigin {
	x := &crossOrigin{origins: cfg.CORSOrigins, log: log, limit: rate.Sometimes{First: 10, Interval: time.Second}}
	for _, name := range slices.Concat(requestHeaders, credentials, cfg.CORSHeaders) {
		x.headers = append(x.headers, strings.ToLower(name))
	}
	x.policy = cors.New(cors.Options{
		AllowOriginFunc: x.allows,
		AllowedMethods:  scriptMethods,
		AllowedHeaders:  x.headers,
		ExposedHeaders:  exposedHeaders,
		MaxAge:          600,
	})
	return x
}

func (x *crossOrigin) allows(origin string) bool { return slices.Contains(x.origins, origin) }

// middleware adds the headers of CORS to a response, and responds to a preflight.
func (x *crossOrigin) middleware(c *gin.Context) {
	if c.Request.Method != http.MethodOptions || c.GetHeader("Access-Control-Request-Method") == "" {
		x.policy.HandlerFunc(c.Writer, c.Request)
		return
	}
	names := namesIn(c.Request.Header, "Access-Control-Request-Headers")
	x.policy.HandlerFunc(c.Writer, c.Request)
	header := c.Writer.Header()
	header.Del("Allow") // by gin, which says whether the path exists
	if header.Get("Access-Control-Allow-Origin") == "" {
		x.limit.Do(func() { x.report(c, names) })
	}
	c.AbortWithStatus(http.StatusNoContent)
}

// namesIn returns the names in a header that lists them, and writes them as browsers do, sorted and in lower case. A
// preflight that a developer wrote may have another order.
func namesIn(header http.Header, name string) []string {
	list := strings.ToLower(strings.Join(header.Values(name), ","))
	names := strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' })
	if len(names) > 0 {
		slices.Sort(names)
		names = slices.Compact(names)
		header.Set(name, strings.Join(names, ","))
	}
	return names
}

// report logs why a preflight was rejected.
func (x *crossOrigin) report(c *gin.Context, names []string) {
	origin, method := c.GetHeader("Origin"), c.GetHeader("Access-Control-Request-Method")
	var reason string
	switch {
	case !x.allows(origin):
		reason = "CORS_ORIGINS does not have the origin"
	case !slices.Contains(scriptMethods, method):
		reason = "no route has the method " + method
	default:
		others := slices.DeleteFunc(names, func(name string) bool { return slices.Contains(x.headers, name) })
		reason = "CORS_HEADERS does not have " + strings.Join(others, ", ")
	}
	x.log.LogAttrs(c, slog.LevelInfo, "preflight rejected", slog.String("request_id", telemetry.RequestID(c)),
		slog.String("origin", auth.Brief(origin)), slog.String("reason", auth.Brief(reason)))
}
