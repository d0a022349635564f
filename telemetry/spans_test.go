package telemetry_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// A parent as a caller may name it, and its parts.
const (
	traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	parentTrace = "0af7651916cd43dd8448eb211c80319c"
	parentSpan  = "b7ad6b7169203331"
)

// recorded gives the API under test a span for every request, and returns where they are kept.
func recorded() (*tracetest.SpanRecorder, func(*handlers.Config)) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	return recorder, func(c *handlers.Config) { c.Traces = provider }
}

// spans stops the server, so that every span has ended, and returns them in their order.
func (s *server) spans(recorder *tracetest.SpanRecorder) []sdktrace.ReadOnlySpan {
	s.Close()
	return recorder.Ended()
}

// TestASpanSaysWhatTheConventionsAskFor compares all of it: what is not named here is not recorded.
func TestASpanSaysWhatTheConventionsAskFor(t *testing.T) {
	type attributes map[attribute.Key]any
	for _, test := range []struct {
		name, line, scope string
		span              string
		attributes        attributes
		status            codes.Code
	}{
		{"a public route", "GET /healthz", "", "GET /healthz",
			attributes{"http.request.method": "GET", "http.route": "/healthz", "http.response.status_code": int64(200)}, codes.Unset},
		{"a route with a parameter, and a query", "GET /problems/internal?access_token=secret", "", "GET /problems/{code}",
			attributes{"http.request.method": "GET", "http.route": "/problems/{code}", "http.response.status_code": int64(200)}, codes.Unset},
		{"a route for HEAD", "HEAD /healthz", "", "HEAD /healthz",
			attributes{"http.request.method": "HEAD", "http.route": "/healthz", "http.response.status_code": int64(200)}, codes.Unset},
		{"a caller", "GET /me", "items:read", "GET /me",
			attributes{"http.request.method": "GET", "http.route": "/me", "http.response.status_code": int64(200)}, codes.Unset},
		{"a stranger who is refused", "GET /me", "", "GET /me",
			attributes{"http.request.method": "GET", "http.route": "/me", "http.response.status_code": int64(401), "error.type": "credentials-missing"}, codes.Unset},
		{"a caller who is refused", "POST /items", "items:read", "POST /items",
			attributes{"http.request.method": "POST", "http.route": "/items", "http.response.status_code": int64(403), "error.type": "scope-insufficient"}, codes.Unset},
		{"a path that is no route's", "GET /nowhere", "", "GET",
			attributes{"http.request.method": "GET", "http.response.status_code": int64(404), "error.type": "not-found"}, codes.Unset},
		{"a method that a caller invented", "SECRET /healthz", "", "HTTP",
			attributes{"http.request.method": "_OTHER", "http.response.status_code": int64(405), "error.type": "method-not-allowed"}, codes.Unset},
		{"a fault of the API", "GET /items/1", "items:read", "GET /items/{id}",
			attributes{"http.request.method": "GET", "http.route": "/items/{id}", "http.response.status_code": int64(500), "error.type": "internal"}, codes.Error},
	} {
		t.Run(test.name, func(t *testing.T) {
			recorder, traced := recorded()
			s := serve(t, traced, func(c *handlers.Config) {
				c.Minimal = true
				c.Store = broken{c.Store, func() error { return errors.New("broken") }}
			})
			token := ""
			if test.scope != "" {
				token = s.token("alice", test.scope)
			}
			s.call(t, token, test.line, "")
			spans := s.spans(recorder)
			if len(spans) != 1 {
				t.Fatalf("there are %d spans, want one", len(spans))
			}
			got := attributes{}
			for _, a := range spans[0].Attributes() {
				got[a.Key] = a.Value.AsInterface()
			}
			test.attributes["url.scheme"], test.attributes["server.address"] = "https", "api.example.com"
			if spans[0].Name() != test.span || spans[0].SpanKind() != trace.SpanKindServer || !reflect.DeepEqual(got, test.attributes) {
				t.Errorf("the span is %q, %s, with %v, want %q with %v", spans[0].Name(), spans[0].SpanKind(), got, test.span, test.attributes)
			}
			if status := spans[0].Status(); status.Code != test.status || status.Description != "" || len(spans[0].Events()) > 0 {
				t.Errorf("the status is %+v with %d events, want %s", status, len(spans[0].Events()), test.status)
			}
		})
	}
}

