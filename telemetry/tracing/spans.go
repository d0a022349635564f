package tracing

import (
	"net/http"
	"net/url"
	"regexp"

	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// spans returns middleware that gives every request except probes a span, which joins the trace that the header traceparent
// names (W3C Trace Context). Its name and attributes are those of the semantic conventions for HTTP servers,
// except what a caller chooses: query, headers, path and address. It must run before all middleware that may
// respond.
func spans(provider trace.TracerProvider, version, publicURL string) gin.HandlerFunc {
	tracer := provider.Tracer("example.com/gatehouse/telemetry/tracing",
		trace.WithInstrumentationVersion(version), trace.WithSchemaURL(semconv.SchemaURL))
	server := serverAttributes(publicURL)
	return func(c *gin.Context) {
		if telemetry.IsProbe(c) {
			return
		}
		ctx := propagation.TraceContext{}.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
		name, attributes := describeRequest(c.Request.Method, c.FullPath())
		ctx, span := tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(server...), trace.WithAttributes(attributes...))
		defer endSpan(c, span)
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// serverAttributes returns where callers see the API. The Host header is not used, because a caller chooses it.
func serverAttributes(publicURL string) []attribute.KeyValue {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil
	}
	return []attribute.KeyValue{semconv.URLScheme(u.Scheme), semconv.ServerAddress(u.Hostname())}
}

// parameter is a path parameter as gin writes it.
var parameter = regexp.MustCompile(`[:*]([^/:*]+)`)

// describeRequest returns the name of a request's span, such as "GET /items/{id}", and the attributes that are
// known before the response.
func describeRequest(method, route string) (name string, attributes []attribute.KeyValue) {
	name, attributes = method, []attribute.KeyValue{semconv.HTTPRequestMethodKey.String(method)}
	if !telemetry.KnownMethod(method) {
		name, attributes = "HTTP", []attribute.KeyValue{semconv.HTTPRequestMethodOther}
	}
	if route == "" {
		return name, attributes
	}
	route = parameter.ReplaceAllString(route, "{$1}")
	return name + " " + route, append(attributes, semconv.HTTPRoute(route))
}

// endSpan sets the attributes of the response. Only a problem of the server's is an error of the span. The code
// is the one in the log, which ERROR_DETAIL does not change.
func endSpan(c *gin.Context, span trace.Span) {
	status := c.Writer.Status()
	span.SetAttributes(semconv.HTTPResponseStatusCode(status))
	if err := telemetry.Error(c); err != nil {
		t := problem.Of(err)
		span.SetAttributes(semconv.ErrorTypeKey.String(t.Code))
		status = max(status, t.Status) // the status may have been sent before the error
	}
	if telemetry.ServerError(status) {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// Propagate returns a transport that adds the trace of the context to requests, so that the services that a
// handler calls join the trace of its request:
//
//	client := &http.Client{Transport: tracing.Propagate(http.DefaultTransport)}
//	request, err := http.NewRequestWithContext(c.Request.Context(), http.MethodGet, address, nil)
//
// A request whose context has no span is sent unchanged. To record a span of every call, use NewTransport of
// go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp with the same TracerProvider.
func Propagate(next http.RoundTripper) http.RoundTripper { return propagator{next} }

type propagator struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper]. It sends a copy, because a transport must not change the request.
func (p propagator) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if trace.SpanContextFromContext(ctx).IsValid() {
		request = request.Clone(ctx)
		propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(request.Header))
	}
	return p.RoundTripper.RoundTrip(request)
}
