package tracing_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/gatehouse/handlers/apitest"
	"example.com/gatehouse/problem"
	"example.com/gatehouse/telemetry"
	"example.com/gatehouse/telemetry/logtest"
	"example.com/gatehouse/telemetry/tracing"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// startExport starts tracing to the collector of the process's environment.
func startExport(t *testing.T, log *slog.Logger) (trace.TracerProvider, func()) {
	t.Helper()
	traces, flush, err := tracing.Start(t.Context(), "v1.2.3", os.Getenv, log)
	if err != nil {
		t.Fatal(err)
	}
	return traces, flush
}

// startTracedAPI returns an API that exports its spans, and a function that closes it and sends them.
func startTracedAPI(t *testing.T) (*apitest.API, func()) {
	t.Helper()
	traces, flush := startExport(t, slog.New(slog.DiscardHandler))
	api := apitest.Start(t,
		apitest.Hooks(func(h *telemetry.Hooks) { tracing.Use(h, traces, "v1.2.3", apitest.PublicURL) }))
	return api, func() { api.Close(); flush() }
}

func TestTheCollectorGetsASpanOfEveryRequest(t *testing.T) {
	c := startCollector(t)
	api, end := startTracedAPI(t)
	token := api.Token("alice", "openid")
	api.Call(t, token, "GET /me", "", "Traceparent: "+traceparent, "Tracestate: vendor=value")
	api.Call(t, token, "GET /items", "", "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-what-01")
	api.Call(t, "", "GET /", "")
	end()

	for _, test := range []struct{ name, route, errorType string }{
		{"GET /me", "/me", ""}, {"GET /items", "/items", "scope-insufficient"}, {"GET /", "/", ""},
	} {
		span := c.span(t, test.name)
		got := attributesOf(span.Attributes)
		if span.Kind != tracepb.Span_SPAN_KIND_SERVER || got["http.route"] != test.route || got["error.type"] != test.errorType ||
			got["server.address"] != "api.example.com" || got["url.scheme"] != "https" || span.Status.GetCode() != tracepb.Status_STATUS_CODE_UNSET {
			t.Errorf("%s: the collector has %v", test.name, span)
		}
	}
	joined, alone := c.span(t, "GET /me"), c.span(t, "GET /items")
	if hex(joined.TraceId) != parentTrace || hex(joined.ParentSpanId) != parentSpan || joined.TraceState != "vendor=value" {
		t.Errorf("a span does not join the trace of its caller: %v", joined)
	}
	if hex(alone.TraceId) == parentTrace || len(alone.ParentSpanId) > 0 {
		t.Errorf("a malformed parent is accepted: %v", alone)
	}
	if c.service["service.name"] != "gatehouse" || c.service["service.version"] != "v1.2.3" {
		t.Errorf("the service is %v", c.service)
	}
}

// TestNoSecretReachesTheCollector sends secrets wherever a request has room for them.
func TestNoSecretReachesTheCollector(t *testing.T) {
	c := startCollector(t)
	api, end := startTracedAPI(t)
	token := api.Token("alice", "items:read")
	for _, path := range []string{"/items?cursor=in-the-query", "/in-the-path", "/me?access_token=in-the-query"} {
		api.Call(t, token, "GET "+path, "", "Cookie: session=in-the-cookie", "User-Agent: in-the-header",
			"X-Forwarded-For: 203.0.113.9", "Baggage: secret=in-the-baggage")
	}
	api.Call(t, "in-the-header", "GET /me", "")
	end()
	if len(c.spans) != 4 {
		t.Fatalf("the collector has %d spans", len(c.spans))
	}
	for _, secret := range append(strings.Split(token, "."), "alice", "127.0.0.1", "203.0.113.9", "in-the-") {
		if bytes.Contains(c.received, []byte(secret)) {
			t.Errorf("the collector has %q", secret)
		}
	}
}

func TestTheTextOfAPanicIsNotExported(t *testing.T) {
	c := startCollector(t)
	traces, flush := startExport(t, slog.New(slog.DiscardHandler))
	func() {
		defer func() { recover() }()
		_, span := traces.Tracer("test").Start(t.Context(), "part of a handler")
		defer span.End()
		panic("secret")
	}()
	flush()
	c.span(t, "part of a handler")
	if bytes.Contains(c.received, []byte("secret")) {
		t.Error("the collector has the text of a panic")
	}
}

