package telemetry_test

import (
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/gatehouse/telemetry"
)

// writes collects what is written, a string for each call.
type writes struct {
	mu    sync.Mutex
	calls []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, string(p))
	return len(p), nil
}

func (w *writes) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.calls)
}

func (w *writes) lines() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(strings.Join(w.calls, ""), "\n")
}

func text(out io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(out, nil)) }

func TestLogLinesAreWrittenInBatches(t *testing.T) {
	for _, test := range []struct {
		name  string
		log   func(*slog.Logger)
		wait  time.Duration
		calls int
	}{
		{"lines wait", func(l *slog.Logger) { l.Info("a"); l.Info("b") }, 99 * time.Millisecond, 0},
		{"for a tenth of a second", func(l *slog.Logger) { l.Info("a"); l.Info("b") }, 100 * time.Millisecond, 1},
		{"also those after the first batch", func(l *slog.Logger) {
			l.Info("a")
			time.Sleep(time.Second)
			l.Info("b")
		}, 100 * time.Millisecond, 2},
		{"an error does not wait, nor do those before it", func(l *slog.Logger) { l.Info("a"); l.Error("b") }, 0, 1},
		{"nor does an entry of the audit log", func(l *slog.Logger) { l.Info("a"); l.Info("audit") }, 0, 1},
		{"nor one with attributes", func(l *slog.Logger) { l.With("a", 1).WithGroup("g").Error("b", "c", 2) }, 0, 1},
		{"a full batch does not wait", func(l *slog.Logger) { l.Info(strings.Repeat("x", 64<<10)) }, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out writes
				log, flush := telemetry.BatchLog(&out, text)
				defer flush()
				test.log(log)
				time.Sleep(test.wait)
				synctest.Wait()
				if got := out.count(); got != test.calls {
					t.Errorf("%d calls, want %d: %q", got, test.calls, out.calls)
				}
			})
		})
	}
}

func TestNoLogLineIsLost(t *testing.T) {
	var out writes
	log, flush := telemetry.BatchLog(&out, text)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 2_000 {
				log.Info("request", "path", "/items")
			}
		})
	}
	all.Wait()
	flush()
	if got := out.lines(); got != 16_000 {
		t.Errorf("%d lines, want 16000", got)
	}
	if got := out.count(); got > 100 {
		t.Errorf("%d calls, want a batch of many lines for each", got)
	}
}
