package store_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const audience = "https://api.example.com"

// A program is the API as it is deployed: a process of its own.
type program struct {
	url     string
	command *exec.Cmd
}

// build builds the program.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "gatehouse")
	command := exec.CommandContext(t.Context(), "go", "build", "-tags", "nomsgpack", "-o", binary, "..")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// start starts a program and waits until it is ready.
func start(t *testing.T, binary, issuer, database string) *program {
	t.Helper()
	command := exec.Command(binary)
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "ADDR=127.0.0.1:0", "PUBLIC_URL="+audience, "OIDC_AUDIENCE="+audience,
		"OIDC_ISSUER="+issuer, "DATABASE_URL="+database, "LOG_FORMAT=json", "FAILURE_LIMIT=0")
	command.Stderr = t.Output()
	log, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{command: command}
	t.Cleanup(func() {
		if command.ProcessState == nil {
			p.kill(t)
		}
	})
	p.url = "http://" + listenAddress(t, log)
	p.awaitReady(t)
	return p
}

// listenAddress returns where a program listens according to its log, and discards the rest of the log.
func listenAddress(t *testing.T, log io.Reader) string {
	t.Helper()
	lines := bufio.NewReader(log)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("the log ends before the program listens: %v", err)
		}
		var record struct{ Msg, Addr string }
		if err := json.Unmarshal(line, &record); err != nil {
			t.Fatalf("the log has %s", line)
		}
		if record.Msg == "listening" {
			go io.Copy(io.Discard, lines)
			return record.Addr
		}
	}
}

// awaitReady returns when the program is ready.
func (p *program) awaitReady(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		response, err := http.Get(p.url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatal("the program is not ready in time")
}

// kill ends the program with SIGKILL.
func (p *program) kill(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Kill(); err != nil {
		t.Error(err)
	}
	p.command.Wait() // the error says that it was killed
}
