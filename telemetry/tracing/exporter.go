// Package tracing gives requests spans, and sends them to a collector of OpenTelemetry.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/gatehouse/telemetry"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/time/rate"
)

// flushTimeout is how long the export of the last spans may delay the end of the program.
const flushTimeout = 5 * time.Second

// Add adds tracing to an API at a URL, if the environment names a collector.
func Add(ctx context.Context, h *telemetry.Hooks, version, publicURL string, getenv func(string) string) error {
	provider, flush, err := Start(ctx, version, getenv, h.Log)
	if provider == nil || err != nil {
		return err
	}
	h.End = append(h.End, flush)
	Use(h, provider, version, publicURL)
	return nil
}

// Start returns a provider whose spans are sent to the collector that the environment names, and a function that
// sends the last of them. Without a collector the provider is nil. The other variables of OpenTelemetry are read by
// its SDK: the service's name, the sampler, headers and certificates for the collector.
func Start(ctx context.Context, version string, getenv func(string) string, log *slog.Logger) (trace.TracerProvider, func(), error) {
	if wanted, err := exportWanted(getenv); !wanted || err != nil {
		return nil, func() {}, err
	}
	provider, err := newTracerProvider(ctx, version, log)
	if err != nil {
		return nil, func() {}, fmt.Errorf("tracing: %w", err)
	}
	return provider, func() { flushSpans(provider, flushTimeout, log) }, nil
}

// Use gives the requests of an API spans of a provider, which its log entries and its requests to the issuer name.
func Use(h *telemetry.Hooks, provider trace.TracerProvider, version, publicURL string) {
	h.Middleware = append(h.Middleware, spans(provider, version, publicURL))
	h.Log = slog.New(logHandler{h.Log.Handler()})
	h.Transport = Propagate(http.DefaultTransport)
}

// exportWanted reports whether the environment names a collector and does not disable export. The error leaves
// out the collector's address, which may contain a password.
func exportWanted(getenv func(string) string) (bool, error) {
	if strings.EqualFold(strings.TrimSpace(getenv("OTEL_SDK_DISABLED")), "true") || getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false, nil
	}
	wanted := false
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		endpoint := strings.TrimSpace(getenv(name))
		if endpoint == "" {
			continue
		}
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return false, fmt.Errorf("%s: not a URL such as http://localhost:4318", name)
		}
		wanted = true
	}
	return wanted, nil
}

// newTracerProvider returns a provider that sends spans in batches, in the background. When its queue is full,
// spans are dropped. The text of a panic is not recorded, because it may contain a secret.
func newTracerProvider(ctx context.Context, version string, log *slog.Logger) (*sdktrace.TracerProvider, error) {
	service, err := resource.New(ctx,
		resource.WithAttributes(semconv.ServiceName("gatehouse"), semconv.ServiceVersion(version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if errors.Is(err, resource.ErrPartialResource) {
		log.Warn("OTEL_RESOURCE_ATTRIBUTES: what is not NAME=value is left out", "err", fmt.Sprintf("%.300s", err))
	} else if err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	return sdktrace.NewTracerProvider(sdktrace.WithResource(service), sdktrace.WithoutPanicRecording(),
		sdktrace.WithBatcher(&loggingExporter{SpanExporter: exporter, log: log, limit: rate.Sometimes{Interval: time.Minute}})), nil
}

// flushSpans sends the spans that are left, within a time limit.
func flushSpans(provider *sdktrace.TracerProvider, timeout time.Duration, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := provider.Shutdown(ctx); err != nil {
		log.Warn("spans not sent", "err", err)
	}
}

// A loggingExporter logs that spans could not be sent, at most once a minute. The SDK would pass the error to a
// global handler.
type loggingExporter struct {
	sdktrace.SpanExporter
	log   *slog.Logger
	limit rate.Sometimes
}

// ExportSpans implements [sdktrace.SpanExporter]. The collector's response is left out of the log, because it
// may repeat the headers that were sent.
func (e *loggingExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		text, _, _ := strings.Cut(err.Error(), " (body: ")
		e.limit.Do(func() { e.log.Warn("spans not sent", "spans", len(spans), "err", fmt.Sprintf("%.300s", text)) })
	}
	return nil
}
