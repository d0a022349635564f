package server

import (
	"context"
	"log/slog"
	"strings"
)

// An errorLog logs what net/http reports, which has no level.
type errorLog struct{ log *slog.Logger }

// Write implements [io.Writer].
func (l errorLog) Write(line []byte) (int, error) {
	text := strings.TrimSuffix(string(line), "\n")
	l.log.Log(context.Background(), level(text), text)
	return len(line), nil
}

// level returns the level of a report, by how it begins. What callers cause is for debugging: with malformed requests
// they could fill the log.
func level(text string) slog.Level {
	begins := func(prefix string) bool { return strings.HasPrefix(text, prefix) }
	switch {
	case begins("http: panic serving "), begins("http2: panic serving "):
		return slog.LevelError
	case begins("http: Accept error: "): // the program has no file descriptors left, for example
		return slog.LevelWarn
	case begins("http: superfluous response."), begins("http: response."),
		begins("http: invalid Content-Length "), begins("http: WriteHeader called "): // mistakes of handlers
		return slog.LevelWarn
	}
	return slog.LevelDebug
}
