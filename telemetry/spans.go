package telemetry

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"example.com/gatehouse/problem"
	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// NewTracer returns what makes the spans of an API.
func NewTracer(provider trace.TracerProvider, version string) trace.Tracer {
	return provider.Tracer("example.com/gatehouse/handlers",
		trace.WithInstrumentationVersion(version), trace.WithSchemaURL(semconv.SchemaURL))
}

// Spans is middleware that gives every request a span, which joins the trace that traceparent names (W3C Trace Context).
// Its name and attributes are those of the semantic conventions for HTTP servers, but for what a caller
// chose: query, headers, path and address stay out. It stands before all that may answer.
func Spans(tracer trace.Tracer, origin string) gin.HandlerFunc {
	server := serverAttributes(origin)
	return func(c *gin.Context) {
		ctx := propagation.TraceContext{}.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
		name, attributes := describeRequest(c.Request.Method, c.FullPath())
		ctx, span := tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(server...), trace.WithAttributes(attributes...))
		defer endSpan(c, span)
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// serverAttributes say where callers see the API. The Host header would say what a caller likes.
func serverAttributes(origin string) []attribute.KeyValue {
	u, err := url.Parse(origin)
	if err != nil {
		return nil
	}
	return []attribute.KeyValue{semconv.URLScheme(u.Scheme), semconv.ServerAddress(u.Hostname())}
}

// parameter is a path parameter as gin writes it.
var parameter = regexp.MustCompile(`[:*]([^/:*]+)`)

// describeRequest returns the name of a request's span, such as "GET /items/{id}", and what is known of the
// request before it is answered.
func describeRequest(method, route string) (name string, attributes []attribute.KeyValue) {
	name, attributes = method, []attribute.KeyValue{semconv.HTTPRequestMethodKey.String(method)}
	if !slices.Contains(methods, method) {
		name, attributes = "HTTP", []attribute.KeyValue{semconv.HTTPRequestMethodOther}
	}
	if route == "" {
		return name, attributes
	}
	route = parameter.ReplaceAllString(route, "{$1}")
	return name + " " + route, append(attributes, semconv.HTTPRoute(route))
}

// endSpan says how a request was answered. A refusal is no error of the server's.
func endSpan(c *gin.Context, span trace.Span) {
	status := c.Writer.Status()
	span.SetAttributes(semconv.HTTPResponseStatusCode(status))
	if err := failure(c); err != nil { // for those who run the API, so ERROR_DETAIL does not change it
		t := problem.Of(err)
		span.SetAttributes(semconv.ErrorTypeKey.String(t.Code))
		status = max(status, t.Status) // whatever status is on its way already
	}
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// traceID returns the attribute of a log record that names its trace. A request without a span has
// none: a logger leaves out an empty attribute.
func traceID(c *gin.Context) slog.Attr {
	id := trace.SpanContextFromContext(c.Request.Context()).TraceID()
	if !id.IsValid() {
		return slog.Attr{}
	}
	return slog.String("trace_id", id.String())
}

// Propagate returns a transport that lets other services join the trace of the request that they are
// called for. It is for every API that handlers call; the calls take the context of the request:
//
//	client := &http.Client{Transport: handlers.Propagate(http.DefaultTransport)}
//	request, err := http.NewRequestWithContext(c.Request.Context(), http.MethodGet, address, nil)
//
// A call whose context has no span is sent as it is. For a span of every call there is NewTransport of
// go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp, with the same TracerProvider.
func Propagate(next http.RoundTripper) http.RoundTripper { return propagator{next} }

type propagator struct{ http.RoundTripper }

// RoundTrip sends a copy, because a transport must not change the request.
func (p propagator) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if trace.SpanContextFromContext(ctx).IsValid() {
		request = request.Clone(ctx)
		propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(request.Header))
	}
	return p.RoundTripper.RoundTrip(request)
}
