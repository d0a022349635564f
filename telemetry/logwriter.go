package telemetry

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Limits of what a log keeps in memory before it writes.
const (
	maxLogBatch = 64 << 10               // bytes
	maxLogDelay = 100 * time.Millisecond // that a line waits
)

// BatchLog returns a logger whose lines are written many at once: a system call for each costs half as much as all else
// that the log does for a request. A line waits at most 100 ms. One at ERROR, and one of the audit log, is written at
// once, with those before it. A full batch is written by who fills it, while others wait: no line is dropped. Call flush
// at the end of the program. A program that is killed loses the lines of the last 100 ms.
func BatchLog(out io.Writer, logger func(io.Writer) *slog.Logger) (log *slog.Logger, flush func()) {
	w := &logWriter{out: out}
	w.timer = time.AfterFunc(maxLogDelay, w.flush)
	return slog.New(urgentHandler{logger(w).Handler(), w}), w.flush
}

// A logWriter writes lines in batches. It is safe for concurrent use.
type logWriter struct {
	mu    sync.Mutex
	out   io.Writer
	batch []byte
	timer *time.Timer // flushes
}

// Write never fails, as a logger cannot report an error.
func (w *logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.batch) == 0 {
		w.timer.Reset(maxLogDelay)
	}
	w.batch = append(w.batch, line...)
	if len(w.batch) >= maxLogBatch {
		w.write()
	}
	return len(line), nil
}

func (w *logWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.write()
}

// write writes the batch. The caller holds the lock.
func (w *logWriter) write() {
	if len(w.batch) > 0 {
		w.out.Write(w.batch)
		w.batch = w.batch[:0]
	}
}

// An urgentHandler lets neither errors nor entries of the audit log wait.
type urgentHandler struct {
	slog.Handler
	w *logWriter
}

func (h urgentHandler) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelError || r.Message == auditMessage {
		h.w.flush()
	}
	return err
}

func (h urgentHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgentHandler{h.Handler.WithAttrs(attrs), h.w}
}

func (h urgentHandler) WithGroup(name string) slog.Handler {
	return urgentHandler{h.Handler.WithGroup(name), h.w}
}
