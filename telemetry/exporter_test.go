package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/problem"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"golang.org/x/time/rate"
	"google.golang.org/protobuf/proto"
)

// A collector keeps what it is sent.
type collector struct {
	*httptest.Server
	called chan bool // has something for every request
	hang   chan bool // requests are answered when it is closed

	mu       sync.Mutex
	received []byte // all of it, as it came
	service  map[string]string
	spans    []*tracepb.Span
}

// startCollector starts a collector that the environment of the process names until the test ends.
func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{called: make(chan bool, 1000), hang: make(chan bool)}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	return c
}

// collect is startCollector for one that answers at once.
func collect(t *testing.T) *collector {
	t.Helper()
	c := startCollector(t)
	close(c.hang)
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var export collectorpb.ExportTraceServiceRequest
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &export) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.called <- true
	<-c.hang
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received = append(c.received, body...)
	for _, resource := range export.ResourceSpans {
		c.service = attributes(resource.Resource.Attributes)
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
}

// await waits until the collector is sent something.
func (c *collector) await(t *testing.T) {
	t.Helper()
	select {
	case <-c.called:
	case <-time.After(10 * time.Second):
		t.Fatal("the collector is sent nothing")
	}
}

// span returns the one span of that name.
func (c *collector) span(t *testing.T, name string) *tracepb.Span {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := slices.DeleteFunc(slices.Clone(c.spans), func(s *tracepb.Span) bool { return s.Name != name })
	if len(spans) != 1 {
		t.Fatalf("the collector has %d spans %q, want one", len(spans), name)
	}
	return spans[0]
}

func attributes(pairs []*commonpb.KeyValue) map[string]string {
	values := map[string]string{}
	for _, pair := range pairs {
		values[pair.Key] = pair.Value.GetStringValue()
	}
	return values
}

