package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/time/rate"
)

// flushTimeout is how long the last spans may hold up the end of the program.
const flushTimeout = 5 * time.Second

// StartTracing returns what makes spans and sends them to the collector that the environment names, and
// a function that sends the last of them. Without a collector there is nothing that makes spans. All
// else is said with the variables of OpenTelemetry, which its SDK reads by itself: the service's name,
// the sampler, headers and certificates for the collector.
func StartTracing(ctx context.Context, version string, getenv func(string) string, log *slog.Logger) (trace.TracerProvider, func(), error) {
	if named, err := collectorNamed(getenv); !named || err != nil {
		return nil, func() {}, err
	}
	provider, err := newTracerProvider(ctx, version, log)
	if err != nil {
		return nil, func() {}, fmt.Errorf("tracing: %w", err)
	}
	return provider, func() { flushSpans(provider, flushTimeout, log) }, nil
}

// collectorNamed reports whether there is a collector that spans are wanted for. The error leaves out its address, which may have
// a password.
func collectorNamed(getenv func(string) string) (bool, error) {
	if strings.EqualFold(strings.TrimSpace(getenv("OTEL_SDK_DISABLED")), "true") || getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false, nil
	}
	named := false
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		endpoint := strings.TrimSpace(getenv(name))
		if endpoint == "" {
			continue
		}
		u, err := url.Parse(endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return false, fmt.Errorf("%s: not a URL such as http://localhost:4318", name)
		}
		named = true
	}
	return named, nil
}

// newTracerProvider returns what makes spans and sends them in batches, behind the requests. When its
// queue is full, spans are dropped. The text of a panic is for the log alone, and no part of a span.
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
		sdktrace.WithBatcher(&reporter{SpanExporter: exporter, log: log, seldom: rate.Sometimes{Interval: time.Minute}})), nil
}

// flushSpans sends what is left. A collector that does not answer gets no more time than the limit.
func flushSpans(provider *sdktrace.TracerProvider, limit time.Duration, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := provider.Shutdown(ctx); err != nil {
		log.Warn("spans not sent", "err", err)
	}
}

// A reporter logs that spans were not sent, once a minute at most. The SDK would hand the error to a
// handler that is global.
type reporter struct {
	sdktrace.SpanExporter
	log    *slog.Logger
	seldom rate.Sometimes
}

// ExportSpans implements [sdktrace.SpanExporter]. What the collector answered is left out: it
// may repeat the headers that were sent.
func (r *reporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := r.SpanExporter.ExportSpans(ctx, spans); err != nil {
		told, _, _ := strings.Cut(err.Error(), " (body: ")
		r.seldom.Do(func() { r.log.Warn("spans not sent", "spans", len(spans), "err", fmt.Sprintf("%.300s", told)) })
	}
	return nil
}
