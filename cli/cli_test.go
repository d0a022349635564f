package cli

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A shell runs commands as a terminal would, with a configuration and a cache of its own.
type shell struct {
	*console
	stdout, stderr *screen
}

// newShell returns a shell whose .env has pairs of names and values.
func newShell(t *testing.T, pairs ...string) *shell {
	t.Helper()
	dir := t.TempDir()
	s := &shell{stdout: &screen{}, stderr: &screen{}}
	s.console = &console{
		out: s.stdout, err: s.stderr, file: filepath.Join(dir, ".env"), cache: filepath.Join(dir, "cache", "gatehouse"),
		transport: http.DefaultTransport, patience: 20 * time.Second, now: time.Now,
		browse: func(address string) error { t.Errorf("a browser is opened at %s", address); return nil },
	}
	var text strings.Builder
	for pair := range slices.Chunk(pairs, 2) {
		text.WriteString(pair[0] + "=" + pair[1] + "\n")
	}
	write(t, s.file, text.String())
	return s
}

// run returns the exit status of a command, and leaves what it writes on the screens.
func (s *shell) run(t *testing.T, args ...string) int {
	t.Helper()
	s.stdout.clear()
	s.stderr.clear()
	return execute(t.Context(), args, s.console)
}

// A screen shows what is written, and lets somebody watch.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	watch func(text string)
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watch != nil {
		s.watch(string(b))
	}
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Reset()
}

// A network is the hosts that can be reached, without sockets.
type network map[string]http.Handler

func (n network) RoundTrip(r *http.Request) (*http.Response, error) {
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

func TestTheExitStatusSaysHowItWent(t *testing.T) {
	for _, test := range []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string
	}{
		{"without a command it serves, here without a configuration", nil, 1, "", "OIDC_ISSUER: not set"},
		{"serve does the same", []string{"serve"}, 1, "", "OIDC_ISSUER: not set"},
		{"a command that does its work", []string{"routes"}, 0, "/items/{id}", ""},
		{"one dash", []string{"routes", "-json"}, 0, `"path": "/items/{id}"`, ""},
		{"two dashes", []string{"routes", "--json"}, 0, `"path": "/items/{id}"`, ""},
		{"a command that does not", []string{"doctor"}, 1, "failure", "checks failed"},
		{"help", []string{"-h"}, 0, "doctor", ""},
		{"help in full", []string{"--help"}, 0, "doctor", ""},
		{"help with one dash", []string{"-help"}, 0, "doctor", ""},
		{"help for a command", []string{"token", "-h"}, 0, "--client-credentials", ""},
		{"an unknown command", []string{"dance"}, 2, "", "unexpected argument dance"},
		{"an unknown flag", []string{"-dance"}, 2, "", "unknown flag --dance"},
		{"an unknown flag of one letter", []string{"-d"}, 2, "", "unknown flag -d"},
		{"a flag of another command", []string{"serve", "-json"}, 2, "", "unknown flag --json"},
		{"two grants", []string{"token", "-device", "-client-credentials"}, 2, "", "can't be used together"},
		{"a port that is none", []string{"token", "-port", "65536"}, 2, "", "port"},
		{"an argument that is left over", []string{"routes", "--", "-json"}, 2, "", "unexpected argument -json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShell(t)
			status := s.run(t, test.args...)
			if status != test.status || !strings.Contains(s.stdout.String(), test.stdout) || !strings.Contains(s.stderr.String(), test.stderr) {
				t.Errorf("the status is %d, want %d, with\n%s\nand %s", status, test.status, s.stdout, s.stderr)
			}
			if (s.stderr.String() == "") != (status == 0) || status == 2 && s.stdout.String() != "" {
				t.Errorf("status %d comes with\n%s\nand %s", status, s.stdout, s.stderr)
			}
		})
	}
}

func TestAFileThatCannotBeReadStopsACommandButNotItsHelp(t *testing.T) {
	s := newShell(t)
	write(t, s.file, "no value\n")
	if status := s.run(t, "routes"); status != 1 || !strings.Contains(s.stderr.String(), "a line is not NAME=value") {
		t.Errorf("the status is %d with %s", status, s.stderr)
	}
	if status := s.run(t, "routes", "-h"); status != 0 {
		t.Errorf("the status of help is %d with %s", status, s.stderr)
	}
}

func TestOnlyAPersonSeesColours(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if terminal(file) {
		t.Error("a file is taken for a terminal")
	}
}