// TestTheProviderJoinsTheTraceOfARequest has a provider that fails, so that the request fails too.
func TestTheProviderJoinsTheTraceOfARequest(t *testing.T) {
	c := startCollector(t)
	api, end := startTracedAPI(t)
	received := make(chan string, 1)
	api.Issuer.Break(api.Issuer.On("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		received <- r.Header.Get("Traceparent")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	api.Call(t, api.Token("alice", "openid"), "GET /me/profile", "")
	end()
	span := c.span(t, "GET /me/profile")
	if got, want := <-received, "00-"+hex(span.TraceId)+"-"+hex(span.SpanId)+"-01"; got != want {
		t.Errorf("the provider gets %q, want %q", got, want)
	}
	if span.Status.GetCode() != tracepb.Status_STATUS_CODE_ERROR || attributesOf(span.Attributes)["error.type"] != problem.AuthUnavailable.Code {
		t.Errorf("the span of the failed request is %v", span)
	}
}

func TestVariablesOfOpenTelemetryAreRespected(t *testing.T) {
	for _, test := range []struct {
		name, variable, value string
		spans                 int
		attribute, want       string
	}{
		{"the service's name", "OTEL_SERVICE_NAME", "orders", 1, "service.name", "orders"},
		{"an attribute", "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test", 1, "deployment.environment.name", "test"},
		{"the service's name as an attribute", "OTEL_RESOURCE_ATTRIBUTES", "service.name=orders", 1, "service.name", "orders"},
		{"a sampler", "OTEL_TRACES_SAMPLER", "always_off", 0, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := startCollector(t)
			t.Setenv(test.variable, test.value)
			api, end := startTracedAPI(t)
			api.Call(t, "", "GET /problems", "")
			end()
			if len(c.spans) != test.spans || c.service[test.attribute] != test.want {
				t.Errorf("the collector has %d spans of the service %v, want %d", len(c.spans), c.service, test.spans)
			}
		})
	}
}

// TestWithoutACollectorNothingIsSent has a collector that only the environment of the process names.
func TestWithoutACollectorNothingIsSent(t *testing.T) {
	c := startCollector(t)
	for _, variables := range []map[string]string{
		{},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL, "OTEL_SDK_DISABLED": "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL, "OTEL_TRACES_EXPORTER": "none"},
	} {
		getenv := func(name string) string { return variables[name] }
		traces, flush, err := tracing.Start(t.Context(), "v1.2.3", getenv, slog.New(slog.DiscardHandler))
		if traces != nil || err != nil {
			t.Errorf("with %q it starts %v with %v", variables, traces, err)
		}
		flush()
	}
	if len(c.received) > 0 {
		t.Errorf("the collector has %d bytes", len(c.received))
	}
}

// TestAHangingCollectorDelaysNoRequest sends more requests than the queue has room for.
func TestAHangingCollectorDelaysNoRequest(t *testing.T) {
	c := startHangingCollector(t)
	release := sync.OnceFunc(func() { close(c.respond) })
	defer release()
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "1")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
	api, end := startTracedAPI(t)
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 20 {
			response, err := http.Get(api.URL + "/problems")
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("requests wait for the collector")
	}
	c.await(t)
	release()
	end()
}

func TestAnUnreachableCollectorIsLogged(t *testing.T) {
	startCollector(t).Close()
	var log logtest.Buffer
	traces, flush := startExport(t, log.Logger())
	_, span := traces.Tracer("test").Start(t.Context(), "test")
	span.End()
	flush()
	records := log.Records(t, "spans not sent")
	if len(records) != 1 || records[0]["level"] != "WARN" || records[0]["spans"] != 1.0 || records[0]["err"] == "" {
		t.Errorf("the log has %s", &log)
	}
}

// TestTheCollectorsResponseIsNotLogged has a collector that repeats a header.
func TestTheCollectorsResponseIsNotLogged(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, r.Header.Get("Api-Key"), http.StatusUnauthorized)
	}))
	t.Cleanup(echo.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", echo.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=open-sesame")
	var log logtest.Buffer
	traces, flush := startExport(t, log.Logger())
	_, span := traces.Tracer("test").Start(t.Context(), "test")
	span.End()
	flush()
	if text := log.String(); !strings.Contains(text, "401") || strings.Contains(text, "open-sesame") {
		t.Errorf("the log has %s", text)
	}
}

func TestAnInvalidCollectorAddressIsAnError(t *testing.T) {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		for _, address := range []string{"localhost:4318", "localhost", "//user:password@localhost", "grpc://user:password@localhost:4317", "http://", "http://user:password@[::1"} {
			getenv := func(asked string) string { return map[string]string{name: address}[asked] }
			_, flush, err := tracing.Start(t.Context(), "v1.2.3", getenv, slog.New(slog.DiscardHandler))
			if err == nil || err.Error() != name+": not a URL such as http://localhost:4318" {
				t.Errorf("%s: %v", address, err)
			}
			flush()
		}
	}
}