func TestASpanJoinsTheTraceOfItsCaller(t *testing.T) {
	for _, test := range []struct {
		name, traceparent string
		joins             bool
	}{
		{"a parent", traceparent, true},
		{"a parent of a later version", "01-" + traceparent[3:] + "-more", true},
		{"no parent", "", false},
		{"what is no parent", "hello", false},
		{"a version that there cannot be", "ff" + traceparent[2:], false},
		{"a trace of zeros", "00-00000000000000000000000000000000-" + parentSpan + "-01", false},
		{"a span of zeros", "00-" + parentTrace + "-0000000000000000-01", false},
		{"upper case", strings.ToUpper(traceparent), false},
		{"letters that are no digits", strings.ReplaceAll(traceparent, "a", "x"), false},
		{"a part too few", "00-" + parentTrace + "-" + parentSpan, false},
		{"a part too many", traceparent + "-more", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			recorder, traced := recorded()
			s := serve(t, traced)
			request := s.request(t, s.user("alice"), "GET /items", nil)
			request.Header.Set("Traceparent", test.traceparent)
			request.Header.Set("Tracestate", "vendor=value")
			if got := send(t, request); got.status != http.StatusOK {
				t.Errorf("answers %d %s", got.status, got.body)
			}
			spans := s.spans(recorder)
			if len(spans) != 1 {
				t.Fatalf("there are %d spans, want one", len(spans))
			}
			span, parent := spans[0].SpanContext(), spans[0].Parent()
			if !test.joins {
				if parent.IsValid() || span.TraceID().String() == parentTrace || span.TraceState().Len() > 0 {
					t.Errorf("the span %v has the parent %v", span, parent)
				}
				return
			}
			if span.TraceID().String() != parentTrace || parent.SpanID().String() != parentSpan || !parent.IsRemote() || span.TraceState().String() != "vendor=value" {
				t.Errorf("the span %v has the parent %v", span, parent)
			}
		})
	}
}

func TestACallerMayAskForNoSpan(t *testing.T) {
	recorder, traced := recorded()
	s := serve(t, traced)
	request := s.request(t, "", "GET /me", nil)
	request.Header.Set("Traceparent", strings.TrimSuffix(traceparent, "01")+"00")
	send(t, request)
	if spans := s.spans(recorder); len(spans) != 0 {
		t.Errorf("there are %d spans", len(spans))
	}
	for _, record := range append(s.records(t, "request"), s.records(t, "request refused")...) {
		if record["trace_id"] != parentTrace {
			t.Errorf("the log names the trace %v, want that of the caller", record["trace_id"])
		}
	}
}

func TestTheLogNamesTheTrace(t *testing.T) {
	recorder, traced := recorded()
	s := serve(t, traced)
	s.call(t, "", "GET /me", "")
	want := s.spans(recorder)[0].SpanContext().TraceID().String()
	for _, message := range []string{"request", "request refused"} {
		records := s.records(t, message)
		if len(records) != 1 || records[0]["trace_id"] != want {
			t.Errorf("%s: the log has %v, want the trace %s", message, records, want)
		}
	}
}

// TestAFloodOfRefusalsIsTracedInFull sends more than the log takes.
func TestAFloodOfRefusalsIsTracedInFull(t *testing.T) {
	recorder, traced := recorded()
	s := serve(t, traced)
	for range 12 {
		s.call(t, "", "GET /me", "")
	}
	spans := s.spans(recorder)
	if len(spans) != 12 || len(s.records(t, "request refused")) >= 12 {
		t.Fatalf("there are %d spans, and the log has %d records", len(spans), len(s.records(t, "request refused")))
	}
	for _, span := range spans {
		if !slices.Contains(span.Attributes(), attribute.String("error.type", "credentials-missing")) {
			t.Errorf("a span has %v", span.Attributes())
		}
	}
}

// TestWithoutTracingThereIsNoMiddleware counts what stands before every route.
func TestWithoutTracingThereIsNoMiddleware(t *testing.T) {
	verifier, issuer := unreached(t)
	mounted := func(changes ...func(*handlers.Config)) int {
		return len(newAPI(t, verifier, issuer, &logbook{}, changes...).Handler.(*gin.Engine).Handlers)
	}
	_, traced := recorded()
	if without, with := mounted(), mounted(traced); with != without+1 {
		t.Errorf("%d handlers stand there without tracing, and %d with", without, with)
	}
}

func TestWithoutTracingATraceparentChangesNothing(t *testing.T) {
	s := serve(t)
	request := s.request(t, "", "GET /me", nil)
	request.Header.Set("Traceparent", traceparent)
	got := send(t, request)
	plain := s.call(t, "", "GET /me", "")
	if got.status != plain.status || len(got.header) != len(plain.header) {
		t.Errorf("answers %d %v, and without %d %v", got.status, got.header, plain.status, plain.header)
	}
	for _, record := range append(s.records(t, "request"), s.records(t, "request refused")...) {
		if id, found := record["trace_id"]; found {
			t.Errorf("the log names the trace %v", id)
		}
	}
}

func TestATransportPropagatesWhatTheContextHas(t *testing.T) {
	var got http.Header
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer other.Close()
	client := &http.Client{Transport: handlers.Propagate(http.DefaultTransport)}
	ctx, span := sdktrace.NewTracerProvider().Tracer("test").Start(t.Context(), "test")
	defer span.End()
	want := "00-" + span.SpanContext().TraceID().String() + "-" + span.SpanContext().SpanID().String() + "-01"
	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"a span":  {newRequest(t, other.URL).WithContext(ctx), want},
		"no span": {newRequest(t, other.URL), ""},
	} {
		response, err := client.Do(test.request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if parent := got.Get("Traceparent"); parent != test.want {
			t.Errorf("%s: the other service gets %q, want %q", name, parent, test.want)
		}
		if len(test.request.Header) > 0 {
			t.Errorf("%s: the caller's request was changed: %v", name, test.request.Header)
		}
	}
}

func newRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}
