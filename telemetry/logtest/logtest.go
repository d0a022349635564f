// Package logtest has a log that a test reads while the program under test writes it.
//
//	var log logtest.Buffer
//	serve(log.Logger())
//	address := log.Await(t, "listening")["addr"]
package logtest

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Buffer stores what is written to it. The zero value is empty and ready to use. It is safe for
// concurrent use.
type Buffer struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed by the next Write; nil if no test waits
}

// A Record is a log record: its attributes, with "msg", "level" and "time".
type Record = map[string]any

// Logger returns a logger that writes records of every level to b, one line of JSON each.
func (b *Buffer) Logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Write implements [io.Writer].
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
	return b.text.Write(p)
}

// String returns everything that was written so far.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Reset makes the buffer empty.
func (b *Buffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Reset()
}

// Records returns the records with this message that were written so far. The test fails at a line that
// is not a JSON object.
func (b *Buffer) Records(t testing.TB, message string) []Record {
	t.Helper()
	var found []Record
	for line := range strings.Lines(b.String()) {
		var record Record
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v in the log line %s", err, line)
		}
		if record["msg"] == message {
			found = append(found, record)
		}
	}
	return found
}

// Await returns the first record with this message. It waits for the record, and fails the test after ten
// seconds.
func (b *Buffer) Await(t testing.TB, message string) Record {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		changed := b.next()
		if found := b.Records(t, message); len(found) > 0 {
			return found[0]
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("the log has no record %q: %s", message, b)
		}
	}
}

// next returns a channel that the next Write closes.
func (b *Buffer) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}
