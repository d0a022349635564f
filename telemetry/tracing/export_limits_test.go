package tracing

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/telemetry/logtest"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"golang.org/x/time/rate"
)

func TestAHangingCollectorDelaysTheEndUpToTheLimit(t *testing.T) {
	called, respond := make(chan bool, 10), make(chan bool)
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		called <- true
		<-respond
	}))
	defer hanging.Close()
	defer close(respond)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", hanging.URL)
	var log logtest.Buffer
	provider, err := newTracerProvider(t.Context(), "v1.2.3", log.Logger())
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(t.Context(), "test")
	span.End()
	start := time.Now()
	flushSpans(provider, 50*time.Millisecond, log.Logger())
	if took := time.Since(start); took > flushTimeout {
		t.Errorf("the end was delayed by %s", took)
	}
	if record := log.Await(t, "spans not sent"); record["level"] != "WARN" {
		t.Errorf("the log has %s", &log)
	}
	<-called
}

// A failingExporter fails with a long error.
type failingExporter struct{}

func (failingExporter) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	return errors.New(strings.Repeat("a", 1<<20))
}
func (failingExporter) Shutdown(context.Context) error { return nil }

func TestFailedExportsAreLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logtest.Buffer
		e := &loggingExporter{SpanExporter: failingExporter{}, log: log.Logger(), limit: rate.Sometimes{Interval: time.Minute}}
		for range 150 { // in five minutes
			if err := e.ExportSpans(t.Context(), make([]sdktrace.ReadOnlySpan, 1)); err != nil {
				t.Errorf("the SDK receives %v", err)
			}
			time.Sleep(2 * time.Second)
		}
		if n := len(log.Records(t, "spans not sent")); n != 5 || len(log.String()) > 5*500 {
			t.Errorf("the log has %d records in %d bytes, want 5 short ones", n, len(log.String()))
		}
	})
}
