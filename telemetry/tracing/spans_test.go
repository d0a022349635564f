package tracing_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/gatehouse/handlers"
	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/store"
	"example.com/gatehouse/telemetry"
	"example.com/gatehouse/telemetry/tracing"
	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// A parent as a caller sends it, and its parts.
const (
	traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	parentTrace = "0af7651916cd43dd8448eb211c80319c"
	parentSpan  = "b7ad6b7169203331"
)

// traced returns an option that records a span of every request, and the recorder.
func traced() (*tracetest.SpanRecorder, apitest.Option) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	return recorder, apitest.Hooks(func(h *telemetry.Hooks) { tracing.Use(h, provider, "v1.2.3", apitest.PublicURL) })
}

// endedSpans closes the API, so that every span has ended, and returns the spans in their order.
func endedSpans(api *apitest.API, recorder *tracetest.SpanRecorder) []sdktrace.ReadOnlySpan {
	api.Close()
	return recorder.Ended()
}

// A brokenStore fails when an item is read.
type brokenStore struct{ handlers.ItemStore }

func (brokenStore) Get(context.Context, store.Owner, string) (store.Item, error) {
	return store.Item{}, errors.New("broken")
}

// TestSpansFollowTheSemanticConventions compares every attribute, so that no other is recorded.
func TestSpansFollowTheSemanticConventions(t *testing.T) {
	type attributes map[attribute.Key]any
	for _, test := range []struct {
		name, line, scope string
		span              string
		attributes        attributes
		status            codes.Code
	}{
		{"a public route", "GET /problems", "", "GET /problems",
			attributes{"http.request.method": "GET", "http.route": "/problems", "http.response.status_code": int64(200)}, codes.Unset},
		{"a route with a parameter, and a query", "GET /problems/internal?access_token=secret", "", "GET /problems/{code}",
			attributes{"http.request.method": "GET", "http.route": "/problems/{code}", "http.response.status_code": int64(200)}, codes.Unset},
		{"a route for HEAD", "HEAD /problems", "", "HEAD /problems",
			attributes{"http.request.method": "HEAD", "http.route": "/problems", "http.response.status_code": int64(200)}, codes.Unset},
		{"a caller", "GET /me", "items:read", "GET /me",
			attributes{"http.request.method": "GET", "http.route": "/me", "http.response.status_code": int64(200)}, codes.Unset},
		{"a rejected anonymous caller", "GET /me", "", "GET /me",
			attributes{"http.request.method": "GET", "http.route": "/me", "http.response.status_code": int64(401), "error.type": "credentials-missing"}, codes.Unset},
		{"a rejected caller", "POST /items", "items:read", "POST /items",
			attributes{"http.request.method": "POST", "http.route": "/items", "http.response.status_code": int64(403), "error.type": "scope-insufficient"}, codes.Unset},
		{"an unknown path", "GET /nowhere", "", "GET",
			attributes{"http.request.method": "GET", "http.response.status_code": int64(404), "error.type": "not-found"}, codes.Unset},
		{"an invented method", "SECRET /healthz", "", "HTTP",
			attributes{"http.request.method": "_OTHER", "http.response.status_code": int64(501), "error.type": "method-not-implemented"}, codes.Unset},
		{"an internal error", "GET /items/1", "items:read", "GET /items/{id}",
			attributes{"http.request.method": "GET", "http.route": "/items/{id}", "http.response.status_code": int64(500), "error.type": "internal"}, codes.Error},
	} {
		t.Run(test.name, func(t *testing.T) {
			recorder, option := traced()
			api := apitest.Start(t, option, apitest.Parts(func(p *handlers.Parts) { p.Items = brokenStore{p.Items} }), apitest.Env("ERROR_DETAIL=minimal"))
			token := ""
			if test.scope != "" {
				token = api.Token("alice", test.scope)
			}
			api.Call(t, token, test.line, "")
			spans := endedSpans(api, recorder)
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

// TestMinimalErrorsKeepTheirCodeInSpans hides the code from the caller.
func TestMinimalErrorsKeepTheirCodeInSpans(t *testing.T) {
	recorder, option := traced()
	api := apitest.New(t, option, apitest.Env("ERROR_DETAIL=minimal"))
	api.Call(t, "opaque", "GET /me", "")
	if got := recorder.Ended()[0].Attributes(); !slices.Contains(got, attribute.String("error.type", "token-malformed")) {
		t.Errorf("the span has %v", got)
	}
}

func TestSpansJoinTheTraceOfTheCaller(t *testing.T) {
	for _, test := range []struct {
		name, traceparent string
		joins             bool
	}{
		{"a parent", traceparent, true},
		{"a parent of a later version", "01-" + traceparent[3:] + "-more", true},
		{"no parent", "", false},
		{"a text", "hello", false},
		{"a forbidden version", "ff" + traceparent[2:], false},
		{"a trace of zeros", "00-00000000000000000000000000000000-" + parentSpan + "-01", false},
		{"a span of zeros", "00-" + parentTrace + "-0000000000000000-01", false},
		{"upper case", strings.ToUpper(traceparent), false},
		{"letters that are not hexadecimal", strings.ReplaceAll(traceparent, "a", "x"), false},
		{"a missing part", "00-" + parentTrace + "-" + parentSpan, false},
		{"an additional part", traceparent + "-more", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			recorder, option := traced()
			api := apitest.Start(t, option)
			api.Call(t, api.Token("alice", "items:read"), "GET /items", "", "Traceparent: "+test.traceparent, "Tracestate: vendor=value").
				WantStatus(t, http.StatusOK)
			spans := endedSpans(api, recorder)
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

func TestACallerCanDisableItsSpan(t *testing.T) {
	recorder, option := traced()
	api := apitest.Start(t, option)
	api.Call(t, "", "GET /me", "", "Traceparent: "+strings.TrimSuffix(traceparent, "01")+"00")
	if spans := endedSpans(api, recorder); len(spans) != 0 {
		t.Errorf("there are %d spans", len(spans))
	}
	wantTraceID(t, api, parentTrace)
}

// wantTraceID fails the test unless both logs have one record, and it names the trace.
func wantTraceID(t *testing.T, api *apitest.API, want any) {
	t.Helper()
	for _, message := range []string{"request", "request rejected"} {
		if records := api.Log.Records(t, message); len(records) != 1 || records[0]["trace_id"] != want {
			t.Errorf("%s: the log has %v, want the trace %v", message, records, want)
		}
	}
}

func TestTheLogsNameTheTrace(t *testing.T) {
	recorder, option := traced()
	api := apitest.Start(t, option)
	api.Call(t, "", "GET /me", "")
	wantTraceID(t, api, endedSpans(api, recorder)[0].SpanContext().TraceID().String())
}

// TestSuppressedRejectionsHaveSpans sends more rejections than the log has entries for.
func TestSuppressedRejectionsHaveSpans(t *testing.T) {
	recorder, option := traced()
	api := apitest.Start(t, option)
	for range 12 {
		api.Call(t, "", "GET /me", "")
	}
	spans := endedSpans(api, recorder)
	if logged := len(api.Log.Records(t, "request rejected")); len(spans) != 12 || logged >= 12 {
		t.Fatalf("there are %d spans, and the log has %d records", len(spans), logged)
	}
	for _, span := range spans {
		if !slices.Contains(span.Attributes(), attribute.String("error.type", "credentials-missing")) {
			t.Errorf("a span has %v", span.Attributes())
		}
	}
}

func TestProbesHaveNoSpan(t *testing.T) {
	recorder, option := traced()
	api := apitest.Start(t, option)
	for _, line := range []string{"GET /healthz", "HEAD /healthz", "GET /readyz", "OPTIONS /", "POST /healthz"} {
		api.Call(t, "", line, "")
	}
	spans := endedSpans(api, recorder)
	if len(spans) != 1 || spans[0].Name() != "POST" {
		t.Errorf("there are %d spans, want one of the request that is no probe", len(spans))
	}
}

// TestWithoutTracingThereIsNoMiddleware counts the middleware of every route.
func TestWithoutTracingThereIsNoMiddleware(t *testing.T) {
	count := func(options ...apitest.Option) int {
		return len(apitest.New(t, options...).Handler.(*gin.Engine).Handlers)
	}
	_, option := traced()
	if without, with := count(), count(option); with != without+1 {
		t.Errorf("there are %d without tracing, and %d with it", without, with)
	}
}

func TestWithoutTracingTraceparentIsIgnored(t *testing.T) {
	api := apitest.Start(t)
	got := api.Call(t, "", "GET /me", "", "Traceparent: "+traceparent)
	wantTraceID(t, api, nil)
	if plain := api.Call(t, "", "GET /me", ""); got.Status != plain.Status || len(got.Header) != len(plain.Header) {
		t.Errorf("got %d %v, and without the header %d %v", got.Status, got.Header, plain.Status, plain.Header)
	}
}

func TestPropagateSendsTheTraceOfTheContext(t *testing.T) {
	var got http.Header
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer other.Close()
	client := &http.Client{Transport: tracing.Propagate(http.DefaultTransport)}
	ctx, span := sdktrace.NewTracerProvider().Tracer("test").Start(t.Context(), "test")
	defer span.End()
	want := "00-" + span.SpanContext().TraceID().String() + "-" + span.SpanContext().SpanID().String() + "-01"
	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"a span":  {httptest.NewRequest("GET", other.URL, nil).WithContext(ctx), want},
		"no span": {httptest.NewRequest("GET", other.URL, nil).WithContext(t.Context()), ""},
	} {
		test.request.RequestURI = "" // which is for servers
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