// runTraced runs the program with the collector of the process's environment.
func runTraced(t *testing.T) *program {
	t.Helper()
	return runProgram(t, "OTEL_EXPORTER_OTLP_ENDPOINT", os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
}

// end stops the program and waits for it.
func (p *program) end(t *testing.T) {
	t.Helper()
	p.stop()
	if err := <-p.stopped; err != nil {
		t.Errorf("run returned %v", err)
	}
}

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// TestTheCollectorGetsASpanOfEveryRequest stops the program at once, which sends what there is.
func TestTheCollectorGetsASpanOfEveryRequest(t *testing.T) {
	c := collect(t)
	p := runTraced(t)
	child := p.bearer("openid")
	child.Set("Traceparent", traceparent)
	child.Set("Tracestate", "vendor=value")
	orphan := p.bearer("openid")
	orphan.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-what-01")
	for path, header := range map[string]http.Header{"/me": child, "/items": orphan, "/": nil} {
		if _, _, err := p.get(path, header); err != nil {
			t.Fatal(err)
		}
	}
	p.end(t)

	for _, test := range []struct{ name, route, errorType string }{
		{"GET /me", "/me", ""}, {"GET /items", "/items", "scope-insufficient"}, {"GET /", "/", ""},
	} {
		span := c.span(t, test.name)
		got := attributes(span.Attributes)
		if span.Kind != tracepb.Span_SPAN_KIND_SERVER || got["http.route"] != test.route || got["error.type"] != test.errorType ||
			got["server.address"] != "api.example.com" || got["url.scheme"] != "https" || span.Status.GetCode() != tracepb.Status_STATUS_CODE_UNSET {
			t.Errorf("%s: the collector has %v", test.name, span)
		}
	}
	joined, alone := c.span(t, "GET /me"), c.span(t, "GET /items")
	if id(joined.TraceId) != "0af7651916cd43dd8448eb211c80319c" || id(joined.ParentSpanId) != "b7ad6b7169203331" || joined.TraceState != "vendor=value" {
		t.Errorf("a span does not join the trace of its caller: %v", joined)
	}
	if id(alone.TraceId) == "0af7651916cd43dd8448eb211c80319c" || len(alone.ParentSpanId) > 0 {
		t.Errorf("a malformed parent is taken: %v", alone)
	}
	if c.service["service.name"] != "gatehouse" || c.service["service.version"] != version() {
		t.Errorf("the service is %v", c.service)
	}
}

func id(b []byte) string { return fmt.Sprintf("%x", b) }

// TestNoSecretReachesTheCollector sends secrets wherever a request has room for them.
func TestNoSecretReachesTheCollector(t *testing.T) {
	c := collect(t)
	p := runTraced(t)
	header := p.bearer("items:read")
	token := strings.TrimPrefix(header.Get("Authorization"), "Bearer ")
	header.Set("Cookie", "session=in-the-cookie")
	header.Set("User-Agent", "in-the-header")
	header.Set("X-Forwarded-For", "203.0.113.9")
	header.Set("Baggage", "secret=in-the-baggage")
	for _, path := range []string{"/items?cursor=in-the-query", "/in-the-path", "/me?access_token=in-the-query"} {
		if _, _, err := p.get(path, header); err != nil {
			t.Fatal(err)
		}
	}
	p.get("/me", http.Header{"Authorization": {"Bearer in-the-header"}})
	p.end(t)
	if len(c.received) == 0 {
		t.Fatal("the collector has nothing")
	}
	secrets := append(strings.Split(token, "."), "alice", "127.0.0.1", "203.0.113.9", "in-the-")
	for _, secret := range secrets {
		if bytes.Contains(c.received, []byte(secret)) {
			t.Errorf("the collector has %q", secret)
		}
	}
}

func TestTheTextOfAPanicIsNotExported(t *testing.T) {
	c := collect(t)
	provider, err := newTracerProvider(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { recover() }()
		_, span := provider.Tracer("test").Start(t.Context(), "part of a handler")
		defer span.End()
		panic("secret")
	}()
	flushSpans(provider, time.Minute, slog.New(slog.DiscardHandler))
	c.span(t, "part of a handler")
	if bytes.Contains(c.received, []byte("secret")) {
		t.Error("the collector has the text of a panic")
	}
}

// TestTheProviderJoinsTheTraceOfARequest lets it fail, so that the request does.
func TestTheProviderJoinsTheTraceOfARequest(t *testing.T) {
	c := collect(t)
	p := runTraced(t)
	asked := make(chan string, 1)
	p.issuer.Break(p.issuer.On("/userinfo", func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Traceparent")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	p.get("/me/profile", p.bearer("openid"))
	p.end(t)
	span := c.span(t, "GET /me/profile")
	if got, want := <-asked, "00-"+id(span.TraceId)+"-"+id(span.SpanId)+"-01"; got != want {
		t.Errorf("the provider gets %q, want %q", got, want)
	}
	if span.Status.GetCode() != tracepb.Status_STATUS_CODE_ERROR || attributes(span.Attributes)["error.type"] != problem.AuthUnavailable.Code {
		t.Errorf("the span of a request that failed is %v", span)
	}
}

func TestTheVariablesOfOpenTelemetryAreRespected(t *testing.T) {
	for _, test := range []struct {
		name, variable, value string
		spans                 int
		attribute, want       string
	}{
		{"the service's name", "OTEL_SERVICE_NAME", "orders", 1, "service.name", "orders"},
		{"what else is said of it", "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test", 1, "deployment.environment.name", "test"},
		{"its name among that", "OTEL_RESOURCE_ATTRIBUTES", "service.name=orders", 1, "service.name", "orders"},
		{"a sampler", "OTEL_TRACES_SAMPLER", "always_off", 0, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := collect(t)
			t.Setenv(test.variable, test.value)
			p := runTraced(t)
			p.get("/healthz", nil)
			p.end(t)
			if len(c.spans) != test.spans || c.service[test.attribute] != test.want {
				t.Errorf("the collector has %d spans of the service %v, want %d", len(c.spans), c.service, test.spans)
			}
		})
	}
}

// TestWithoutACollectorNothingIsSent has one that is named to the SDK alone.
func TestWithoutACollectorNothingIsSent(t *testing.T) {
	c := collect(t)
	p := runProgram(t)
	p.get("/healthz", http.Header{"Traceparent": {traceparent}})
	p.end(t)
	if len(c.received) > 0 {
		t.Errorf("the collector has %d bytes", len(c.received))
	}
	for _, pairs := range [][]string{
		{"OTEL_EXPORTER_OTLP_ENDPOINT", " "},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", c.URL, "OTEL_SDK_DISABLED", "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", c.URL, "OTEL_TRACES_EXPORTER", "none"},
	} {
		traces, flush, err := startTracing(t.Context(), env(pairs...), slog.New(slog.DiscardHandler))
		if traces != nil || err != nil {
			t.Errorf("with %q it starts %v with %v", pairs, traces, err)
		}
		flush()
	}
}

// TestACollectorThatHangsHoldsUpNoRequest has more requests than the queue has room for.
func TestACollectorThatHangsHoldsUpNoRequest(t *testing.T) {
	c := startCollector(t)
	release := sync.OnceFunc(func() { close(c.hang) })
	defer release()
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "1")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
	p := runTraced(t)
	answered := make(chan bool)
	go func() {
		defer close(answered)
		for range 20 {
			if status, _, err := p.get("/healthz", nil); status != http.StatusOK {
				t.Errorf("answers %d and %v", status, err)
			}
		}
	}()
	select {
	case <-answered:
	case <-time.After(10 * time.Second):
		t.Error("requests wait for the collector")
	}
	c.await(t)
	release()
	p.end(t)
}

func TestACollectorThatHangsHoldsUpTheEndNoLongerThanTheLimit(t *testing.T) {
	c := startCollector(t)
	defer close(c.hang)
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	provider, err := newTracerProvider(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(t.Context(), "test")
	span.End()
	start := time.Now()
	flushSpans(provider, 50*time.Millisecond, log)
	if took := time.Since(start); took > flushTimeout {
		t.Errorf("the end was held up for %s", took)
	}
	if !strings.Contains(out.String(), "level=WARN msg=\"spans not sent\"") {
		t.Errorf("the log has %s", &out)
	}
	c.await(t)
}

func TestACollectorThatCannotBeReachedIsLoggedAndNothingElse(t *testing.T) {
	c := collect(t)
	c.Close()
	var out bytes.Buffer
	provider, err := newTracerProvider(t.Context(), slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(t.Context(), "test")
	span.End()
	if err := provider.ForceFlush(t.Context()); err != nil {
		t.Errorf("the SDK is told %v", err)
	}
	if !strings.Contains(out.String(), `level=WARN msg="spans not sent" spans=1 err=`) {
		t.Errorf("the log has %s", &out)
	}
	flushSpans(provider, time.Minute, slog.New(slog.DiscardHandler))
}

func TestWhatACollectorAnswersIsNotLogged(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, r.Header.Get("Api-Key"), http.StatusUnauthorized)
	}))
	t.Cleanup(echo.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", echo.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=open-sesame")
	var out bytes.Buffer
	provider, err := newTracerProvider(t.Context(), slog.New(slog.NewTextHandler(&out, nil)))
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(t.Context(), "test")
	span.End()
	flushSpans(provider, time.Minute, slog.New(slog.DiscardHandler))
	if text := out.String(); !strings.Contains(text, "401") || strings.Contains(text, "open-sesame") {
		t.Errorf("the log has %s", text)
	}
}

