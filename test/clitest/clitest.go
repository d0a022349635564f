// Package clitest runs commands as a terminal would, with their own configuration, cache and network.
package clitest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/gatehouse/auth/ginauth"
	"example.com/gatehouse/cli"
	"example.com/gatehouse/config"
	"example.com/gatehouse/handlers"
	"example.com/gatehouse/telemetry/logtest"
)

// A Terminal runs commands.
type Terminal struct {
	*cli.Console
	Stdout, Stderr *Output
	commands       func() any
}

// New returns a terminal for commands as [cli.Execute] takes them, whose .env has pairs of names and
// values.
func New(t *testing.T, commands func() any, pairs ...string) *Terminal {
	t.Helper()
	dir := t.TempDir()
	f := &Terminal{Stdout: &Output{}, Stderr: &Output{}, commands: commands}
	f.Console = &cli.Console{
		Out: f.Stdout, Err: f.Stderr, File: filepath.Join(dir, ".env"), Cache: filepath.Join(dir, "cache", "gatehouse"),
		Transport: http.DefaultTransport, Patience: 20 * time.Second, Now: time.Now, Routes: handlers.Table,
		Browse: func(address string) error { t.Errorf("a browser is opened at %s", address); return nil },
	}
	var text strings.Builder
	for pair := range slices.Chunk(pairs, 2) {
		text.WriteString(pair[0] + "=" + pair[1] + "\n")
	}
	Write(t, f.File, text.String())
	return f
}

// Run runs a command and returns its exit status. Stdout and Stderr have its output alone.
func (f *Terminal) Run(t *testing.T, args ...string) int {
	t.Helper()
	return f.RunContext(t.Context(), args...)
}

// RunContext is Run with a context.
func (f *Terminal) RunContext(ctx context.Context, args ...string) int {
	f.Stdout.Reset()
	f.Stderr.Reset()
	return cli.Execute(ctx, f.commands(), args, f.Console)
}

// Write writes a file that only its owner can read.
func Write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Scopes returns every scope that a route requires, sorted.
func Scopes(t testing.TB) []string {
	t.Helper()
	values := map[string]string{"OIDC_ISSUER": "https://id.example.com", "OIDC_AUDIENCE": "https://api.example.com", "PUBLIC_URL": "https://api.example.com"}
	cfg, err := config.Read(func(name string) string { return values[name] })
	if err != nil {
		t.Fatal(err)
	}
	table, err := handlers.Table(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return ginauth.RequiredBy(table).Scopes
}

// An Output has what a command writes. Watch, if set, is called with each write.
type Output struct {
	Watch func(text string)
	logtest.Buffer
}

func (o *Output) Write(b []byte) (int, error) {
	if o.Watch != nil {
		o.Watch(string(b))
	}
	return o.Buffer.Write(b)
}

// A Network is a transport without sockets: a handler for each scheme and host.
type Network map[string]http.Handler

// RoundTrip lets the handler of the host serve the request.
func (n Network) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	host, ok := n[r.URL.Scheme+"://"+r.URL.Host]
	if !ok {
		return nil, errors.New("no such host")
	}
	w := httptest.NewRecorder()
	host.ServeHTTP(w, r)
	return w.Result(), nil
}
