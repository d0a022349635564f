package tracing_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A collector is an OpenTelemetry collector that stores the spans it receives.
type collector struct {
	*httptest.Server
	called  chan bool // has a value for every request
	respond chan bool // responses wait until it is closed

	mu       sync.Mutex
	received []byte // the bodies of all requests
	service  map[string]string
	spans    []*tracepb.Span
}

// startHangingCollector starts a collector that does not respond until respond is closed. The environment of the
// process names it until the test ends.
func startHangingCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{called: make(chan bool, 1000), respond: make(chan bool)}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	return c
}

// startCollector starts a collector that responds at once.
func startCollector(t *testing.T) *collector {
	t.Helper()
	c := startHangingCollector(t)
	close(c.respond)
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
	<-c.respond
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received = append(c.received, body...)
	for _, resource := range export.ResourceSpans {
		c.service = attributesOf(resource.Resource.Attributes)
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
}

// await waits until the collector receives a request.
func (c *collector) await(t *testing.T) {
	t.Helper()
	select {
	case <-c.called:
	case <-time.After(10 * time.Second):
		t.Fatal("the collector receives nothing")
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

func attributesOf(pairs []*commonpb.KeyValue) map[string]string {
	values := map[string]string{}
	for _, pair := range pairs {
		values[pair.Key] = pair.Value.GetStringValue()
	}
	return values
}

// hex returns an identifier as the header traceparent has it.
func hex(id []byte) string { return fmt.Sprintf("%x", id) }