// broken is an exporter that fails at length.
type broken struct{}

func (broken) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	return errors.New(strings.Repeat("a", 1<<20))
}
func (broken) Shutdown(context.Context) error { return nil }

func TestAFailureIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := &reporter{SpanExporter: broken{}, log: slog.New(slog.NewTextHandler(&out, nil)), seldom: rate.Sometimes{Interval: time.Minute}}
		for range 150 { // in five minutes
			r.ExportSpans(t.Context(), make([]sdktrace.ReadOnlySpan, 1))
			time.Sleep(2 * time.Second)
		}
		if n := strings.Count(out.String(), "\n"); n != 5 || out.Len() > 5*500 {
			t.Errorf("the log has %d records in %d bytes, want 5 short ones", n, out.Len())
		}
	})
}

func TestAnAddressOfACollectorThatIsNoneIsNamed(t *testing.T) {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		for _, address := range []string{"localhost:4318", "localhost", "//user:password@localhost", "grpc://user:password@localhost:4317", "http://", "http://user:password@[::1"} {
			_, flush, err := startTracing(t.Context(), env(name, address), slog.New(slog.DiscardHandler))
			if err == nil || err.Error() != name+": not a URL such as http://localhost:4318" {
				t.Errorf("%s is answered with %v", address, err)
			}
			flush()
		}
	}
}

// TestAFileSpeaksToOpenTelemetryToo looks where its SDK looks: into the environment of the process.
func TestAFileSpeaksToOpenTelemetryToo(t *testing.T) {
	t.Setenv("OTEL_TEST_FILE", "") // so that it is as before when the test ends
	os.Unsetenv("OTEL_TEST_FILE")
	t.Setenv("OTEL_TEST_BOTH", "process")
	file := filepath.Join(t.TempDir(), ".env")
	write(t, file, "OTEL_TEST_FILE=file\nOTEL_TEST_BOTH=file\nTEST_FILE=file\n")
	if _, err := environment(file); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"OTEL_TEST_FILE": "file", "OTEL_TEST_BOTH": "process", "TEST_FILE": ""} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
